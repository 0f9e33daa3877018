// What should stand on the pull, minus what stands there: one review with what is new, and marks on what is fixed.
import type { Judged } from '../domain/finding.ts'
import type { Standing, WantedComment, WantedReview } from '../domain/host.ts'
import { renderBody } from './body.ts'
import { renderComment, renderItem } from './comment.ts'
import { type Facts, gaps, isHeard } from './facts.ts'
import { code, scrubLine } from './scrub.ts'

export interface Publication extends WantedReview {
  /** Keys of ours whose comments are marked as fixed once this is posted, and why. */
  fixed: { key: string; because: string }[]
}

/** Pure. An empty body with no comments means that no review is posted: a complete review that has nothing new to say. */
export function planPublication(input: Facts & { standing: Standing }): Publication {
  const { judged, standing, run } = input
  const stood = new Set(standing.comments.flatMap(comment => comment.key ?? []))
  const toPost = judged.filter(
    finding => isComment(finding) && isHeard(finding, input) && !stood.has(finding.fingerprint),
  )
  const toList = judged.filter(
    finding =>
      isHeard(finding, input) &&
      finding.verdict.shown === 'body' &&
      !listed(finding, standing) &&
      !standsOpen(finding, standing),
  )
  const { gone, back, fixed } = compare(input)
  const silent = toPost.length === 0 && toList.length === 0 && !mustSay(input)
  return {
    key: run.id,
    head: run.head,
    body: silent ? '' : renderBody(input, toPost, toList),
    comments: silent ? [] : toPost.map(wantedComment),
    edits: [
      ...gone.map(comment => ({ commentId: comment.id, body: markFixed(comment.body, run.head) })),
      ...back.map(({ comment, finding }) => ({ commentId: comment.id, body: renderReturned(finding, run.head) })),
    ],
    resolve: gone.flatMap(comment => comment.threadId ?? []),
    fixed,
  }
}

function isComment({ verdict }: Judged): boolean {
  return verdict.verdict === 'posted' && (verdict.shown === 'inline' || verdict.shown === 'file')
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

type Comment = Standing['comments'][number]

/**
 * A comment is marked when its lines are gone and a complete review does not find it again, or when a verifier refutes it at this head.
 * Threads that people answered or resolved are theirs. A defect that comes back takes the mark away: its comment says it again.
 */
function compare(input: Facts & { standing: Standing }): {
  gone: Comment[]
  back: { comment: Comment; finding: Judged }[]
  fixed: Publication['fixed']
} {
  const { judged, standing, run } = input
  const complete = gaps(input).length === 0
  const still = judged.filter(finding => finding.verdict.verdict !== 'refuted')
  const marked = standing.comments.filter(comment => comment.key && isMarkedFixed(comment))
  const back = marked.flatMap(comment => {
    const finding = judged.find(one => one.fingerprint === comment.key && one.verdict.verdict === 'posted')
    return finding ? [{ comment, finding }] : []
  })
  const gone = standing.comments.filter(comment => {
    if (!comment.key || comment.resolved || comment.answeredBy.length > 0 || isMarkedFixed(comment)) return false
    if (still.some(finding => finding.fingerprint === comment.key || saysTheSame(comment, finding))) return false
    const refuted = judged.some(finding => finding.fingerprint === comment.key)
    return refuted || (comment.outdated && complete)
  })
  const settled = marked.filter(comment => !still.some(finding => finding.fingerprint === comment.key))
  const because = `Its comment is marked as fixed at ${run.head.slice(0, 7)}.`
  return { gone, back, fixed: [...settled, ...gone].map(comment => ({ key: comment.key!, because })) }
}

function saysTheSame(comment: Comment, finding: Judged): boolean {
  return comment.path === finding.placement.path && comment.body.includes(`**${scrubLine(finding.title)}**`)
}

const fixedMark = '**Fixed in '

function isMarkedFixed({ body }: Comment): boolean {
  return body.startsWith(fixedMark)
}

function markFixed(body: string, head: string): string {
  const text = body.replace(/\s*(?:<!-- watchbill: (?:review|key)=[^\s<>]+ -->\s*)+$/, '')
  return `${fixedMark}${head.slice(0, 7)}.** The lines this was about are gone, or it no longer holds.\n\n<details><summary>What was found</summary>\n\n${text}\n\n</details>`
}

function renderReturned(finding: Judged, head: string): string {
  return `${renderComment(finding)}\n\nMarked as fixed earlier, and found again at ${code(head.slice(0, 7))}.`
}
