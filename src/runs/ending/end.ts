// Every end of a run: what it is called, what its checks say, and what its occurrences are told.

import type { Cost, Inspection } from '../../domain/plan.ts'
import { asProblem, meanings } from '../../domain/problem.ts'
import type { Routine } from '../../domain/routine.ts'
import type { ReviewRun, Run, RunEnd } from '../../domain/run.ts'
import { failsIncomplete, renderEnd } from '../../publish/index.ts'
import { checkedOf, checkName, setCheck, unlessRefused } from '../checks/checks.ts'
import { welcomeOf } from '../checks/welcome.ts'
import { sayFinished } from '../commands/finished.ts'
import { staleLine } from '../configuration/stale.ts'
import { type Drawn, drawCheck, keepDrawn } from '../findings/decided.ts'
import { partsOf } from '../money/cost.ts'
import { madeEstimate } from '../money/estimate.ts'
import { sayTotals } from '../money/totals.ts'
import { warningLines } from '../money/warnings.ts'
import type { ReviewPorts } from '../ports.ts'
import type { Read } from '../reading/read.ts'
import { knownHead } from '../reading/work-commit.ts'
import { endOfPart, endOfRun, partOf, readEnds, storeEnds } from './part.ts'

export interface ReviewFacts extends Inspection {
  cost: Cost
  routines: Routine[]
  run: { id: string; head: string; asked: boolean }
  rehearsed: boolean
  quiet?: boolean | undefined
}

/** The end of a review that came through: decided from what it produced. */
export async function endRun(ports: ReviewPorts, run: ReviewRun, read: Read, facts: ReviewFacts): Promise<void> {
  const parts = partsOf(facts.cost.usd, facts.plan, facts.reports)
  const { ledger, steps } = ports.store
  const before = await madeEstimate(steps, run.id)
  const totals = await sayTotals(ledger, run, ports.now())
  const budgets = [...(before ? [before] : []), totals, ...(await warningLines(ledger, run))]
  const checked = checkedOf(run)
  const drawn: Record<string, Drawn> = {}
  for (const routine of checked) {
    const notes = [...facts.notes, ...(await staleLine(ports, run.repository, routine))]
    const welcome = await welcomeOf(ports.store, run.id, routine.name)
    drawn[routine.name] = { ...partOf(facts, routine), welcome, partUsd: parts.get(routine.name) ?? 0, budgets, notes }
  }
  if (checked.length > 0) await keepDrawn(ports, run, drawn)
  for (const routine of checked) await drawCheck(ports, run, routine, drawn[routine.name]!)
  await completeOthers(ports, run, read.pull.head.sha)
  const ends = run.routines.map(({ routine }) => [routine.name, endOfPart(partOf(facts, routine))] as const)
  // Before the end: should this process die between the two, the parts are told all the same.
  await storeEnds(ports.store.steps, run, Object.fromEntries(ends), ports.now())
  const { end, because } = endOfRun(facts)
  await close(ports, run, end, because)
}

/** The end of a review that did not: stopped, superseded, failed; or handed back to be tried again. */
export async function endWithProblem(
  ports: ReviewPorts,
  run: Run,
  thrown: unknown,
  signal: AbortSignal,
): Promise<void> {
  const [asked] = await ports.store.runs.stops([run.id])
  if (asked?.stop.gone) return closeUnheard(ports, run, asked.stop.because)
  if (asked) return finish(ports, run, asked.stop.end, asked.stop.because)
  const problem = asProblem(signal.aborted ? signal.reason : thrown)
  // Handed back, by a server that stops or to a worker that took over: no failure. Running out of time is one.
  if (signal.aborted && problem.code !== 'unavailable') throw signal.reason
  ports.log({ run: run.id, code: problem.code, cause: describe(problem.cause) }, problem.message)
  if (problem.code === 'lost') return
  if (problem.code === 'stopped') return finish(ports, run, 'stopped', problem.message)
  // Tried again; the store counts, and ends the run when it has been enough.
  if (meanings[problem.code].retry) throw problem
  await finish(ports, run, 'failed', problem.message)
}

/** What is still owed of a run that ended before it started, or whose worker died at its very end. Safe to repeat. */
export async function settleEnded(ports: ReviewPorts, runId: string): Promise<void> {
  const run = await ports.store.runs.get(runId)
  if (run?.status !== 'ended' || !run.end) return
  const told = (await ports.store.occurrences.ofRun(run.id)).every(occurrence => occurrence.verdict !== 'queued')
  if (told) return
  const because = run.because ?? ''
  if (run.stop?.gone) await sayIfBack(ports, run)
  else {
    await sayEnd(ports, run)
    await sayFinished(ports, run, run.end, because)
  }
  await tell(ports, run, run.end, because)
  ports.log({ run: run.id, end: run.end }, because)
}

