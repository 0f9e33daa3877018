// One finding as a comment: the severity's word first, what breaks, how to fix it, and folded away why it was posted.
import { factFinders } from '../domain/evidence.ts'
import { type Judged, shortIdOf } from '../domain/finding.ts'
import { suggestionFence } from '../domain/suggestion.ts'
import { block, code, scrub, scrubLine } from './scrub.ts'

/** `head`: the commit under review. */
export function renderComment(finding: Judged, head: string): string {
  const fix = renderFix(finding.fix)
  return [
    headline(finding),
    `**${scrubLine(finding.title)}**`,
    ...(finding.returned ? [`${cameBack(head)}.`] : []),
    ...(finding.outgrew ? [`*${scrubLine(finding.outgrew, 600)}*`] : []),
    scrub(finding.claim, { limit: 6_000 }),
    ...ruleOf(finding),
    ...pathOf(finding),
    ...(fix ? [fix] : []),
    ...replacementOf(finding),
    foundBy(finding),
    `<details><summary>Why this was posted</summary>\n\n${why(finding)}\n\n</details>`,
  ].join('\n\n')
}

/** "**High** · Security · introduced" */
function headline(finding: Judged): string {
  return `**${word(finding.severity)}** · ${categoryOf(finding)} · ${finding.origin === 'introduced' ? 'introduced' : 'was there before'}`
}

/** One list item: severity, title, place, claim; and the id by which it can be dismissed. */
export function renderItem(finding: Judged, head: string): string {
  const back = finding.returned ? ` · ${cameBack(head)}` : ''
  return `- **${word(finding.severity)}** · ${scrubLine(finding.title)} (${placeOf(finding)})${back} · ${code(shortIdOf(finding))}  \n  ${scrubLine(finding.claim, 900)}`
}

function cameBack(head: string): string {
  return `Marked as fixed earlier, came back in ${code(head.slice(0, 7))}`
}

export function placeOf({ placement }: Pick<Judged, 'placement'>): string {
  if (placement.line === undefined) return code(placement.path)
  const from = placement.at === 'line' && placement.startLine !== undefined ? `${placement.startLine}-` : ''
  return code(`${placement.path}:${from}${placement.line}`)
}

export function word(severity: string): string {
  return severity.charAt(0).toUpperCase() + severity.slice(1)
}

export function categoryOf(finding: Pick<Judged, 'security' | 'category'>): string {
  if (finding.security) return 'Security'
  const name = (finding.category ?? '')
    .replace(/[^A-Za-z -]/g, ' ')
    .trim()
    .slice(0, 30)
  return name === '' ? 'Correctness' : word(name)
}

/** From where what an attacker controls comes in to where it does harm: quotes that code looked up. */
function pathOf({ security, source, sink, preconditions }: Judged): string[] {
  if (!security) return []
  const ends = [source, sink].flatMap(end => (end ? [`${code(end.quote, 300)} (${code(end.file)})`] : []))
  return [
    ...(ends.length > 0 ? [`**Path:** ${ends.join(' → ')}`] : []),
    ...(preconditions?.trim() ? [`**Needs:** ${scrubLine(preconditions, 1_000)}`] : []),
  ]
}

/** Word for word, since code looked it up. */
function ruleOf({ rule }: Judged): string[] {
  if (!rule) return []
  const what = rule.state === 'broken' ? 'The rule' : 'Not true any more'
  return [`**${what}**, in ${code(rule.file)}: ${scrubLine(rule.quote, 600)}`]
}

/** Fenced when it is code and not fenced yet; never as a suggestion to commit, which only a replacement can be. */
function renderFix(fix: string | undefined): string | undefined {
  if (!fix?.trim()) return undefined
  const bare = !fix.includes('`') && fix.trim().includes('\n') && /[;{}()=]/.test(fix)
  return bare
    ? `**Fix**\n\n${block(fix.replace(/^\n+|\s+$/g, ''), '', 3_000)}`
    : `**Fix**\n\n${scrub(fix.trim(), { limit: 3_000 })}`
}

/** Offered for committing only as code has tried it out, byte for byte; else shown as any code. */
function replacementOf({ suggestion, suggested, verdict }: Judged): string[] {
  if (!suggestion || (suggested?.state === 'refused' && suggested.secret)) return []
  if (suggested?.state !== 'committable' || verdict.shown !== 'inline')
    return suggestion.with.trim() === ''
      ? []
      : [`**In its place**\n\n${block(suggestion.with.replace(/\n$/, ''), '', 3_000)}`]
  return [[suggestionFence, ...suggested.with, '```'].join('\n')]
}

function foundBy(finding: Judged): string {
  const votes = finding.votes > 1 ? ` (${finding.votes} votes)` : ''
  const cwe = finding.cwe ? ` · ${finding.cwe}` : ''
  return `Found by ${finding.agents.map(agent => scrubLine(agent, 80)).join(', ')}${votes} · ${verifiedHow(finding)}${cwe}`
}

function verifiedHow({ agents, verification }: Judged): string {
  if (agents.some(agent => factFinders.includes(agent))) return 'found by code'
  if (verification.panel) return `verified by a panel of ${verification.panel.length}`
  return verification.state === 'valid' ? 'verified by another agent' : 'not verified'
}

function sayWeight({ security, impact, exploitability }: Judged): string[] {
  if (!security || !impact || !exploitability) return []
  return [
    `- Severity: from its impact (${impact}) and how easily it is used (${exploitability}), not from how sure anybody is.`,
  ]
}

function saySuggestion({ suggested }: Judged): string[] {
  if (!suggested) return []
  const what = suggested.state === 'committable' ? 'can be committed as it stands' : 'is shown, not offered'
  return [`- Replacement: ${what}. ${scrubLine(suggested.because)}`]
}

function why(finding: Judged): string {
  const { verification, placement } = finding
  return [
    `- Verdict: ${scrubLine(verification.because, 2_000)}`,
    ...(verification.panel ?? []).map(
      ({ lens, state, because }) => `- ${word(lens)}, ${state}: ${scrubLine(because, 1_500)}`,
    ),
    ...verification.cited
      .slice(0, 5)
      .map(({ path, line, text }) => `- ${code(line === undefined ? path : `${path}:${line}`)}: ${code(text, 300)}`),
    `- Place: ${scrubLine(placement.because)}`,
    ...saySuggestion(finding),
    ...sayWeight(finding),
    `- Confidence of the finder: ${finding.confidence}`,
  ].join('\n')
}
