// Prompts as short as tests need them, with the marks that the stages fill.
import type { Words } from '../../src/domain/words.ts'

export const words: Words = {
  finder: 'You find problems.\n\n{{routines}}\n\n{{rules}}',
  since: 'Reviewed before at {{commit}}.',
  intent: 'You look for what is missing.',
  'intent-verifier': 'You try to find what is said to be missing.',
  'intent-brief': 'Asked for in {{source}}:\n\n{{quote}}\n\n{{claim}}\n\n{{files}}',
  worker: 'You do {{routine}}.\n\n{{task}}\n\n{{rules}}',
  language: 'Write in {{language}}.',
  beside: 'Can be read too: {{names}}',
  verifier: 'You try to refute a claim.\n\n{{rules}}',
  'verifier-brief': 'At {{file}}:{{line}} ({{severity}}, {{origin}})\n\n{{claim}}\n\n{{quote}}\n\n{{diff}}\n\n{{code}}',
  replacement: 'Replacing {{lines}}:\n\n{{replacement}}',
  'recheck-brief':
    'Found earlier at {{file}}:{{line}} ({{severity}})\n\n{{claim}}\n\n{{quote}}\n\n{{diff}}\n\n{{code}}',
  'reply-brief':
    'Answered at {{file}}:{{line}} ({{severity}}, {{origin}})\n\n{{claim}}\n\n{{quote}}\n\n{{replies}}\n\n{{diff}}\n\n{{code}}',
  'same-claim': 'Do they say the same?\n\n{{first}}\n\n{{second}}',
  'panel-reachability': 'Can it be reached?\n\n{{rules}}',
  'panel-impact': 'What would it do?\n\n{{rules}}',
  'panel-defences': 'What stands in the way?\n\n{{rules}}',
  'same-finding': 'Do two comments mean the same?',
  inventory: 'It touches:\n\n{{inventory}}',
  'across-parts': 'Across {{parts}} parts.\n\n{{contracts}}',
  'same-finding-brief': '{{first}}\n\n{{second}}',
}
