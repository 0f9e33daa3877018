// Stage "read": facts about the pull, settings and agents, each from where it is trusted.
import type { Pull } from '../../domain/event.ts'
import { Problem } from '../../domain/problem.ts'
import type { Agent, ConfigurationProblem, RepositorySettings } from '../../domain/routine.ts'
import type { ReviewRun } from '../../domain/run.ts'
import { readConfiguration } from '../configuration/configuration.ts'
import type { ReviewPorts } from '../ports.ts'
import { reviewedEnds } from '../requests/arrange.ts'
import { type Beside, readBesides } from './beside.ts'
import type { Past } from './scope.ts'
import { readCoverage } from './unfinished.ts'

/** JSON-safe: it is stored as a stage of the run. */
export interface Read {
  pull: Pull
  settings: RepositorySettings
  agents: Agent[]
  /** Asked for by comment: no comments; everybody is sent, whatever the size. */
  quiet?: boolean
  full?: boolean
  /** Repositories that are read beside, and routines that asked for one which can not be. */
  beside: Beside[]
  refused: { routine: string; because: string }[]
  /** How far earlier reviews came. */
  past: Past
  /** Which prompts it was done with. */
  prompts: string
  /** Broken configuration files, in words for the check. */
  notes: string[]
}

/** Reads the pull as it is now: a run carries the pull, never the commit. Throws the model's problem first, before anything is spent on a run that can not be done. */
export async function readPull(ports: ReviewPorts, run: ReviewRun): Promise<Read> {
  const noModel = ports.modelProblem()
  if (noModel) throw noModel
  const pull = await ports.host.pull(run.repository, run.number)
  // One that was closed when it was asked for is reviewed by who answers the close.
  if (pull.state === 'closed' && run.pull.state === 'open')
    throw new Problem('stopped', 'The pull request was closed before its review started.')
  const configuration = await readConfiguration(ports, run.repository)
  const asking = run.routines.map(part => part.routine)
  const besides = await readBesides(ports, run.repository, asking)
  const notes = notesOf(configuration.problems)
  const { quiet, full } = await ports.store.wishes.of(run.repository.id, run.number)
  // It holds for one review; a crash before this stage is stored at worst makes that one an ordinary review.
  if (full) await ports.store.wishes.clear(run.repository.id, run.number, 'full')
  const wishes = { ...(quiet && { quiet: true }), ...(full && { full: true }) }
  if (quiet)
    notes.push(
      `${quiet.by} asked for quiet on this pull request: only critical and high findings become comments, the others stand on the checks alone.`,
    )
  const past = await readPast(ports.store, run)
  return {
    ...wishes,
    ...besides,
    past,
    prompts: ports.prompts,
    pull,
    settings: configuration.settings,
    agents: configuration.agents,
    notes,
  }
}

async function readPast(store: ReviewPorts['store'], run: ReviewRun): Promise<Past> {
  const { repository, number, asked } = run
  const runs = await store.runs.past(repository.id, number, 50)
  const last = runs.find(one => reviewedEnds.includes(one.end))
  const unfinished = last && (await readCoverage(store.steps, last.id))?.unfinished
  const points = await store.points.of(repository.id, number)
  return { points, reviewed: last !== undefined, asked, ...(unfinished && { unfinished }) }
}

/** Problems of configuration files, in words for the check. */
export function notesOf(problems: ConfigurationProblem[]): string[] {
  return problems.map(({ file, line, message }) => `\`${file}\`${line ? ` line ${line}` : ''}: ${message}`)
}
