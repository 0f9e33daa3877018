// What was found as SARIF 2.1.0, for code scanning and for other tools: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html; pure.
import type { Judged } from '../domain/finding.ts'
import { secretRemoved } from '../domain/secrets.ts'
import { type Severity, severities } from '../domain/severity.ts'
import { plain } from './scrub.ts'
import { withoutSecrets } from './secrets.ts'

interface SarifFacts {
  judged: Judged[]
  /** Why not everything was looked at, a sentence each. */
  gaps: string[]
  /** Of this program. */
  version: string
  /** Keeps the results of one kind of look apart from those of another, e.g. `watchbill/pull-12`. */
  category: string
}

interface SarifLog {
  $schema: string
  version: '2.1.0'
  runs: SarifRun[]
}

interface SarifRun {
  tool: { driver: { name: string; version: string; rules: Rule[] } }
  automationDetails: { id: string }
  columnKind: 'utf16CodeUnits'
  originalUriBaseIds: Record<string, { description: Text }>
  invocations: { executionSuccessful: boolean; toolExecutionNotifications: { level: Level; message: Text }[] }[]
  results: Result[]
}

type Level = 'error' | 'warning' | 'note'
type Text = { text: string }

interface Rule {
  id: string
  name: string
  shortDescription: Text
  helpUri?: string
  defaultConfiguration: { level: Level }
  properties: { tags: string[]; 'security-severity'?: string }
}

interface Region {
  startLine: number
  endLine?: number
  startColumn?: number
  endColumn?: number
  snippet?: Text
}

interface Result {
  ruleId: string
  ruleIndex: number
  level: Level
  message: Text
  locations: { physicalLocation: { artifactLocation: { uri: string; uriBaseId: string }; region?: Region } }[]
  partialFingerprints: Record<string, string>
  suppressions: { kind: 'external'; status: 'accepted'; justification: string }[]
  properties: Record<string, string | string[]>
}

/** GitHub takes 25,000 results and shows 5,000: https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support */
const mostResults = 5_000

/** Everything that is shown somewhere, and what people dismissed, marked as such; what was refuted or said twice is no result. */
export function renderSarif({ judged, gaps, version, category }: SarifFacts): SarifLog {
  const shown = judged.filter(isResult)
  const kept = shown.slice(0, mostResults)
  const rules = rulesOf(kept)
  const places = new Map(rules.map((rule, index) => [rule.id, index]))
  const left = shown.length > kept.length ? [`${shown.length - kept.length} more findings are not listed here.`] : []
  return {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Watchbill', version, rules } },
        automationDetails: { id: `${category}/` },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { [root]: { description: { text: 'The top folder of the repository.' } } },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: [...gaps, ...left].map(sentence => ({
              level: 'warning',
              message: { text: plain(sentence, 1_000) },
            })),
          },
        ],
        results: kept.map(finding => resultOf(finding, places.get(ruleId(finding)) ?? 0)),
      },
    ],
  }
}

const root = '%SRCROOT%'

function isResult({ verdict }: Judged): boolean {
  if (verdict.verdict === 'suppressed') return true
  return verdict.shown !== 'no' && verdict.verdict !== 'refuted' && verdict.verdict !== 'merged into'
}

const levels: Record<Severity, Level> = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'note',
  nit: 'note',
}

/** GitHub's words for them begin at 9, 7, 4 and 0.1. */
const scores: Record<Severity, string> = { critical: '9.5', high: '8.0', medium: '5.5', low: '3.0', nit: '1.0' }

/** The same for as long as what is meant is the same: GitHub opens a new alert for another one. */
function ruleId({ cwe, security, category }: Judged): string {
  if (cwe) return cwe
  const name = (category ?? '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
  return name || (security ? 'security' : 'correctness')
}

function rulesOf(findings: Judged[]): Rule[] {
  const groups = Map.groupBy(findings, ruleId)
  return [...groups].map(([id, group]) => {
    const worst = severities.find(severity => group.some(finding => finding.severity === severity)) ?? 'medium'
    const security = group.some(finding => finding.security)
    const number = /^CWE-(\d+)$/.exec(id)?.[1]
    return {
      id,
      name: id,
      shortDescription: {
        text: number ? `${id}: a weakness of this kind` : `Findings about ${id.replaceAll('-', ' ')}`,
      },
      ...(number && { helpUri: `https://cwe.mitre.org/data/definitions/${number}.html` }),
      defaultConfiguration: { level: levels[worst] },
      properties: {
        tags: [...(security ? ['security'] : []), ...(number ? [`external/cwe/cwe-${number.padStart(3, '0')}`] : [])],
        ...(security && { 'security-severity': scores[worst] }),
      },
    }
  })
}

function resultOf(finding: Judged, ruleIndex: number): Result {
  const { verdict, verification, fingerprint } = finding
  const region = regionOf(finding)
  const open = verification.state === 'valid' ? '' : 'Not verified. '
  return {
    ruleId: ruleId(finding),
    ruleIndex,
    level: levels[finding.severity],
    message: { text: open + flat(`${finding.title}\n\n${finding.claim}`) },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uriOf(finding.placement.path), uriBaseId: root },
          ...(region && { region }),
        },
      },
    ],
    // GitHub knows an alert again by the first of them.
    partialFingerprints: {
      primaryLocationLineHash: `${fingerprint.slice(0, 16)}:1`,
      'watchbillFinding/v1': fingerprint,
    },
    suppressions:
      verdict.verdict === 'suppressed'
        ? [{ kind: 'external', status: 'accepted', justification: plain(verdict.because, 1_000) }]
        : [],
    properties: {
      severity: finding.severity,
      confidence: finding.confidence,
      origin: finding.origin,
      verification: verification.state,
      foundBy: finding.agents.map(agent => plain(agent, 100)),
      verdict: plain(verdict.because, 1_000),
    },
  }
}

/** Square brackets right before a parenthesis would be a link: section 3.11.6. */
function flat(text: string): string {
  return plain(text, 8_000).replaceAll('](', '] (')
}

/** Lines of the new code; columns only where the quote is whole lines as they stand there, with no secret taken out. A removed line is none of its lines. */
function regionOf({ placement, quote }: Judged): Region | undefined {
  if (placement.line === undefined || (placement.at === 'line' && placement.side === 'LEFT')) return undefined
  const startLine = placement.at === 'line' ? (placement.startLine ?? placement.line) : placement.line
  const lines = quote.replace(/^\n+|\n+$/g, '').split('\n')
  const exact =
    placement.at === 'line' &&
    placement.how === 'exact' &&
    lines.length === placement.line - startLine + 1 &&
    withoutSecrets(quote) === quote &&
    !quote.includes(secretRemoved)
  return {
    startLine,
    endLine: placement.line,
    ...(exact && {
      startColumn: 1 + (/^\s*/.exec(lines[0]!)?.[0].length ?? 0),
      endColumn: 1 + lines.at(-1)!.replace(/\s+$/, '').length,
    }),
    snippet: { text: plain(quote, 2_000) },
  }
}

/** Relative to the top folder, every part of it encoded: what looks like another address is only a strange name. */
function uriOf(path: string): string {
  return path
    .toWellFormed()
    .split('/')
    .filter(part => part !== '' && part !== '.' && part !== '..')
    .map(encodeURIComponent)
    .join('/')
}
