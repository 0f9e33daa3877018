// Whether a finding and a labelled comment mean the same: one question to a model, answered by a tool call.
import { z } from 'zod'
import type { Journal, Model, Tool } from '../domain/conversation.ts'
import { hear } from '../domain/hear.ts'
import { Problem } from '../domain/problem.ts'
import { untrusted } from '../domain/untrusted.ts'
import { fill, type Words } from '../domain/words.ts'
import type { Labelled } from './item.ts'
import type { Reported } from './results.ts'

interface Asking {
  model: Model
  words: Pick<Words, 'same-finding' | 'same-finding-brief'>
  journal: (name: string) => Journal
  signal: AbortSignal
}

/** Asked twice at most. Undefined: no answer came. Problems: `over_budget` when there is no money for the question, `stopped`. */
export async function meansTheSame(
  asking: Asking,
  finding: Pick<Reported, 'id' | 'title' | 'claim'>,
  label: Pick<Labelled, 'id' | 'text'>,
): Promise<boolean | undefined> {
  const { model, words, signal } = asking
  for (const attempt of ['', ' again']) {
    let heard: boolean | undefined
    const name = `same ${finding.id} ${label.id}${attempt}`
    const ended = await hear(model, {
      name,
      kind: 'grader',
      tier: 'fast',
      system: words['same-finding'],
      shared: '',
      brief: fill(words['same-finding-brief'], {
        first: untrusted('first comment', `${finding.title}\n\n${finding.claim}`),
        second: untrusted('second comment', label.text),
      }),
      tools: [sameTool(same => (heard = same))],
      limits: { turns: 1, milliseconds: 60_000, outputTokens: 2000 },
      journal: asking.journal(name),
      signal,
    })
    if (heard !== undefined) return heard
    if (ended.end === 'stopped') throw new Problem('stopped', 'Stopped.')
    if (ended.end === 'budget') throw new Problem('over_budget', ended.because)
  }
  return undefined
}

const answerSchema = z.strictObject({
  same: z.boolean().describe('True when a fix of what the one describes is a fix of what the other describes.'),
  because: z.string().min(1).max(1000).describe('In one sentence.'),
})

function sameTool(heard: (same: boolean) => void): Tool<never> {
  const tool: Tool<z.infer<typeof answerSchema>> = {
    name: 'report_same',
    description: 'Gives your answer, once. What is only said in text is not counted.',
    input: answerSchema,
    async run({ same }) {
      heard(same)
      return 'Noted.'
    },
  }
  return tool as unknown as Tool<never>
}
