// What became of the comments of ours that stand: still open, mended now, or back after they were called fixed.
import type { Judged, Placement } from '../domain/finding.ts'
import type { Standing, StandingComment } from '../domain/host.ts'
import type { Rechecked } from '../domain/plan.ts'
import { withoutOffer } from '../domain/suggestion.ts'
import { placeOf } from './comment.ts'
import { type Facts, gaps, isHeard } from './facts.ts'
import { code, scrubLine } from './scrub.ts'

export interface Became {
  /** To be marked as fixed, or as no part of the pull any more, and why. */
  gone: { comment: StandingComment; stale: boolean; because: string }[]
  /** Still true, and their code is at another place now. */
  moved: { comment: StandingComment; placement: Placement }[]
  /** Called fixed, found again, and still where people see it: the comment says it again. */
  restored: { comment: StandingComment; finding: Judged }[]
  /** As those, where nobody looks any more (the thread is resolved, or its lines are no longer shown): it is said anew. */
  buried: { comment: StandingComment; finding: Judged }[]
  /** Findings that are over, those without a comment included, by fingerprint. */
  fixed: { key: string; because: string; state?: 'stale' }[]
}

/**
 * A comment is marked when its finding was checked again and is over; one that nothing is on record of, when its lines are gone and a
 * complete review does not find it again. A defect that comes back has to be seen again.
 */
export function whatBecame(input: Facts & { standing: Standing }): Became {
  const { judged, standing, run, rechecked } = input
  const at = run.head.slice(0, 7)
  const complete = gaps(input).length === 0
  const checked = new Map(rechecked.map(one => [one.fingerprint, one]))
  const onRecord = new Set([...checked.keys(), ...(input.onRecord ?? [])])
  const refuted = new Map(judged.flatMap(one => (one.verdict.verdict === 'refuted' ? [[one.fingerprint, one]] : [])))
  const still = judged.filter(({ fingerprint }) => !refuted.has(fingerprint) && !isOver(checked.get(fingerprint)))
  const keyed = standing.comments.filter(comment => comment.key !== undefined && !isReplaced(comment))
  const marked = keyed.filter(isMarkedFixed)
  const back = marked.flatMap(comment => {
    const finding = still.find(one => one.fingerprint === comment.key && one.verdict.verdict === 'posted')
    return finding ? [{ comment, finding: { ...finding, returned: true as const } }] : []
  })
  const open = keyed.filter(comment => !isMarkedFixed(comment))
  const gone = open.flatMap(comment => {
    const one = checked.get(comment.key!)
    if (isOver(one)) return [{ comment, stale: one.became === 'stale', because: one.because }]
    const against = refuted.get(comment.key!)
    if (against) return [{ comment, stale: false, because: `A verifier refutes it: ${against.verification.because}` }]
    const lost = comment.outdated && !comment.resolved && comment.answeredBy.length === 0
    if (!complete || !lost || onRecord.has(comment.key!)) return []
    if (still.some(finding => finding.fingerprint === comment.key || saysTheSame(comment, finding))) return []
    return [{ comment, stale: false, because: 'The lines this was about are gone.' }]
  })
  const moved = open.flatMap(comment => {
    const placement = checked.get(comment.key!)?.placement
    return placement ? [{ comment, placement }] : []
  })
  const settled = marked.filter(
    comment => !checked.has(comment.key!) && !still.some(finding => finding.fingerprint === comment.key),
  )
  const isBuried = ({ comment, finding }: (typeof back)[number]) => isHeard(finding, input) && isOutOfSight(comment)
  const forgotten = gone.filter(({ comment }) => !checked.has(comment.key!))
  return {
    gone,
    moved,
    restored: back.filter(one => !isBuried(one)),
    buried: back.filter(isBuried),
    fixed: [
      ...[...settled, ...forgotten.map(one => one.comment)].map(comment => ({
        key: comment.key!,
        because: `Its comment is marked as fixed at ${at}.`,
      })),
      ...rechecked.filter(isOver).map(({ fingerprint, because, became }) => ({
        key: fingerprint,
        because,
        ...(became === 'stale' && { state: 'stale' as const }),
      })),
    ],
  }
}

function isOver(one: Rechecked | undefined): one is Rechecked {
  return one?.became === 'fixed' || one?.became === 'stale'
}

function isOutOfSight(comment: StandingComment): boolean {
  return comment.resolved || comment.outdated
}

function saysTheSame(comment: StandingComment, finding: Judged): boolean {
  return comment.path === finding.placement.path && comment.body.includes(`**${scrubLine(finding.title)}**`)
}

const fixedMark = '**Fixed in '
const staleMark = '**Gone from this pull request in '

export function isMarkedFixed({ body }: StandingComment): boolean {
  return body.startsWith(fixedMark) || body.startsWith(staleMark)
}

/** Of comments that another one took the key of. */
function isReplaced({ key }: StandingComment): boolean {
  return key?.includes(replacedMark) ?? false
}
const replacedMark = '.until-'

export function markFixed({ comment, stale, because }: Became['gone'][number], head: string): string {
  const mark = `${stale ? staleMark : fixedMark}${code(head.slice(0, 7))}.**`
  return `${mark} ${scrubLine(because, 600)}\n\n<details><summary>What was found</summary>\n\n${withoutNote(comment.body)}\n\n</details>`
}

/** Where the code is now, above what was said of it. */
export function sayMoved({ comment, placement }: Became['moved'][number], head: string): string {
  return `*Still true at ${code(head.slice(0, 7))}, now at ${placeOf({ placement })}.*\n\n${withoutNote(comment.body)}`
}

/** Without our marks, without what an earlier review put above it, and with nothing to commit: that was tried on other lines. */
function withoutNote(body: string): string {
  return withoutOffer(body)
    .replace(/\s*(?:<!-- watchbill: (?:review|key)=[^\s<>]+ -->\s*)+$/, '')
    .replace(/^\*Still true at [^\n]*\*\s*\n/, '')
    .trimStart()
}

/** The old comment makes room for one where people see it. */
export function replace(
  { id, key, body }: StandingComment,
  head: string,
): { commentId: number; body: string; key: string } {
  const at = head.slice(0, 7)
  const [first = '', ...rest] = withoutOffer(body).split('\n')
  const [fixed = ''] = /^\*\*(?:Fixed in|Gone from this pull request in) [^*]*\*\*/.exec(first) ?? []
  const text = [`${fixed} It came back in ${code(at)}, and is said again there.`, ...rest].join('\n')
  return { commentId: id, body: text, key: `${key}${replacedMark}${at}` }
}
