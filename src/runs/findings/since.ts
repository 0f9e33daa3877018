// What is on record of a routine, and what became of it: rows of findings that are mended are marked so.

import type { Judged } from '../../domain/finding.ts'
import type { Routine } from '../../domain/routine.ts'
import type { WorkRun } from '../../domain/run.ts'
import type { Rooms, StoredFinding } from '../../domain/store.ts'
import type { Checkout } from '../../domain/workspace.ts'
import type { ReviewPorts } from '../ports.ts'
import { type SinceLastTime, sinceLastTime } from './known.ts'

/** Findings of the same routine about the same pull or issue; of all others, about the repository itself. */
export async function earlierOf(
  findings: Pick<Rooms['findings'], 'ofPull'>,
  run: WorkRun,
  routine: Routine,
): Promise<StoredFinding[]> {
  const all = await findings.ofPull(run.repository.id, run.number ?? 0)
  return all.filter(finding => finding.runId !== run.id && finding.routines.includes(routine.name))
}

/** Marks what is mended. Safe to repeat. */
export async function compareWithEarlier(
  { store }: Pick<ReviewPorts, 'store'>,
  run: WorkRun & { head: string },
  { judged, earlier, checkout }: { judged: Judged[]; earlier: StoredFinding[]; checkout: Checkout },
): Promise<SinceLastTime> {
  const standing = new Set<string>()
  for (const finding of earlier) {
    const text = await checkout.file(finding.placement.path).catch(() => undefined)
    if (text !== undefined && bare(text).includes(bare(finding.quote))) standing.add(finding.fingerprint)
  }
  const since = sinceLastTime(judged, earlier, run.head, finding => standing.has(finding.fingerprint))
  // Another branch says nothing of what stands on the default one.
  if (!isElsewhere(run))
    for (const { finding, because } of since.gone) await store.findings.mark(finding.rowId, 'fixed', because)
  return since
}

function isElsewhere({ event, repository }: WorkRun): boolean {
  const { push, outcome } = event
  const branch = push ? (push.branch ?? '') : outcome?.branch
  return branch !== undefined && branch !== repository.defaultBranch
}

function bare(text: string): string {
  return text.replace(/\s+/g, '')
}
