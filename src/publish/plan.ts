// What should stand on the pull, minus what stands there: one review with what is new, and marks on what is fixed.
import type { Judged } from '../domain/finding.ts'
import type { Standing, WantedComment, WantedReview } from '../domain/host.ts'
import { renderBody } from './body.ts'
import { renderComment, renderItem } from './comment.ts'
import { type Facts, gaps } from './facts.ts'
import { scrubLine } from './scrub.ts'

/** Pure. An empty body with no comments means that no review is posted: a complete review that has nothing new to say. */
export function planPublication(input: Facts & { standing: Standing }): WantedReview {
  const { judged, standing, run } = input
  const stood = new Set(standing.comments.flatMap(comment => comment.key ?? []))
  const toPost = judged.filter(finding => isComment(finding) && !stood.has(finding.fingerprint))
  const toList = judged.filter(
    finding => finding.verdict.shown === 'body' && !listed(finding, standing) && !stood.has(finding.fingerprint),
  )
  const { edits, resolve } = markFixed(input)
  const silent = toPost.length === 0 && toList.length === 0 && !mustSay(input)
  return {
    key: run.id,
    head: run.head,
    body: silent ? '' : renderBody(input, toPost, toList),
    comments: silent ? [] : toPost.map(wantedComment),
    edits,
    resolve,
  }
}

function isComment({ verdict }: Judged): boolean {
  return verdict.verdict === 'posted' && (verdict.shown === 'inline' || verdict.shown === 'file')
}

/** A body of ours that carries the finding's mark says it already. */
function listed(finding: Judged, standing: Standing): boolean {
  return standing.reviews.some(review => review.body.includes(finding.fingerprint.slice(0, 16)))
}

/** A review that could not look at everything, and found nothing, is said once on the pull, or when a person asked; the check says it every time. */
function mustSay(input: Facts & { standing: Standing }): boolean {
  return (
    gaps(input).length > 0 &&
    input.plan.assignments.length > 0 &&
    (input.run.asked || input.standing.reviews.length === 0)
  )
}

function wantedComment(finding: Judged): WantedComment {
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
    body: renderComment(finding),
    fallback: renderItem(finding),
  }
}

/**
 * A comment is marked when its lines are gone and a complete review does not find it again, or when a verifier refutes it at this head.
 * Threads that people answered or resolved are theirs.
 */
function markFixed(input: Facts & { standing: Standing }): Pick<WantedReview, 'edits' | 'resolve'> {
  const { judged, standing, run } = input
  const still = judged.filter(finding => finding.verdict.verdict !== 'refuted')
  const gone = standing.comments.filter(comment => {
    if (!comment.key || comment.resolved || comment.answeredBy.length > 0 || comment.body.startsWith(fixedMark))
      return false
    if (still.some(finding => finding.fingerprint === comment.key || saysTheSame(comment, finding))) return false
    const refuted = judged.some(finding => finding.fingerprint === comment.key)
    return refuted || (comment.outdated && gaps(input).length === 0)
  })
  return {
    edits: gone.map(comment => ({ commentId: comment.id, body: fixed(comment.body, run.head) })),
    resolve: gone.flatMap(comment => comment.threadId ?? []),
  }
}

function saysTheSame(comment: Standing['comments'][number], finding: Judged): boolean {
  return comment.path === finding.placement.path && comment.body.includes(`**${scrubLine(finding.title)}**`)
}

const fixedMark = '**Fixed in '

function fixed(body: string, head: string): string {
  const text = body.replace(/\s*(?:<!-- watchbill: (?:review|key)=[^\s<>]+ -->\s*)+$/, '')
  return `${fixedMark}${head.slice(0, 7)}.** The lines this was about are gone, or it no longer holds.\n\n<details><summary>What was found</summary>\n\n${text}\n\n</details>`
}
