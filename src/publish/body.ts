// The review's own text: what was found in one line, then what stands nowhere else, folded; what was not looked at; the cost.
import type { ManifestEntry } from '../domain/change.ts'
import type { Judged } from '../domain/finding.ts'
import type { Missing } from '../domain/intent.ts'
import { dollars } from '../domain/money.ts'
import { plural } from '../domain/plural.ts'
import { renderItem } from './comment.ts'
import { countWords, duration, type Facts, gaps, rehearsedSentence, stands } from './facts.ts'
import { renderMissing } from './intent.ts'
import { code, scrub, scrubLine } from './scrub.ts'

/** `comments` stand on the diff; `items`, and what was asked for and is missing, are listed here. */
export function renderBody(facts: Facts, comments: Judged[], items: Judged[], missing: Missing[] = []): string {
  const verified = items.filter(finding => stands(finding))
  const nits = verified.filter(finding => finding.severity === 'nit')
  const rest = verified.filter(finding => finding.severity !== 'nit')
  const open = items.filter(finding => !stands(finding))
  const listed = [...items.map(finding => finding.fingerprint), ...missing.map(one => one.key)]
  return [
    `### ${title(comments, verified, open, missing)}`,
    ...(facts.rehearsed ? [rehearsedSentence] : []),
    renderCoverageLine(facts),
    ...renderGaps(facts),
    ...renderMissing(missing),
    ...section('Not verified: judge for yourself', open, facts, false),
    ...section(`Less pressing, or without a place on the diff (${rest.length})`, rest, facts, true),
    ...section(`Nits (${nits.length})`, nits, facts, true),
    ...renderNotes(facts),
    renderCost(facts),
    ...(comments.length + items.length > 0 ? [foot] : []),
    ...(listed.length > 0 ? [`<!-- watchbill-listed ${listed.map(key => key.slice(0, 16)).join(' ')} -->`] : []),
  ].join('\n\n')
}

/** How to hear less: on one pull, and on all. */
const foot =
  '<sub>Too much? `@watchbill quiet` leaves critical and high findings on this pull request, `inline: high` under `severity` in `.github/watchbill.yml` on all.</sub>'

/** "In scope: 5 of 6 changed files, 1 skipped by rule, at abc1234. A lite review: …"; of a review that goes on, from where; of one that could and does not, why. */
export function renderCoverageLine({ plan, run }: Facts): string {
  const count = (coverage: ManifestEntry['coverage']) => plan.manifest.filter(one => one.coverage === coverage).length
  const [skipped, reviewed] = [count('skipped'), count('reviewed')]
  const looked = plan.manifest.length - skipped - reviewed
  const then = plan.goesOn?.files ?? 0
  const since = plan.since === undefined ? '' : code(plan.since.slice(0, 7))
  const rest = [
    ...(then > 0 ? [`${then} looked at then`] : []),
    ...(reviewed - then > 0 ? [`${reviewed - then} unchanged since ${since}, reviewed there`] : []),
    ...(skipped > 0 ? [`${skipped} skipped by rule`] : []),
  ]
  return [
    ...(since ? [`Goes on from ${since}, the last commit that was reviewed completely.`] : []),
    ...(plan.inFull === undefined ? [] : [`Reviewed in full: ${scrubLine(plan.inFull, 500)}.`]),
    ...(plan.goesOn
      ? [
          `Goes on with what run ${code(plan.goesOn.runId)} left at this commit; what each agent looked at then was not bought again.`,
        ]
      : []),
    `In scope: ${[`${looked} of ${plural(plan.manifest.length, 'changed file')}`, ...rest].join(', ')}, at ${code(run.head.slice(0, 7))}.`,
    `A ${plan.tier} review: ${scrubLine(plan.because, 500)}.`,
  ].join(' ')
}

export function renderGaps(facts: Facts): string[] {
  const because = gaps(facts)
  if (because.length === 0) return []
  const shown = because.slice(0, 20).map(sentence => `- ${scrubLine(sentence, 500)}`)
  if (because.length > shown.length) shown.push(`- and ${because.length - shown.length} more`)
  return [`**Not everything was looked at**\n\n${shown.join('\n')}`]
}

export function renderNotes({ notes }: Facts): string[] {
  if (notes.length === 0) return []
  return [
    `**Notes**\n\n${notes
      .slice(0, 20)
      .map(note => `- ${scrub(note, { limit: 1_000 }).replace(/\n+/g, ' ')}`)
      .join('\n')}`,
  ]
}

export function renderCost({ cost, run }: Facts): string {
  return `${dollars(cost.usd)} · ${plural(cost.calls, 'model call')} · ${duration(cost.milliseconds)} · run ${code(run.id)}`
}

function title(comments: Judged[], verified: Judged[], open: Judged[], missing: Missing[]): string {
  const found = countWords([...comments, ...verified])
  if (found) return `Watchbill found ${found}`
  if (missing.length > 0) return `Watchbill did not find ${missing.length} of the things that were asked for`
  return open.length > 0
    ? `Watchbill could not verify ${plural(open.length, 'claim')}`
    : 'Watchbill could not look at everything'
}

function section(heading: string, findings: Judged[], { run }: Facts, folded: boolean): string[] {
  if (findings.length === 0) return []
  const shown = findings.slice(0, 30).map(finding => renderItem(finding, run.head))
  if (findings.length > shown.length) shown.push(`- and ${findings.length - shown.length} more, on the check`)
  const list = shown.join('\n')
  return [folded ? `<details><summary>${heading}</summary>\n\n${list}\n\n</details>` : `**${heading}**\n\n${list}`]
}