/** Completes the checks of a run that was cut off. Safe to repeat. */
export async function sayEnd(ports: ReviewPorts, run: Run): Promise<void> {
  if (run.end === 'stopped' || run.end === 'superseded' || run.end === 'failed')
    await completeChecks(ports, run, run.end, run.because ?? '')
}

type Cut = 'stopped' | 'superseded' | 'failed'

async function finish(ports: ReviewPorts, run: Run, end: Cut, because: string): Promise<void> {
  const now = await ports.store.runs.get(run.id)
  if (now && now.attempt !== run.attempt)
    return ports.log(
      { run: run.id, attempt: run.attempt },
      `Another worker has it by now; this one would say: ${because}`,
    )
  await completeChecks(ports, { ...run, head: now?.head }, end, because)
  await close(ports, run, end, because)
}

async function completeChecks(ports: ReviewPorts, run: Run, end: Cut, because: string): Promise<void> {
  const head = run.head ?? (run.kind === 'work' ? knownHead(run) : run.pull.head.sha)
  if (head === undefined) return
  const notes = await warningLines(ports.store.ledger, run)
  for (const routine of checkedOf(run)) {
    const update = renderEnd({
      checkName: checkName(routine.name),
      end,
      because,
      welcome: await welcomeOf(ports.store, run.id, routine.name),
      notes,
      runId: run.id,
      rehearsed: ports.rehearsed,
      task: run.kind === 'work',
      failsIncomplete: run.kind === 'review' && failsIncomplete(routine),
    })
    await setCheck(ports, { repository: run.repository, runId: run.id, routine: routine.name, head }, update)
  }
  await completeOthers(ports, run, head)
}

/** A run that waited while commits were pushed has checks on each of them; only the last one is looked at. */
export async function completeOthers(ports: ReviewPorts, run: Run, head: string): Promise<void> {
  for (const effect of await ports.store.effects.ofRun(run.id)) {
    const of = effect.intent as { routine: string; head: string }
    if (effect.kind !== 'check' || of.head === head) continue
    const because = `Pushed over before its review started; commit ${head.slice(0, 7)} stands in its place.`
    const update = renderEnd({ checkName: checkName(of.routine), end: 'superseded', because, runId: run.id })
    await setCheck(ports, { repository: run.repository, runId: run.id, ...of }, update)
  }
}

export async function close(ports: ReviewPorts, run: Run, end: RunEnd, because: string): Promise<void> {
  await ports.store.runs.end(run.id, run.attempt, end, because, ports.now().toISOString())
  await sayFinished(ports, run, end, because)
  await tell(ports, run, end, because)
  ports.log({ run: run.id, end }, because)
}

/** Of a run in a repository where the App may not be any more: nobody there can be told, unless it came back meanwhile. */
async function closeUnheard(ports: ReviewPorts, run: Run, because: string): Promise<void> {
  await ports.store.runs.end(run.id, run.attempt, 'stopped', because, ports.now().toISOString())
  await settleEnded(ports, run.id)
}

/** Asked after the end is stored: who comes back later finds the run ended, and completes its checks (`runs/installed/complete-cut.ts`). */
async function sayIfBack(ports: ReviewPorts, run: Run): Promise<void> {
  if ((await ports.store.away.of(run.repository)) !== undefined) return
  await unlessRefused(ports.log, { run: run.id }, 'its checks could not be completed', async () => {
    await sayEnd(ports, run)
    await sayFinished(ports, run, 'stopped', run.because ?? '')
  })
}

/** Each occurrence its own routine's part, where the run came to an end of its own; else the run's. */
async function tell({ store }: ReviewPorts, run: Run, whole: RunEnd, whyWhole: string): Promise<void> {
  const cut = whole === 'stopped' || whole === 'superseded' || whole === 'failed'
  const parts = cut ? {} : await readEnds(store.steps, run.id)
  for (const occurrence of await store.occurrences.ofRun(run.id)) {
    if (occurrence.verdict !== 'queued') continue
    const { end, because } = parts[occurrence.routine] ?? { end: whole, because: whyWhole }
    await store.occurrences.update(
      occurrence.id,
      run.startedAt === undefined
        ? { verdict: 'skipped', because: `${occurrence.because} The run ended before it started: ${because}` }
        : { verdict: 'ran', because: `${occurrence.because} The run ended as ${end}: ${because}` },
    )
  }
}

function describe(cause: unknown): string | undefined {
  return cause instanceof Error ? (cause.stack ?? cause.message) : cause === undefined ? undefined : String(cause)
}
