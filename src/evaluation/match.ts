// Which finding is which labelled comment: by lines, and then by meaning where a model is asked.
import { assign } from './assign.ts'
import type { EvalItem, Labelled } from './item.ts'
import { overlap } from './overlap.ts'
import type { Reported } from './results.ts'

/** Whether two comments that are about the same place mean the same. */
export type MeansTheSame = (finding: Reported, label: Labelled) => Promise<boolean>

/** Id of a finding → id of the labelled comment that it is. Each of both at most once. */
export type Matches = Map<string, string>

/**
 * Four times one to one: posted findings to known ones first, then those that were kept back to what is left of the known,
 * and the rest of both to the rejected in the same way, so that a finding that holds is never counted as a rejected one.
 */
export async function match(
  item: Pick<EvalItem, 'known' | 'rejected'>,
  findings: Reported[],
  tolerance: number,
  same: MeansTheSame = async () => true,
): Promise<Matches> {
  const matches: Matches = new Map()
  for (const labels of [item.known, item.rejected])
    for (const posted of [true, false]) {
      const taken = new Set(matches.values())
      const free = findings.filter(one => one.posted === posted && !matches.has(one.id))
      const open = labels.filter(label => !taken.has(label.id))
      for (const [finding, label] of await pair(free, open, tolerance, same)) matches.set(finding.id, label.id)
    }
  return matches
}

async function pair(
  findings: Reported[],
  labels: Labelled[],
  tolerance: number,
  same: MeansTheSame,
): Promise<[Reported, Labelled][]> {
  const scores = new Map<string, number>()
  for (const [row, finding] of findings.entries())
    for (const [column, label] of labels.entries()) {
      const score = overlap(finding, label, tolerance)
      if (score !== undefined && (await same(finding, label))) scores.set(`${row} ${column}`, score)
    }
  return assign(findings.length, labels.length, (row, column) => scores.get(`${row} ${column}`)).map(
    ([row, column]) => [findings[row]!, labels[column]!],
  )
}
