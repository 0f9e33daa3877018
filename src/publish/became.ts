// What became of the comments of ours that stand: still open, mended now, or back after they were called fixed.
import type { Judged } from '../domain/finding.ts'
import type { Standing } from '../domain/host.ts'
import { type Facts, gaps, isHeard } from './facts.ts'
import { code, scrubLine } from './scrub.ts'

type Comment = Standing['comments'][number]

export interface Became {
  /** To be marked as fixed. */
  gone: Comment[]
  /** Called fixed, found again, and still where people see it: the comment says it again. */
  restored: { comment: Comment; finding: Judged }[]
  /** As those, where nobody looks any more (the thread is resolved, or its lines are no longer shown): it is said anew. */
  buried: { comment: Comment; finding: Judged }[]
  /** Findings that are mended, those without a comment included, by fingerprint. */
  fixed: { key: string; because: string }[]
}

/**
 * A comment is marked when its lines are gone and a complete review does not find it again, or when a verifier refutes it at this head.
 * Threads that people answered or resolved are theirs. A defect that comes back has to be seen again.
 */
export function whatBecame(input: Facts & { standing: Standing }): Became {
  const { judged, standing, run, mended } = input
  const complete = gaps(input).length === 0
  const refuted = new Set(judged.filter(one => one.verdict.verdict === 'refuted').map(one => one.fingerprint))
  const still = judged.filter(finding => !refuted.has(finding.fingerprint))
  const lost = new Set(mended.map(one => one.fingerprint))
  const marked = standing.comments.filter(comment => comment.key && isMarkedFixed(comment) && !isReplaced(comment))
  const back = marked.flatMap(comment => {
    const finding = judged.find(one => one.fingerprint === comment.key && one.verdict.verdict === 'posted')
    return finding ? [{ comment, finding: { ...finding, returned: true as const } }] : []
  })
  const gone = standing.comments.filter(comment => {
    if (!comment.key || comment.resolved || comment.answeredBy.length > 0 || isMarkedFixed(comment)) return false
    if (still.some(finding => finding.fingerprint === comment.key || saysTheSame(comment, finding))) return false
    return refuted.has(comment.key) || (complete && (comment.outdated || lost.has(comment.key)))
  })
  const settled = marked.filter(comment => !still.some(finding => finding.fingerprint === comment.key))
  const because = `Its comment is marked as fixed at ${run.head.slice(0, 7)}.`
  const isBuried = ({ comment, finding }: (typeof back)[number]) => isHeard(finding, input) && isOutOfSight(comment)
  const commented = new Set(standing.comments.map(comment => comment.key))
  return {
    gone,
    restored: back.filter(one => !isBuried(one)),
    buried: back.filter(isBuried),
    fixed: [
      ...[...settled, ...gone].map(comment => ({ key: comment.key!, because })),
      ...mended
        .filter(one => !commented.has(one.fingerprint) && (complete || refuted.has(one.fingerprint)))
        .map(one => ({ key: one.fingerprint, because: one.because })),
    ],
  }
}

function isOutOfSight(comment: Comment): boolean {
  return comment.resolved || comment.outdated
}

function saysTheSame(comment: Comment, finding: Judged): boolean {
  return comment.path === finding.placement.path && comment.body.includes(`**${scrubLine(finding.title)}**`)
}

const fixedMark = '**Fixed in '

export function isMarkedFixed({ body }: Comment): boolean {
  return body.startsWith(fixedMark)
}

/** Of comments that another one took the key of. */
function isReplaced({ key }: Comment): boolean {
  return key?.includes(replacedMark) ?? false
}
const replacedMark = '.until-'

export function markFixed(body: string, head: string): string {
  const text = body.replace(/\s*(?:<!-- watchbill: (?:review|key)=[^\s<>]+ -->\s*)+$/, '')
  return `${fixedMark}${head.slice(0, 7)}.** The lines this was about are gone, or it no longer holds.\n\n<details><summary>What was found</summary>\n\n${text}\n\n</details>`
}

/** The old comment makes room for one where people see it. */
export function replace({ id, key, body }: Comment, head: string): { commentId: number; body: string; key: string } {
  const at = head.slice(0, 7)
  const [first = '', ...rest] = body.split('\n')
  const [fixed = ''] = /^\*\*Fixed in [^*]*\*\*/.exec(first) ?? []
  const text = [`${fixed} It came back in ${code(at)}, and is said again there.`, ...rest].join('\n')
  return { commentId: id, body: text, key: `${key}${replacedMark}${at}` }
}
