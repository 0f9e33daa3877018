// What should stand on the pull, minus what stands there: one review with what is new, and marks on what is fixed.
import type { Judged } from '../domain/finding.ts'
import type { Standing, WantedComment, WantedReview } from '../domain/host.ts'
import type { Missing } from '../domain/intent.ts'
import { isEmpty } from '../domain/plan.ts'
import { withoutOffer } from '../domain/suggestion.ts'
import { isMarkedFixed, markFixed, replace, sayMoved, whatBecame } from './became.ts'
import { renderBody } from './body.ts'
import { renderComment, renderItem } from './comment.ts'
import { type Facts, gaps, isHeard } from './facts.ts'
import { missingOf } from './intent.ts'
import { scrubLine } from './scrub.ts'

export interface Publication extends WantedReview {
  /** Findings that are fixed (or no part of the pull any more) once this is posted, by fingerprint, and why; those without a comment of their own too. */
  fixed: { key: string; because: string; state?: 'stale' }[]
}

/** Pure. An empty body with no comments means that no review is posted: a complete review that has nothing new to say. */
export function planPublication(input: Facts & { standing: Standing }): Publication {
  const { standing, run } = input
  const { gone, moved, restored, buried, fixed } = whatBecame(input)
  const again = new Set(buried.map(({ finding }) => finding.fingerprint))
  const heard = input.judged
    .filter(finding => isHeard(finding, input))
    .map(finding => (again.has(finding.fingerprint) ? { ...finding, returned: true as const } : finding))
  const toPost = heard.filter(
    finding => isComment(finding) && (again.has(finding.fingerprint) || (!finding.stood && !stands(finding, standing))),
  )
  const toList = heard.filter(
    finding =>
      !toPost.includes(finding) &&
      isItem(finding, standing) &&
      (finding.returned || !listed(finding, standing)) &&
      (again.has(finding.fingerprint) || !standsOpen(finding, standing)),
  )
  const missing = input.quiet ? [] : missingOf(input, one => !saidAsMissing(one, standing))
  const silent = toPost.length === 0 && toList.length === 0 && missing.length === 0 && !mustSay(input)
  return {
    key: run.id,
    head: run.head,
    body: silent ? '' : renderBody(input, toPost, toList, missing),
    comments: silent ? [] : toPost.map(finding => wantedComment(finding, run.head)),
    edits: [
      ...gone.map(one => ({ commentId: one.comment.id, body: markFixed(one, run.head) })),
      ...moved.map(one => ({ commentId: one.comment.id, body: sayMoved(one, run.head) })),
      ...restored.map(({ comment, finding }) => ({
        commentId: comment.id,
        body: withoutOffer(renderComment(finding, run.head)),
      })),
      ...buried.map(({ comment }) => replace(comment, run.head)),
    ],
    // What people answered is theirs to close.
    resolve: gone.flatMap(({ comment }) =>
      comment.resolved || comment.answeredBy.length > 0 ? [] : (comment.threadId ?? []),
    ),
    fixed,
  }
}
function isComment({ verdict }: Judged): boolean {
  return verdict.verdict === 'posted' && (verdict.shown === 'inline' || verdict.shown === 'file')
}

/** Listed in the review's text: so is what comes back and could stand on no line before. */
function isItem(finding: Judged, standing: Standing): boolean {
  return (
    finding.verdict.shown === 'body' || (isComment(finding) && finding.returned === true && inBody(finding, standing))
  )
}

/** As a comment, or in a review's text where GitHub took no comment. */
function stands(finding: Judged, standing: Standing): boolean {
  return standing.comments.some(comment => comment.key === finding.fingerprint) || inBody(finding, standing)
}

function inBody({ fingerprint }: Judged, { reviews }: Standing): boolean {
  return reviews.some(review => review.body.includes(`key=${fingerprint} -->`))
}

/** Under its own comment, which does not call it fixed; one that is restored says it too. */
function standsOpen(finding: Judged, standing: Standing): boolean {
  return standing.comments.some(
    comment => comment.key === finding.fingerprint && (!isMarkedFixed(comment) || finding.verdict.verdict === 'posted'),
  )
}

/** A body of ours that carries the finding's mark says it already. */
function listed(finding: Judged, standing: Standing): boolean {
  return standing.reviews.some(review => review.body.includes(finding.fingerprint.slice(0, 16)))
}

/** Said once on a pull, in whatever words. */
function saidAsMissing({ key, quote }: Missing, { reviews }: Standing): boolean {
  const words = scrubLine(quote, 300)
  return reviews.some(({ body }) => body.includes(key.slice(0, 16)) || body.includes(words))
}

/** A review that could not look at everything, and found nothing, is said once on the pull, or when a person asked; the check says it every time. */
function mustSay(input: Facts & { standing: Standing }): boolean {
  return gaps(input).length > 0 && !isEmpty(input.plan) && (input.run.asked || input.standing.reviews.length === 0)
}

function wantedComment(finding: Judged, head: string): WantedComment {
  const { placement } = finding
  const onLine = placement.at === 'line' && finding.verdict.shown === 'inline'
  return {
    key: finding.fingerprint,
    severity: finding.severity,
    path: placement.path,
    ...(onLine && { line: placement.line, side: placement.side }),
    ...(onLine &&
      placement.startLine !== undefined &&
      placement.startLine < placement.line && { startLine: placement.startLine }),
    body: renderComment(finding, head),
    fallback: renderItem(finding, head),
  }
}
