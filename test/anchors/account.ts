// The account of what became of every finding: where it stands on GitHub, what git says is written there, and each complaint.
import type { Finding, Judged } from '../../src/domain/finding.ts'
import type { GitHubSimulator, ReviewComment } from '../simulators/github/index.ts'
import type { Quoted } from './claims.ts'
import { type Oracle, says, spotsOf } from './oracle.ts'
import type { Published } from './publishing.ts'

/**
 * What becomes of a finding; each has one of these. `stood`: a run before this one said it of the same quote, and it is not said again;
 * `check`: on the check only; `unshown`: below the floor, with that as its reason.
 */
export const endings = ['inline', 'file', 'body', 'stood', 'check', 'merged', 'unshown'] as const
type Ending = (typeof endings)[number]

/** `refusals`: reviews, comments and checks that GitHub refused. */
const counted = ['hunks', 'findings', ...endings, 'refusals'] as const

export interface Account {
  counts: Record<(typeof counted)[number], number>
  /** Empty when all is well. */
  complaints: string[]
}

export function emptyAccount(): Account {
  return { counts: Object.fromEntries(counted.map(name => [name, 0])) as Account['counts'], complaints: [] }
}

export function add(to: Account, more: Account): void {
  for (const name of counted) to.counts[name] += more.counts[name]
  to.complaints.push(...more.complaints)
}

export function words({ counts }: Account): string {
  return counted.map(name => `${counts[name]} ${name}`).join(', ')
}

/** Every finding that was reported is in exactly one batch, exactly once, and stands where its verdict says. */
export function takeAccount(
  oracle: Oracle,
  reported: { finding: Finding; quoted: Quoted }[],
  published: Published[],
): Account {
  const account = emptyAccount()
  account.counts.findings = reported.length
  for (const { finding, quoted } of reported) {
    const complain = (what: string) =>
      void account.complaints.push(`${what}: ${JSON.stringify({ id: finding.id, ...quoted, of: quoted.of?.path })}`)
    const came = published.flatMap(batch =>
      batch.judged.filter(one => one.id === finding.id).map(one => ({ batch, one })),
    )
    if (came.length !== 1) {
      complain(`came out ${came.length} times`)
      continue
    }
    const { batch, one } = came[0]!
    if (one.verdict.because === '' || one.placement.because === '') complain('without a reason')
    const shown = whereItStands(oracle, batch, one, complain)
    account.counts[shown]++
    for (const wrong of misplaced(one, quoted)) complain(wrong)
  }
  return account
}

export function refusalsOf(github: GitHubSimulator): string[] {
  const posting = ['pulls/create-review', 'pulls/create-review-comment', 'checks/create', 'checks/update']
  return github.requests
    .filter(({ operation, status }) => posting.includes(operation ?? '') && (status ?? 0) >= 400)
    .map(({ operation, status, body }) => `${status} ${operation} ${JSON.stringify(body).slice(0, 2_000)}`)
}

/** Looked up on GitHub by the finding's mark, not by what we meant to do. */
function whereItStands(
  oracle: Oracle,
  { pull, judged, receipt, check }: Published,
  finding: Judged,
  complain: (what: string) => void,
): Ending {
  const mark = `key=${finding.fingerprint} -->`
  const comments = pull.reviewComments.filter(comment => comment.body.includes(mark))
  // A list in a body names what it holds.
  const listed = finding.fingerprint.slice(0, 16)
  const bodies = pull.reviews.filter(
    ({ body }) => body.includes(mark) || new RegExp(`watchbill-listed .*${listed}`).test(body),
  )
  const standing = comments.length + bodies.length
  const { verdict, shown, into } = finding.verdict
  if (verdict === 'merged into') {
    if (!judged.some(one => one.id === into && one.verdict.verdict !== verdict)) complain('merged into nothing')
    return 'merged'
  }
  if (shown === 'no') return 'unshown'
  if (!check.text.includes(finding.title)) complain('not on the check')
  if (shown === 'check' && standing === 0) return 'check'
  if (standing !== 1) complain(`stands ${standing} times on the pull`)
  const [comment] = comments
  if (!comment) {
    if (shown !== 'body') complain(`meant for ${shown}, stands in the body`)
    return 'body'
  }
  const placed = receipt.placed.find(({ key }) => key === finding.fingerprint)
  if (comment.path !== finding.placement.path) complain(`stands in ${comment.path}`)
  if (!placed) return 'stood'
  if (placed.where !== (comment.subjectType === 'file' ? 'file' : 'inline'))
    complain(`the receipt says ${placed.where}`)
  if (comment.subjectType === 'file') {
    if (finding.placement.at === 'line') complain('has a line, and stands on the file')
    return 'file'
  }
  for (const wrong of wrongLine(oracle, finding, comment)) complain(wrong)
  return 'inline'
}

function wrongLine(oracle: Oracle, { placement, quote }: Judged, comment: ReviewComment): string[] {
  if (placement.at !== 'line') return ['stands on a line, and was placed on none']
  const { path, side, line, startLine } = comment
  const from = startLine ?? line!
  const lines = oracle.lines(path, side).slice(from - 1, line!)
  const meant = placement.startLine ?? placement.line
  return [
    ...(comment.commitId === oracle.head ? [] : ['stands on another commit']),
    ...(side === placement.side && line === placement.line && from === meant
      ? []
      : ['stands on another line than meant']),
    ...(says(lines, quote, placement.how)
      ? []
      : [`stands on ${side} ${from}-${line}, where ${JSON.stringify(lines).slice(0, 500)} is written`]),
  ]
}

/** What git says of a quote, against where it was placed. */
function misplaced({ placement }: Judged, { kind, quote, of }: Quoted): string[] {
  if (of && placement.path !== of.path) return [`placed in ${placement.path}`]
  if (kind === 'nowhere' || kind === 'outside the change')
    return placement.at === 'line' ? ['placed on a line, though it is written on none'] : []
  if (kind === 'outside the hunks')
    return placement.at === 'file' && placement.line !== undefined ? [] : ['not found in the file']
  const ambiguous = placement.at === 'file' && placement.because.startsWith('Ambiguous')
  if (kind === 'near')
    return placement.at === 'line' || ambiguous ? [] : [`not found in the diff: ${placement.because}`]
  const spots = spotsOf(of!, quote)
  if (spots.length !== 1) return ambiguous ? [] : [`is written at ${spots.length} places, and placed as if it were one`]
  const [spot] = spots
  const right =
    placement.at === 'line' &&
    placement.side === spot!.side &&
    placement.line === spot!.line &&
    (placement.startLine ?? placement.line) === spot!.startLine
  return right ? [] : [`is written at ${JSON.stringify(spot)}, and placed at ${JSON.stringify(placement)}`]
}
