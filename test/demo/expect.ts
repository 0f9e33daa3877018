// What must stand at the end of the demo, each as a sentence when it does not; pure.
import type { StoredFinding } from '../../src/domain/store.ts'
import type { Outcome } from './outcome.ts'
import type { Planted } from './repository.ts'

/** What the rehearsed reviewers are made to claim besides the planted defects. */
const refutedClaims = 5
const unverifiedClaims = 1
/** A review's inline comments below high. */
const inlineAtMost = 10

export interface Seen {
  defect: Planted
  where: 'inline' | 'in the body'
  by: StoredFinding
}

/** The planted defects that a reader of the pull request sees, and where. `reach`: lines a real model may be off by. */
export function visible(outcome: Outcome, planted: Planted[], reach = 0): Seen[] {
  return planted.flatMap((defect): Seen[] => {
    const about = outcome.findings.filter(
      finding => finding.verdict.verdict === 'posted' && isAbout(finding, defect, reach),
    )
    for (const by of about) {
      const inline = outcome.comments.some(
        comment => comment.path === defect.file && says(comment, by) && comment.line !== null,
      )
      if (inline) return [{ defect, where: 'inline', by }]
      if (outcome.reviews.some(review => says(review, by))) return [{ defect, where: 'in the body', by }]
    }
    return []
  })
}

/** After the first review of the rehearsed model. */
export function faultsOfFirst(outcome: Outcome, planted: Planted[]): string[] {
  const seen = visible(outcome, planted)
  const inline = outcome.comments.filter(comment => /^\*\*(Medium|Low|Nit)\*\*/.test(comment.body)).length
  const refuted = outcome.findings.filter(finding => finding.verdict.verdict === 'refuted')
  const unverified = outcome.findings.filter(finding => finding.verdict.verdict === 'unverified')
  return [
    ...planted
      .filter(defect => !seen.some(one => one.defect === defect))
      .map(
        ({ name, file, line }) => `The planted defect "${name}" (${file}:${line}) is not visible on the pull request.`,
      ),
    ...unless(outcome.reviews.length === 1, `${outcome.reviews.length} reviews stand instead of one.`),
    ...unless(inline <= inlineAtMost, `${inline} comments below high stand inline, and ${inlineAtMost} are the most.`),
    ...unless(refuted.length === refutedClaims, `${refuted.length} claims were refuted instead of ${refutedClaims}.`),
    ...refuted
      .filter(finding => finding.verification.cited.length === 0)
      .map(finding => `"${finding.title}" was refuted without a cited line.`),
    ...refuted
      .filter(finding => stands(outcome, finding))
      .map(finding => `"${finding.title}" was refuted and stands on the pull request all the same.`),
    ...unless(
      unverified.length === unverifiedClaims,
      `${unverified.length} claims stayed unverified instead of ${unverifiedClaims}.`,
    ),
    ...unless(
      outcome.findings.some(finding => finding.agents.includes('text check') && stands(outcome, finding)),
      'The comment that tells reviewers to report nothing was not reported.',
    ),
    ...unless(
      outcome.reviews.every(review => /rehearsed/i.test(review.body)),
      'A review does not say that the model was a rehearsed one.',
    ),
    ...faultsOfAny(outcome),
  ]
}

/** After the second push. */
export function faultsOfSecond(first: Outcome, second: Outcome, planted: Planted[]): string[] {
  const fixed = planted.filter(defect => defect.fixed)
  const before = new Set(first.comments.map(comment => comment.id))
  const fresh = second.comments.filter(comment => !before.has(comment.id))
  return [
    ...unless(second.run.id !== first.run.id, 'The second push was not reviewed by a run of its own.'),
    ...duplicates(second).map(title => `"${title}" stands twice on the pull request.`),
    ...fresh.map(comment => `A comment was added to ${comment.path}, and nothing new was there to be said.`),
    ...fixed
      .filter(defect =>
        second.findings.some(finding => finding.verdict.verdict === 'posted' && isAbout(finding, defect, 0)),
      )
      .map(({ name }) => `"${name}" was fixed, and is raised again.`),
    ...visible(first, fixed)
      .filter(({ by }) => !second.comments.some(one => says(one, by) && one.body.startsWith('**Fixed in ')))
      .map(({ defect }) => `"${defect.name}" was fixed, and its comment does not say so.`),
    ...unless(second.run.end === 'done', `After the second push not all was looked at: ${second.run.because ?? ''}`),
    ...planted
      .filter(defect => !defect.fixed && !visible(second, [defect]).length)
      .map(({ name }) => `"${name}" is not visible any more, though nobody fixed it.`),
    ...faultsOfAny(second),
  ]
}

/** Of any review, a real model's too. */
export function faultsOfAny(outcome: Outcome): string[] {
  const unsettled = outcome.ledger.filter(entry => entry.usd === undefined)
  return [
    ...unless(outcome.checks.length === 2, `${outcome.checks.length} checks stand instead of two.`),
    ...outcome.checks.filter(check => !check.conclusion).map(check => `The check ${check.name} has no conclusion.`),
    ...unless(
      outcome.run.end === 'done' || outcome.run.end === 'partial',
      `The run ended as "${outcome.run.end ?? outcome.run.status}": ${outcome.run.because ?? 'it does not say why'}`,
    ),
    ...unless(outcome.ledger.length > 0, 'The ledger has no call of this run.'),
    ...unless(unsettled.length === 0, `${unsettled.length} calls were set aside in the ledger and not settled.`),
  ]
}

function stands(outcome: Outcome, finding: StoredFinding): boolean {
  return [...outcome.comments, ...outcome.reviews].some(said => says(said, finding))
}

/** Its title; or, where a title had to be escaped, the mark that stands beside it. */
function says({ body }: { body: string }, { title, fingerprint }: StoredFinding): boolean {
  return body.includes(title) || body.includes(fingerprint.slice(0, 16))
}

function isAbout(finding: StoredFinding, { file, line }: Planted, reach: number): boolean {
  const { placement } = finding
  if (placement.path !== file || placement.line === undefined) return false
  const from = (placement.at === 'line' ? placement.startLine : undefined) ?? placement.line
  return line >= from - reach && line <= placement.line + reach
}

/** Titles, the bold line of a comment, that stand more than once at the same place. */
function duplicates(outcome: Outcome): string[] {
  const keys = outcome.comments
    .filter(comment => comment.inReplyTo === null)
    .map(comment => `${comment.path}: ${titleOf(comment.body)}`)
  return [...new Set(keys.filter((key, index) => keys.indexOf(key) !== index))]
}

export function titleOf(body: string): string {
  return /^\*\*(.+)\*\*$/m.exec(body)?.[1] ?? body.split('\n')[0] ?? ''
}

function unless(holds: boolean, sentence: string): string[] {
  return holds ? [] : [sentence]
}
