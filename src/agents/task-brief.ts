// What the agents of a task are told: the task and the rules, what started it and what was gathered, and each one's part, which comes last.
import type { Change } from '../domain/change.ts'
import type { Event } from '../domain/event.ts'
import type { Assignment, Plan, Rule } from '../domain/plan.ts'
import type { Routine } from '../domain/routine.ts'
import { sayRules } from '../domain/rules.ts'
import type { Gathered } from '../domain/task.ts'
import { showPath, sourceLabel, untrusted } from '../domain/untrusted.ts'
import { fill, type Words } from '../domain/words.ts'
import { type Prompts, shareDiff } from './brief.ts'
import { sayEvent } from './event-words.ts'
import { sayInstructions } from './instructions.ts'

export interface TaskFacts {
  routine: Routine
  event: Event
  change: Change
  plan: Plan
  rules: Rule[]
  words: Words
  gathered: Gathered[]
  /** What earlier runs found and nobody has mended or dismissed yet, and what was dismissed. */
  known: { file: string; title: string; dismissed: boolean }[]
}

/** Whether a routine's instructions refer to the text that came with a call. Only then are agents given it. */
export function wantsText(routine: Pick<Routine, 'instructions'>): boolean {
  return textMark.test(routine.instructions)
}

const textMark = /\{\{\s*text\s*\}\}/

export function promptsFor(facts: TaskFacts): Prompts {
  const { plan, change, words, routine, rules } = facts
  const system = fill(words.worker, {
    routine: routine.name,
    task: taskOf(facts),
    rules: sayRules(rules),
  })
  const start = occasion(facts)
  const diff = change.files.length > 0 ? shareDiff(change, plan) : () => ''
  return {
    system,
    shared: assignment => [start, diff(assignment)].filter(Boolean).join('\n\n'),
    brief: assignment => partOf(assignment, facts),
  }
}

function taskOf({ routine, event }: TaskFacts): string {
  const instead = event.text === undefined ? '(no text came with this run)' : 'the text in the block "the text" below'
  return routine.instructions.trim().replace(new RegExp(textMark, 'g'), instead) || routine.description
}

/** Everything that somebody else wrote and agents are given, under the names that stand on its blocks. */
export function givenTo({ routine, event, gathered }: Pick<TaskFacts, 'routine' | 'event' | 'gathered'>): Gathered[] {
  const text = event.text !== undefined && wantsText(routine) ? [{ source: 'the text', text: event.text }] : []
  return [...sayEvent(event).data, ...text, ...gathered].map(one => ({ ...one, source: sourceLabel(one.source) }))
}

function occasion(facts: TaskFacts): string {
  const blocks = givenTo(facts).map(one => untrusted(one.source, one.text))
  return [`# What started this\n\n${sayEvent(facts.event).sentence}`, ...blocks, ...remembered(facts.known)].join(
    '\n\n',
  )
}

const listed = 100

function remembered(known: TaskFacts['known']): string[] {
  if (known.length === 0) return []
  const lines = known
    .slice(0, listed)
    .map(
      one =>
        `${showPath(one.file)}: ${one.title.replace(/\s+/g, ' ')}${one.dismissed ? ' (dismissed by a person)' : ''}`,
    )
  if (known.length > listed) lines.push(`and ${known.length - listed} more`)
  return [
    `# Known from earlier runs\n\nThese are on record; do not report them again.\n\n${untrusted('known findings', lines.join('\n'))}`,
  ]
}

/** Files that a brief names. */
const named = 200

function partOf(assignment: Assignment, { change }: TaskFacts): string {
  const { agent, files, component } = assignment
  const parts = [`Lens: ${agent.name}`, agent.instructions.trim(), ...sayInstructions(assignment)]
  const paths = files.slice(0, named).map(file => `- ${showPath(file)}`)
  if (files.length > named) paths.push(`- and ${files.length - named} more; find them with glob`)
  if (component !== undefined)
    parts.push(
      `## Your part: ${component === '.' ? 'what lies at the top of the repository' : showPath(component)}\n\nOthers go over the other parts. Report on these files; open others where they decide something.\n\n${paths.join('\n')}`,
    )
  else if (change.files.length > 0) parts.push(`## Files of the change to cover\n\n${paths.join('\n')}`)
  else parts.push('## Your part\n\nThe whole of the task, over the whole repository.')
  return parts.filter(Boolean).join('\n\n')
}
