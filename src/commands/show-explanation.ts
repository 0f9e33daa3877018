// The tree of `watchbill explain` for a terminal: what was asked for, then from what happened down to what was done on GitHub.
import type { Occurrence } from '../domain/event.ts'
import { dollars } from '../domain/money.ts'
import { plural } from '../domain/plural.ts'
import type { FindingState, StoredFinding } from '../domain/store.ts'
import type { Explanation, ToldAgent, ToldEvent, ToldRun } from './explain.ts'
import { plain, strong } from './print.ts'

export function showExplanation(answer: Explanation): string {
  const told = new Set<string>()
  const tree = answer.events.flatMap(event => showEvent(event, answer.runs, told))
  const others = answer.runs.filter(({ run }) => !told.has(run.id)).flatMap(run => showRun(run))
  return [...heading(answer), ...tree, ...others].join('\n')
}

function heading({ kind, id, events, runs, finding, life = [], said = [] }: Explanation): string[] {
  const [event, run] = [events[0], runs[0]?.run]
  if (kind === 'finding' && finding) return showFinding(finding, life, said)
  if (kind === 'run' && run) return [strong(`Run ${id}: ${run.end ?? run.status}`), plain(run.because ?? ''), '']
  const [occurrence] = event?.occurrences ?? []
  if (kind === 'occurrence' && occurrence) return [strong(`${occurrence.routine}: ${occurrence.verdict}`), '']
  return [strong(`${kind === 'delivery' ? 'Delivery' : 'Event'} ${id}`), '']
}

function showEvent(event: ToldEvent, runs: ToldRun[], told: Set<string>): string[] {
  const { id, what, at, repository, number, by, delivery, occurrences } = event
  const where = repository ? ` in ${repository}${number === undefined ? '' : `#${number}`}` : ''
  const taken = delivery
    ? `  delivery ${delivery.name}, ${delivery.status}${delivery.because ? `: ${plain(delivery.because)}` : ''}`
    : undefined
  return [
    `${plain(what)}${where}, ${at}${by ? `, by ${plain(by)}` : ''} (${id})`,
    ...(taken ? [taken] : []),
    ...(occurrences.length === 0 ? ['  no routine met it'] : []),
    ...occurrences.flatMap(one => indent(showOccurrence(one, runs, told))),
  ]
}

/** A run that several routines share is told below the first of them. */
function showOccurrence(one: Occurrence, runs: ToldRun[], told: Set<string>): string[] {
  const its = runs.find(({ run }) => run.id === one.runId)
  const first = its !== undefined && !told.has(its.run.id)
  if (its) told.add(its.run.id)
  const shared = one.runId !== undefined && !first ? ` (run ${one.runId})` : ''
  return [`${one.routine}: ${one.verdict}. ${plain(one.because)}${shared}`, ...(first ? indent(showRun(its)) : [])]
}

function showRun({ run, prompts, coverage, stages, agents, findings, effects, spent }: ToldRun): string[] {
  const { owner, name } = run.repository
  const about = run.number === undefined ? '' : `#${run.number}`
  const head = run.head ?? run.pull?.head.sha
  return [
    `run ${run.id}: ${run.end ?? run.status}${run.because ? `. ${plain(run.because)}` : ''}`,
    `  ${owner}/${name}${about} at ${head ?? 'no commit yet'}, attempt ${run.attempt}, ${plural(spent.calls, 'model call')}, ${dollars(spent.usd)}`,
    ...(prompts === undefined ? [] : [`  prompts ${prompts}`]),
    ...section(
      'stages',
      stages.map(({ name, at }) => `${at}  ${stageWords[name] ?? name}`),
    ),
    ...section('agents', agents.map(showAgent)),
    ...(coverage ? section('changed files', showCoverage(coverage)) : []),
    ...section('findings', findings.flatMap(showVerdict)),
    ...section(
      'on GitHub',
      effects.map(
        ({ kind, key, done }) =>
          `${key.startsWith(`${kind}:`) ? key : `${kind} ${key}`}: ${done ? 'done' : 'intended, not confirmed'}`,
      ),
    ),
    ...(run.kind === 'work' && run.report ? section('report', plain(run.report).split('\n')) : []),
  ]
}

