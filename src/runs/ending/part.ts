// One routine's part in a review that several share: its own findings and claims, and so its own end.
import { type Inspection, isEmpty } from '../../domain/plan.ts'
import type { Routine } from '../../domain/routine.ts'
import type { Run, RunEnd } from '../../domain/run.ts'
import type { Rooms } from '../../domain/store.ts'
import { isListed, isOf } from '../../publish/index.ts'
import { unsettled } from './coverage.ts'

type Looked = Pick<Inspection, 'plan' | 'reports' | 'judged' | 'complete' | 'incompleteBecause'>

export interface End {
  end: RunEnd
  because: string
}

/**
 * Claims that nobody could settle count for those whose agents made them; what was not looked at counts for all. What a repository keeps private
 * is its own affair, but a routine that its organisation requires does not pass over it.
 */
export function partOf<T extends Looked>(facts: T, routine: Routine): T {
  const own = facts.judged.filter(finding => isOf(finding, routine))
  const ofAll = unsettled(facts.judged)
  const hidden = routine.required ? keptPrivate(facts.plan) : []
  const rest = [...facts.incompleteBecause.filter(one => !ofAll.includes(one)), ...unsettled(own)]
  const settled = facts.incompleteBecause.length > 0 && rest.length === 0
  return {
    ...facts,
    judged: own,
    incompleteBecause: [...rest, ...hidden],
    complete: (facts.complete || settled) && hidden.length === 0,
  }
}

function keptPrivate({ manifest }: Looked['plan']): string[] {
  return manifest
    .filter(entry => entry.private)
    .map(({ path }) => `\`${path}\` is kept private, so this required review did not look at it.`)
}

/** Of a routine's part: as many findings as its check lists. */
export function endOfPart(part: Looked): End {
  return endOf(part, part.judged.filter(isListed).length)
}

/** Of the whole run. */
export function endOfRun(facts: Looked): End {
  return endOf(facts, facts.judged.filter(finding => finding.verdict.verdict === 'posted').length)
}

/** Sentences of what was not looked at: a change can have thousands. */
const saidInEnd = 20

function endOf({ plan, reports, complete, incompleteBecause }: Looked, standing: number): End {
  const findings = standing === 1 ? '1 finding stands' : `${standing} findings stand`
  const more = incompleteBecause.length - saidInEnd
  const why = [...incompleteBecause.slice(0, saidInEnd), ...(more > 0 ? [`And ${more} more.`] : [])].join(' ')
  if (isEmpty(plan)) return { end: 'nothing to do', because: 'No changed file was one to look at.' }
  if (reports.some(report => report.ended.end === 'budget'))
    return { end: 'over budget', because: `The budget was reached; ${findings}. ${why}` }
  if (!complete) return { end: 'partial', because: `${findings}, but not everything was looked at: ${why}` }
  return { end: 'done', because: `${findings}; every file to look at was looked at.` }
}

/** The step of a run that holds each routine's own end. */
const key = 'parts'

/** By routine. Kept before the run ends, so that each is told its own however the process fares. */
export function storeEnds(steps: Steps, run: Pick<Run, 'id' | 'attempt'>, ends: Record<string, End>, now: Date) {
  return steps.append(run.id, run.attempt, key, ends, now.toISOString())
}

/** Empty for a run that has none: a task, or one that was cut off. */
export async function readEnds(steps: Pick<Steps, 'list'>, runId: string): Promise<Record<string, End>> {
  return ((await steps.list(runId, key)).at(-1)?.value ?? {}) as Record<string, End>
}

type Steps = Rooms['steps']
