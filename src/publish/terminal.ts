// The result as `watchbill review` prints it: plain lines, worst first, readable without colour.
import { creditOf } from '../domain/evidence.ts'
import type { Judged } from '../domain/finding.ts'
import { dollars } from '../domain/money.ts'
import { plural } from '../domain/plural.ts'
import { word } from './comment.ts'
import { countWords, coverageWord, duration, type Facts, gaps, stands } from './facts.ts'
import { printMissing } from './intent.ts'
import { plain } from './scrub.ts'
import { printSecurity } from './security.ts'

export function renderTerminal(facts: Facts): string {
  const { judged, plan, cost } = facts
  const found = judged.filter(finding => stands(finding) && finding.verdict.shown !== 'no')
  const open = judged.filter(
    finding =>
      !stands(finding) && ['unverified', 'held'].includes(finding.verdict.verdict) && finding.verdict.shown !== 'no',
  )
  const refuted = judged.filter(finding => finding.verdict.verdict === 'refuted')
  const missing = gaps(facts)
  return [
    ...(facts.rehearsed ? ['Rehearsed: a scripted model spoke here, not a real one.', ''] : []),
    ...found.flatMap(finding => full(finding, finding.verification.because)),
    ...printMissing(facts),
    ...byTools(open, plan.toolsOnly === true),
    ...list(
      'Not verified',
      open.filter(finding => !isByTool(finding)),
    ),
    ...list('Refuted', refuted),
    ...coverage(facts),
    ...printSecurity(facts),
    ...(missing.length > 0
      ? ['Not everything was looked at:', ...missing.map(sentence => `  ${one(sentence, 500)}`), '']
      : []),
    ...(facts.notes.length > 0 ? ['Notes:', ...facts.notes.map(note => `  ${one(note, 1_000)}`), ''] : []),
    `${verdict(found, missing)} A ${plan.tier} review: ${one(plan.because, 500)}.`,
    `${dollars(cost.usd)}, ${plural(cost.calls, 'model call')}, ${duration(cost.milliseconds)}.`,
  ].join('\n')
}

function verdict(found: Judged[], missing: string[]): string {
  const words = countWords(found)
  if (words) return `Found ${words}.`
  return missing.length > 0 ? 'No verified finding, and not everything was looked at.' : 'Nothing found.'
}

function full(finding: Judged, because: string): string[] {
  return [
    `${where(finding)}  ${word(finding.severity)}  ${one(finding.title, 300)}`,
    ...indent(finding.claim),
    ...(finding.fix ? ['  Fix:', ...indent(finding.fix)] : []),
    `  (${finding.agents.map(agent => one(agent, 80)).join(', ')}; ${finding.origin === 'introduced' ? 'introduced' : 'was there before'}; ${one(because, 400)})`,
    '',
  ]
}

/** With its evidence: whoever reads it has nobody's word but the tool's. Without a model there is one reason for all, told with what was not looked at. */
function byTools(open: Judged[], toolsOnly: boolean): string[] {
  const told = open.filter(isByTool)
  return told.length === 0
    ? []
    : [
        'Told by tools, and not verified:',
        '',
        ...told.flatMap(one => full(one, toolsOnly ? 'not verified' : one.verification.because)),
      ]
}

function isByTool({ agents }: Judged): boolean {
  return agents.some(agent => Object.values(creditOf).includes(agent))
}

function list(heading: string, findings: Judged[]): string[] {
  if (findings.length === 0) return []
  return [
    `${heading}:`,
    ...findings.map(
      finding =>
        `  ${where(finding)}  ${word(finding.severity)}  ${one(finding.title, 300)}: ${one(finding.verdict.because, 400)}`,
    ),
    '',
  ]
}

function coverage({ plan }: Facts): string[] {
  const rest = plan.manifest.filter(entry => entry.coverage !== 'full')
  const toLookAt = plan.manifest.filter(({ coverage }) => coverage !== 'skipped' && coverage !== 'reviewed').length
  const lines = rest.map(
    ({ path, coverage, because }) => `  ${one(path, 500)}: ${coverageWord(coverage)}, ${one(because, 500)}`,
  )
  return [`Coverage: ${toLookAt} of ${plural(plan.manifest.length, 'changed file')} to look at.`, ...lines, '']
}

function where({ placement }: Judged): string {
  return `${one(placement.path, 500)}${placement.line === undefined ? '' : `:${placement.line}`}`
}

function one(text: string, limit: number): string {
  return plain(text, limit).replace(/\s+/g, ' ')
}

function indent(text: string): string[] {
  return plain(text)
    .split('\n')
    .map(line => `  ${line}`)
}