/** What people call the stages. */
const stageWords: Record<string, string> = {
  commit: 'the commit to look at was found',
  read: 'what it is about was read',
  rules: 'the rules of the repository were read',
  evidence: 'tools have looked',
  fleet: 'the agents have looked',
  judge: 'what they said was verified and judged',
  recheck: 'earlier findings were checked again',
  since: 'what is new was told from what was known',
  wanted: 'what is to stand on GitHub was worked out',
}

function section(title: string, lines: string[]): string[] {
  return indent([title, ...indent(lines.length > 0 ? lines : ['none'])])
}

function showAgent({ name, kind, usd, end, because, turns, findings }: ToldAgent): string {
  const counted = turns === undefined ? '' : `, ${plural(turns, 'turn')}, ${plural(findings ?? 0, 'finding')}`
  const ended = end === undefined ? '' : `: ${end}${because ? `. ${plain(because)}` : ''}`
  return `${name}${kind ? ` (${kind})` : ''}  ${dollars(usd)}${counted}${ended}`
}

/** Files that were looked at in full as a number; all others by name, with their sentence. */
function showCoverage({ manifest, remaining }: NonNullable<ToldRun['coverage']>): string[] {
  const full = manifest.filter(entry => entry.coverage === 'full')
  return [
    `${plural(full.length, 'file')} shown to the agents in full`,
    ...manifest
      .filter(entry => entry.coverage !== 'full')
      .map(({ path, coverage, because }) => `${plain(path)}: ${coverage}. ${plain(because)}`),
    ...remaining.map(({ path, agents }) => `${plain(path)} remains for ${agents.join(', ')}`),
  ]
}

function showVerdict(one: StoredFinding): string[] {
  return [
    `${one.rowId}  ${one.severity}  ${one.verdict.verdict}  ${plain(one.title)}`,
    `    ${plain(one.verdict.because)}`,
  ]
}

function showFinding(finding: StoredFinding, life: FindingState[], said: NonNullable<Explanation['said']>): string[] {
  return [
    strong(`${finding.severity}: ${plain(finding.title)}`),
    `In ${plain(finding.file)}, reported by ${finding.agents.join(', ')} in run ${finding.runId}`,
    `Placed: ${plain(finding.placement.because)}`,
    ...(finding.suggested ? [`Replacement: ${finding.suggested.state}. ${plain(finding.suggested.because)}`] : []),
    `Verified: ${finding.verification.state}. ${plain(finding.verification.because)}`,
    ...finding.verification.cited.map(
      cited => `  ${plain(cited.path)}${cited.line ? `:${cited.line}` : ''}  ${plain(cited.text)}`,
    ),
    `Verdict: ${finding.verdict.verdict}. ${plain(finding.verdict.because)}`,
    `Stands: ${finding.where ?? 'nowhere'}; ${finding.state}. ${plain(finding.stateBecause)}`,
    ...(life.length > 0 ? ['Its life:'] : []),
    ...life.map(
      ({ at, state, head, runId, because }) =>
        `  ${at}  ${state}${head ? ` at ${head.slice(0, 7)}` : ''}${runId ? ` (run ${runId})` : ''}: ${plain(because)}`,
    ),
    ...(said.length > 0 ? ['Said of it:'] : []),
    ...said.map(
      ({ at, who, what, because, runId, answer }) =>
        `  ${at}  ${plain(who)}, ${what}: ${plain(because)}${answer === undefined ? '' : ` Answered by run ${runId}: ${answer}.`}`,
    ),
    '',
  ]
}

function indent(lines: string[]): string[] {
  return lines.map(line => `  ${line}`)
}
