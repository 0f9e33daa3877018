// Checks at dispatch: one for every routine that will run, and one that says why for every review that was filtered out.
import type { Event, Occurrence, Pull } from '../../domain/event.ts'
import type { Host } from '../../domain/host.ts'
import type { Configuration, Routine } from '../../domain/routine.ts'
import type { Run } from '../../domain/run.ts'
import type { Store } from '../../domain/store.ts'
import { renderEnd, renderProgress } from '../../publish/index.ts'
import { staleLine } from '../configuration/stale.ts'
import { knownHead } from '../reading/work-commit.ts'
import type { Meeting } from '../requests/meet.ts'
import { checkName, openCheck, unlessRefused } from './checks.ts'
import { welcomed, welcomeOn } from './welcome.ts'

export interface OpenPorts {
  store: Store
  host: Host
  now: () => Date
  log: (line: object, sentence: string) => void
}

/** Routines with nothing to say on this head (they do not answer pull requests at all) get no check, nor what is about no commit that is known yet. */
export async function openChecks(
  ports: OpenPorts,
  facts: { event: Event; pull: Pull | undefined; configuration: Configuration; meetings: Meeting[] },
  occurrences: Occurrence[],
): Promise<void> {
  const { event, pull, configuration, meetings } = facts
  const head = knownHead({ event, ...(pull && { pull }) })
  if (head === undefined) return
  for (const occurrence of occurrences) {
    const { routine, verdict } = occurrence
    const written = configuration.routines.find(one => one.name === routine)
    if (!written?.can.includes('check')) continue
    const going =
      verdict === 'coalesced' && written.kind === 'work' ? await startedBefore(ports, occurrence) : undefined
    const runs = verdict === 'queued' || (verdict === 'coalesced' && !going)
    if (going?.head === head || (!runs && !going && !saysWhy(facts, written, occurrence))) continue
    const notes = [...otherProblems(configuration, occurrence), ...(await staleLine(ports, event.repository, written))]
    const runId = runs && occurrence.runId ? occurrence.runId : `occurrence:${occurrence.id}`
    const welcome = await welcomeOn(ports, { event, configuration }, runId, routine)
    const update = runs
      ? renderProgress({
          checkName: checkName(routine),
          stage: 'queued',
          because: occurrence.because,
          welcome,
          notes,
          task: written.kind === 'work',
        })
      : renderEnd({
          checkName: checkName(routine),
          end: written.broken ? 'broken' : waits(meetings, occurrence) ? 'waits' : 'skipped',
          because: occurrence.because,
          welcome,
          notes,
        })
    const of = { repository: event.repository, runId, routine, head }
    await unlessRefused(ports.log, { occurrence: occurrence.id }, 'its check could not be opened', async () => {
      await openCheck(ports, of, update)
      if (welcome !== undefined) await welcomed(ports, event.repository)
    })
  }
}

/** Of the files, but for what the occurrence says already. */
function otherProblems({ problems }: Configuration, { because }: Occurrence): string[] {
  return problems
    .filter(({ file, message }) => !(because.includes(file) && because.includes(message)))
    .map(({ file, line, message }) => `${file}${line ? `:${line}` : ''}: ${message}`)
}

/** The run that stands for this event too, where it was under way already: it says nothing on this commit. */
async function startedBefore({ store }: OpenPorts, { runId }: Occurrence): Promise<Run | undefined> {
  const run = runId === undefined ? undefined : await store.runs.get(runId)
  return run?.status === 'queued' ? undefined : run
}

/** Paused or over a cap, not filtered out: GitHub counts a skipped check as passed, and eight pushes would make any review pass. */
function waits(meetings: Meeting[], { routine, verdict, retryAt }: Occurrence): boolean {
  const met = meetings.find(one => one.name === routine)
  return verdict === 'refused' && (retryAt !== undefined || (met?.verdict === 'refused' && met.waits === true))
}

/** A pull request that a review listens to and its filters refused gets the sentence as a skipped check; already reviewed heads keep theirs. */
function saysWhy({ event }: { event: Event }, { kind, on }: Routine, { runId }: Occurrence): boolean {
  if (event.kind !== 'pull_request' || kind !== 'review' || runId) return false
  return on.pull_request?.types.some(type => type === event.action) ?? false
}
