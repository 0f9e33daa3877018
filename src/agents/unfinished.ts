// A review that did not get through: who looked at what, what remains, and how the next one of the same commit goes on with that.
import type { ManifestEntry } from '../domain/change.ts'
import type { AgentReport, Assignment, Plan, Unfinished } from '../domain/plan.ts'
import { seatOf } from './contracts.ts'

type Before = Pick<Unfinished, 'runId' | 'looked' | 'shown'>

/** Whether the agent of this place has the file still to look at. */
export function remainsFor(before: Before | undefined, seat: string): (path: string) => boolean {
  const done = new Set(before?.looked[seat])
  return path => !done.has(path)
}

/** What was looked at so far, in this review and in those it went on from. */
export function lookedSoFar(
  { assignments }: Pick<Plan, 'assignments'>,
  reports: AgentReport[],
  before?: Before,
): Pick<Unfinished, 'looked' | 'shown'> {
  const looked = new Map(Object.entries(before?.looked ?? {}).map(([seat, files]) => [seat, new Set(files)]))
  const shown = new Set(before?.shown)
  for (const one of assignments.filter(one => hasLooked(one, reports))) {
    const files = looked.get(seatOf(one)) ?? new Set<string>()
    for (const file of one.files) files.add(file)
    looked.set(seatOf(one), files)
    if (!one.outlined) for (const file of one.files) shown.add(file)
  }
  return { looked: Object.fromEntries([...looked].map(([seat, files]) => [seat, [...files]])), shown: [...shown] }
}

/** Files that somebody was sent over who did not look, with who it was; in the manifest's order. */
export function remaining(
  { assignments, manifest }: Plan,
  reports: AgentReport[],
): { path: string; agents: string[] }[] {
  const agents = new Map<string, string[]>()
  for (const one of assignments.filter(one => !hasLooked(one, reports)))
    for (const file of one.files) agents.set(file, [...(agents.get(file) ?? []), one.id])
  return manifest.flatMap(({ path }) => (agents.has(path) ? [{ path, agents: agents.get(path)! }] : []))
}

function hasLooked({ id }: Assignment, reports: AgentReport[]): boolean {
  return reports.find(report => report.assignment === id)?.looked === true
}

/** The manifest of a review that goes on: of what is left to nobody, where it was looked at. */
export function lookedThen(
  manifest: ManifestEntry[],
  assigned: Set<string>,
  before: Before | undefined,
): ManifestEntry[] {
  if (!before) return manifest
  const then = new Set(Object.values(before.looked).flat())
  const shown = new Set(before.shown)
  return manifest.map(one => {
    if (one.coverage === 'skipped' || one.coverage === 'reviewed' || assigned.has(one.path) || !then.has(one.path))
      return one
    if (one.coverage === 'partial') return { ...one, because: `${one.because}; so in run ${before.runId}` }
    return shown.has(one.path)
      ? { ...one, coverage: 'reviewed', because: `looked at in full at this commit, in run ${before.runId}` }
      : {
          ...one,
          coverage: 'partial',
          because: `in run ${before.runId} agents were shown where it changes, not its lines`,
        }
  })
}
