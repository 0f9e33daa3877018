// Stage "publish": the planned change is made on GitHub once, and where each finding came to stand is written down.

import type { Judged } from '../../domain/finding.ts'
import type { PublishReceipt } from '../../domain/host.ts'
import type { Inspection, Rechecked } from '../../domain/plan.ts'
import type { Routine } from '../../domain/routine.ts'
import type { ReviewRun } from '../../domain/run.ts'
import type { StoredFinding } from '../../domain/store.ts'
import type { Publication } from '../../publish/index.ts'
import type { ReviewPorts } from '../ports.ts'

/** Safe to repeat: the receipt is kept, and without one GitHub is read before anything is posted. */
export async function postReview(
  ports: ReviewPorts,
  run: ReviewRun,
  inspection: Inspection,
  wanted: Publication,
  signal: AbortSignal,
): Promise<void> {
  const { store, host, now } = ports
  const key = `review:${run.id}`
  const intent = {
    key: wanted.key,
    comments: wanted.comments.map(comment => comment.key),
    edits: wanted.edits.map(edit => edit.commentId),
  }
  const at = now().toISOString()
  const { receipt: done } = await store.effects.intend({ key, runId: run.id, kind: 'review', intent, at })
  const nothing =
    wanted.body === '' && wanted.comments.length === 0 && wanted.edits.length === 0 && wanted.resolve.length === 0
  const receipt =
    (done as PublishReceipt | undefined) ??
    (nothing ? { placed: [], edited: [] } : await host.publish(run.repository, run.number, wanted, signal))
  if (!done) await store.effects.done(key, receipt, now().toISOString())

  const stored = await store.findings.ofRun(run.id)
  for (const place of receipt.placed) {
    const finding = stored.find(one => one.fingerprint === place.key)
    if (finding) await store.findings.placed(finding.rowId, place.where, place.commentId)
    ports.log(
      { run: run.id, finding: finding?.rowId, where: place.where, comment: place.commentId },
      place.because ?? 'posted',
    )
  }
  if (wanted.fixed.length > 0) {
    const mended = new Set(inspection.rechecked.flatMap(one => (one.became === 'fixed' ? [one.fingerprint] : [])))
    const ofPull = await store.findings.ofPull(run.repository.id, run.number)
    for (const { key, because, state = 'fixed' } of wanted.fixed) {
      const finding = ofPull.find(
        one => one.fingerprint === key && (one.state === 'open' || (mended.has(key) && isKept(one))),
      )
      if (finding) await store.findings.mark(finding.rowId, state, because, seenBy(run, wanted.head, now()))
    }
  }
  for (const finding of stored) {
    const checked = inspection.rechecked.find(one => one.fingerprint === finding.fingerprint)
    const state = finding.elsewhere === undefined ? 'open' : 'posted elsewhere'
    const news = finding.elsewhere ?? (isNews(checked) ? checked.because : undefined)
    if (news !== undefined && finding.state === 'open')
      await store.findings.mark(finding.rowId, state, news, seenBy(run, wanted.head, now()))
  }
  ports.log({ run: run.id, posted: receipt.placed.length, judged: inspection.judged.length }, 'the review stands')
}

/** What is dismissed and in the gate leaves it by a fix. */
function isKept({ state, outOfGate }: StoredFinding): boolean {
  return state === 'dismissed' && !outOfGate
}

function seenBy({ id }: ReviewRun, head: string, now: Date) {
  return { head, runId: id, at: now.toISOString() }
}

/** That nothing changed is no entry in a finding's life. */
function isNews(checked: Rechecked | undefined): checked is Rechecked {
  return checked !== undefined && ['still true', 'moved', 'not settled'].includes(checked.became)
}

/** What routines that may not review have found stands on their checks alone. */
export function postable<T extends { routines: Routine[]; judged: Judged[] }>(facts: T): T {
  const may = facts.routines.filter(routine => routine.can.includes('review'))
  const names = may.map(routine => routine.name)
  const theirs = (finding: Judged) =>
    finding.routines.length === 0 || finding.routines.some(name => names.includes(name))
  return { ...facts, routines: may, judged: may.length === 0 ? [] : facts.judged.filter(theirs) }
}
