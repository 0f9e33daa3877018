// Every end of a run: what it is called, what its checks say, and what its occurrences are told.

import type { Cost, Inspection } from '../domain/plan.ts'
import { asProblem, meanings, type Problem } from '../domain/problem.ts'
import type { Routine } from '../domain/routine.ts'
import type { Run, RunEnd } from '../domain/run.ts'
import { renderCheck, renderEnd } from '../publish/index.ts'
import { checkName, setCheck } from './checks.ts'
import { partsOf } from './cost.ts'
import type { ReviewPorts } from './ports.ts'
import type { Read } from './read.ts'

export interface ReviewFacts extends Inspection {
  cost: Cost
  routines: Routine[]
  run: { id: string; head: string; asked: boolean }
  rehearsed: boolean
}

/** How many times the same run may fail before it is given up. */
const failuresAtMost = 3

/** The end of a review that came through: decided from what it produced. */
export async function endRun(ports: ReviewPorts, run: Run, read: Read, facts: ReviewFacts): Promise<void> {
  const parts = partsOf(facts.cost.usd, facts.plan, facts.reports)
  for (const routine of facts.routines) {
    const name = checkName(routine.name)
    const update = renderCheck({
      ...facts,
      routine,
      checkName: name,
      partUsd: parts.get(routine.name) ?? 0,
      publicUrl: ports.publicUrl,
    })
    await setCheck(
      portsOf(ports),
      { repository: run.repository, runId: run.id, routine: routine.name, head: read.pull.head.sha },
      update,
    )
  }
  const { end, because } = endOf(facts)
  await close(ports, run, end, because)
}

export function endOf(facts: Pick<ReviewFacts, 'plan' | 'reports' | 'complete' | 'incompleteBecause' | 'judged'>): {
  end: RunEnd
  because: string
} {
  const posted = facts.judged.filter(finding => finding.verdict.verdict === 'posted').length
  const findings = posted === 1 ? '1 finding' : `${posted} findings`
  if (facts.plan.assignments.length === 0)
    return { end: 'nothing to do', because: 'No changed file was one to look at.' }
  if (facts.reports.some(report => report.ended.end === 'budget'))
    return {
      end: 'over budget',
      because: `The budget was reached; ${findings} posted. ${facts.incompleteBecause.join(' ')}`,
    }
  if (!facts.complete)
    return {
      end: 'partial',
      because: `${findings} posted, but not everything was looked at: ${facts.incompleteBecause.join(' ')}`,
    }
  return { end: 'done', because: `${findings} posted; every file to look at was looked at.` }
}

/** The end of a review that did not: stopped, superseded, failed; or handed back to be tried again. */
export async function endWithProblem(
  ports: ReviewPorts,
  run: Run,
  thrown: unknown,
  signal: AbortSignal,
): Promise<void> {
  const [asked] = await ports.store.runs.stops([run.id])
  if (asked) return finish(ports, run, asked.stop.end, asked.stop.because)
  if (signal.aborted) throw signal.reason
  const problem = asProblem(thrown)
  ports.log({ run: run.id, code: problem.code, cause: describe(problem.cause) }, problem.message)
  if (problem.code === 'conflict') return
  if (meanings[problem.code].retry && (await failures(ports, run, problem)) < failuresAtMost) throw problem
  await finish(ports, run, 'failed', problem.message)
}

async function failures(ports: ReviewPorts, run: Run, problem: Problem): Promise<number> {
  await ports.store.steps.append(
    run.id,
    run.attempt,
    'failure',
    { code: problem.code, message: problem.message },
    ports.now().toISOString(),
  )
  return (await ports.store.steps.list(run.id, 'failure')).length
}

async function finish(
  ports: ReviewPorts,
  run: Run,
  end: 'stopped' | 'superseded' | 'failed',
  because: string,
): Promise<void> {
  const heads = new Set([run.pull.head.sha, (await ports.store.runs.get(run.id))?.head ?? run.pull.head.sha])
  for (const { routine } of run.routines)
    for (const head of heads) {
      const opened = await ports.store.effects.get(`check:${run.id}:${routine.name}:${head}`)
      if (!opened && heads.size > 1 && head === run.pull.head.sha) continue
      const name = checkName(routine.name)
      const update = renderEnd({ checkName: name, end, because, notes: [], runId: run.id })
      await setCheck(portsOf(ports), { repository: run.repository, runId: run.id, routine: routine.name, head }, update)
    }
  await close(ports, run, end, because)
}

async function close(ports: ReviewPorts, run: Run, end: RunEnd, because: string): Promise<void> {
  const { store, now } = ports
  await store.runs.end(run.id, run.attempt, end, because, now().toISOString())
  if (end !== 'superseded')
    for (const occurrence of await store.occurrences.ofRun(run.id))
      if (occurrence.verdict === 'queued')
        await store.occurrences.update(occurrence.id, {
          verdict: 'ran',
          because: `${occurrence.because} The run ended as ${end}: ${because}`,
        })
  ports.log({ run: run.id, end }, because)
}

const portsOf = (ports: ReviewPorts) => ({ host: ports.host, effects: ports.store.effects, now: ports.now })

function describe(cause: unknown): string | undefined {
  return cause instanceof Error ? (cause.stack ?? cause.message) : cause === undefined ? undefined : String(cause)
}
