// The check on a pull request that touches configuration files: what is wrong with them, and what they would have done.
import type { Annotation, CheckUpdate } from '../domain/host.ts'
import { dollars } from '../domain/money.ts'
import { plural } from '../domain/plural.ts'
import type { Replay, RoutineReplay, Tally } from '../domain/replay.ts'
import type { ConfigurationProblem } from '../domain/routine.ts'
import { code, plain, scrubLine } from './scrub.ts'

export interface ConfigurationFacts {
  checkName: string
  /** The branch whose files are in force. */
  branch: string
  /** Of the files as they would be; those that stand on the branch already, in files that the pull leaves alone, are `old`. */
  problems: ConfigurationProblem[]
  old: ConfigurationProblem[]
  notes: ConfigurationProblem[]
  /** Or the sentence that says why none was made. */
  replay: Replay | string
  days: number
}

/** GitHub takes 65,535 bytes of text. */
const textLimit = 60_000
const listed = 30

export function renderConfiguration(facts: ConfigurationFacts): CheckUpdate {
  const { problems, old, notes } = facts
  return {
    name: facts.checkName,
    status: 'completed',
    conclusion: problems.length > 0 ? 'failure' : old.length + notes.length > 0 ? 'neutral' : 'success',
    title: title(facts),
    summary: summary(facts),
    text: typeof facts.replay === 'string' ? '' : text(facts.replay),
    annotations: [...[...problems, ...old].flatMap(annotation('failure')), ...notes.flatMap(annotation('notice'))],
  }
}

/** Said where the files could not be looked at at all. */
export function renderUnreadConfiguration(checkName: string, because: string): CheckUpdate {
  return {
    name: checkName,
    status: 'completed',
    conclusion: 'neutral',
    title: 'Not looked at',
    summary: scrubLine(because, 2_000),
  }
}

function title({ problems, replay }: ConfigurationFacts): string {
  if (problems.length > 0) return `Not valid: ${plural(problems.length, 'problem')}`
  if (typeof replay === 'string') return 'Valid'
  return `Valid; ${starts(replay.after)} in the replay, ${replay.before.fired} as it is`
}

const starts = ({ fired }: Tally) => plural(fired, 'start')

function summary({ branch, problems, old, notes, replay, days }: ConfigurationFacts): string {
  return [
    problems.length > 0
      ? `Not valid: ${plural(problems.length, 'problem')}. A routine whose file has one would stand still until it is mended.`
      : 'The configuration files are valid.',
    list(problems),
    old.length > 0 ? `Before this change and outside of it:\n\n${list(old)}` : '',
    notes.length > 0 ? `Worth a look:\n\n${list(notes)}` : '',
    typeof replay === 'string' ? scrubLine(replay, 500) : sayReplay(replay, days),
    `These files count once they are on ${code(branch)}; the ones there apply to this pull request too. Nothing was executed.`,
  ]
    .filter(Boolean)
    .join('\n\n')
}

function list(problems: ConfigurationProblem[]): string {
  const lines = problems.slice(0, listed).map(({ file, line, path, message }) => {
    const place = `${code(file)}${line === undefined ? '' : ` line ${line}`}`
    return `- ${place}: ${path ? `${code(path)} ` : ''}${scrubLine(message, 500)}`
  })
  if (problems.length > listed) lines.push(`- and ${problems.length - listed} more`)
  return lines.join('\n')
}

/** "would have fired 41 times (was 12), about $9.30 (was $2.80), 3 over its cap". */
export function sayReplay(replay: Replay, days: number): string {
  const { events, after, before } = replay
  const kept = `${plural(events, 'event')} of the last ${days} days`
  const more = [
    ...(after.overCap > 0 ? [`${after.overCap} over ${after.overCap === 1 ? 'its' : 'their'} cap`] : []),
    ...(after.unknown > 0 ? [`${after.unknown} unknown, for a fact that was not kept`] : []),
  ]
  const fired = `would have fired ${after.fired === 1 ? 'once' : `${after.fired} times`} (was ${before.fired})`
  const cost = `about ${dollars(after.usd)} (was ${dollars(before.usd)})`
  return `Replayed against ${kept}: ${[fired, cost, ...more].join(', ')}.${sayCut(replay)}`
}

/** What was not replayed, and why, as one more sentence; empty where all was. */
export function sayCut({ cutAt, cutFor = 'there are too many' }: Replay): string {
  return cutAt ? ` Later ones than ${cutAt} were not looked at: ${cutFor}.` : ''
}

function text({ routines }: Replay): string {
  const shown = routines.filter(differs)
  const unchanged = routines.length - shown.length
  const parts = [
    shown.length === 0 ? '' : table(shown),
    unchanged > 0 ? `${plural(unchanged, 'routine')} would have done what ${unchanged === 1 ? 'it' : 'they'} did.` : '',
    ...shown.flatMap(examples),
  ].filter(Boolean)
  const kept: string[] = []
  let size = 0
  for (const part of parts) {
    size += Buffer.byteLength(part) + 2
    if (size > textLimit)
      return [...kept, 'There is more than a check takes; `watchbill simulate` prints it.'].join('\n\n')
    kept.push(part)
  }
  return kept.join('\n\n')
}

function differs({ changed, before, after }: RoutineReplay): boolean {
  return changed || before?.fired !== after?.fired || before?.usd !== after?.usd
}

function table(routines: RoutineReplay[]): string {
  const rows = routines.map(({ routine, before, after, basis }) => [
    code(routine),
    ...[after?.fired, before?.fired].map(count => `${count ?? '–'}`),
    ...[after?.usd, before?.usd].map(usd => (usd === undefined ? '–' : dollars(usd))),
    `${after?.overCap ?? 0}`,
    `${after?.unknown ?? 0}`,
    scrubLine(basis),
  ])
  const head = ['Routine', 'Fires', 'was', 'About', 'was', 'Over its cap', 'Unknown', 'Cost of a run']
  return [head, head.map(() => '---'), ...rows].map(cells => `| ${cells.join(' | ')} |`).join('\n')
}

function examples({ routine, fires, lost, after }: RoutineReplay): string[] {
  const left = (after?.fired ?? 0) - fires.length
  const name = code(routine)
  return [
    ...(fires.length > 0
      ? [
          `**${name} fires**${left > 0 ? `, the first and the last of ${after?.fired}` : ''}\n\n${fires.map(line).join('\n')}`,
        ]
      : []),
    ...(lost.length > 0 ? [`**${name} no longer fires**\n\n${lost.map(line).join('\n')}`] : []),
  ]
}

function line({ at, what, because }: RoutineReplay['fires'][number]): string {
  return `- ${at.slice(0, 16).replace('T', ' ')} ${scrubLine(what, 200)}: ${scrubLine(because, 400)}`
}

/** Files of other places have no line here. */
function annotation(level: Annotation['level']): (problem: ConfigurationProblem) => Annotation[] {
  return ({ file, line = 1, path, message, help }) => {
    if (!/^(\.github|routines)\//.test(file)) return []
    const title = plain(path ?? file, 250)
    return [
      {
        path: file,
        startLine: line,
        endLine: line,
        level,
        title,
        message: plain([message, help].filter(Boolean).join('\n'), 4_000),
      },
    ]
  }
}
