// The demo's outcome as text for people.
import { styleText } from 'node:util'
import type { StoredFinding } from '../../src/domain/store.ts'
import type { CheckRun } from '../simulators/github/index.ts'
import { type Seen, titleOf } from './expect.ts'
import type { Outcome } from './outcome.ts'

export function showReview({ reviews, comments }: Outcome, url: string): string {
  const bodies = reviews.map(review => indent(bare(review.body)))
  const inline = comments.map(comment => {
    const { path, line, startLine, side } = comment
    const place = line === null ? path : `${path}:${startLine ? `${startLine}-` : ''}${line}`
    return `${strong(`${place}${side === 'LEFT' ? ' (before)' : ''}`)}\n${indent(bare(comment.body))}`
  })
  return section(`The review, as it stands at ${url}`, [...bodies, ...inline])
}

export function showRefuted({ findings }: Outcome): string {
  const refuted = findings.filter(finding => finding.verdict.verdict === 'refuted')
  return section(`Refuted, and so not posted (${refuted.length})`, refuted.map(showJudged))
}

export function showUnverified({ findings }: Outcome): string {
  const open = findings.filter(finding => finding.verdict.verdict === 'unverified')
  return section(`Not verified: neither kept nor dropped (${open.length})`, open.map(showJudged))
}

export function showMerged({ findings }: Outcome): string {
  const merged = findings.filter(finding => finding.verdict.verdict === 'merged into')
  const kept = findings.filter(finding => merged.some(one => one.verdict.into === finding.id))
  return section(
    `Said by several reviewers, posted once (${kept.length})`,
    kept.map(finding => `${finding.title}\n${indent(`${finding.agents.join(', ')}: ${finding.votes} votes`)}`),
  )
}

export function showChecks(checks: CheckRun[]): string {
  return section(
    'The checks',
    checks.map(({ name, conclusion, output }) =>
      [
        `${strong(name)}: ${conclusion}, "${output.title ?? ''}"`,
        indent(`last line: ${output.text?.trim().split('\n').at(-1) ?? ''}`),
      ].join('\n'),
    ),
  )
}

export function showOccurrences({ occurrences, run }: Outcome): string {
  const met = occurrences.map(({ routine, verdict, because }) => `${strong(routine)}: ${verdict}. ${because}`)
  return section('Why it ran', [...met, `Run ${run.id}: ${run.end ?? run.status}. ${run.because ?? ''}`])
}

export function showLedger({ ledger }: Outcome, rehearsed: boolean): string {
  const groups = Map.groupBy(ledger, entry => payer(entry.name))
  const rows = [...groups].map(([who, entries]) => {
    const sum = (of: (entry: (typeof entries)[number]) => number) =>
      entries.reduce((total, entry) => total + of(entry), 0)
    const [input, written, read] = [
      sum(one => one.usage.input),
      sum(one => one.usage.cacheWrite),
      sum(one => one.usage.cacheRead),
    ]
    const models = [...new Set(entries.map(entry => entry.model.replace(/^claude-/, '')))].join(', ')
    return {
      who,
      models,
      calls: entries.length,
      input,
      written,
      read,
      output: sum(one => one.usage.output),
      usd: sum(one => one.usd ?? 0),
    }
  })
  const total = (of: (row: (typeof rows)[number]) => number) => rows.reduce((sum, row) => sum + of(row), 0)
  const all = total(row => row.input + row.written + row.read)
  const share = all === 0 ? 0 : Math.round((100 * total(row => row.read)) / all)
  const table = [
    ['who', 'model', 'calls', 'input', 'to cache', 'from cache', 'output', 'cost'],
    ...rows.map(row => [row.who, row.models, ...numbers(row)]),
    [
      'together',
      '',
      ...numbers({
        calls: total(r => r.calls),
        input: total(r => r.input),
        written: total(r => r.written),
        read: total(r => r.read),
        output: total(r => r.output),
        usd: total(r => r.usd),
      }),
    ],
  ]
  const words = rehearsed
    ? ' Rehearsed: tokens are estimated, and what they would have cost at list price is shown; nothing was paid.'
    : ''
  return section('The ledger', [`${columns(table)}\n${share} % of the input came from the prompt cache.${words}`])
}

export function showDifference(first: Outcome, second: Outcome): string {
  const before = new Map(first.comments.map(comment => [comment.id, comment.body]))
  const fresh = second.comments.filter(comment => !before.has(comment.id))
  const edited = second.comments.filter(comment => before.has(comment.id) && before.get(comment.id) !== comment.body)
  const stood = second.comments.length - fresh.length - edited.length
  const posted = second.findings.filter(finding => finding.verdict.verdict === 'posted').length
  return section(`After the second push (${second.head.slice(0, 7)})`, [
    `Run ${second.run.id}: ${second.run.end ?? second.run.status}. ${second.run.because ?? ''}`,
    `Findings that hold at the new commit: ${posted}. Comments that stand as they stood: ${stood}, added: ${fresh.length}, changed: ${edited.length}; reviews added: ${second.reviews.length - first.reviews.length}.`,
    ...fresh.map(comment => `added: ${comment.path}: ${titleOf(comment.body)}`),
    ...edited.map(comment => `changed: ${strong(comment.path)}\n${indent(bare(comment.body).split('\n')[0] ?? '')}`),
    ...second.checks.map(({ name, conclusion, output }) => `${strong(name)}: ${conclusion}, "${output.title ?? ''}"`),
  ])
}

export function showPlanted(seen: Seen[], of: number): string {
  return section(
    `Of ${of} planted defects, ${seen.length} are visible on the pull request`,
    seen.map(
      ({ defect, where, by }) =>
        `${defect.name}: ${defect.file}:${defect.line}, ${by.severity}, ${where}${defect.security ? ', security' : ''}`,
    ),
    '\n',
  )
}

function showJudged(finding: StoredFinding): string {
  const { placement, verification, severity, title, agents } = finding
  return [
    `${strong(title)} (${severity}, ${placement.path}:${placement.line ?? '?'}, claimed by ${agents.join(', ')})`,
    indent(verification.because),
    ...(verification.panel ?? []).map(({ lens, state, because }) => indent(`${lens}, ${state}: ${because}`)),
    ...verification.cited.map(({ path, line, text }) =>
      indent(`${path}${line === undefined ? '' : `:${line}`}  ${text.trim()}`, 4),
    ),
  ].join('\n')
}

/** Finders by their name; verifiers together, and the security panel together. */
function payer(name: string): string {
  if (name.startsWith('panel ')) return 'security panel'
  return name.startsWith('verify ') ? 'verifiers' : name
}

function numbers(row: {
  calls: number
  input: number
  written: number
  read: number
  output: number
  usd: number
}): string[] {
  const tokens = [row.calls, row.input, row.written, row.read, row.output].map(number => number.toLocaleString('en'))
  return [...tokens, `$${row.usd.toFixed(4)}`]
}

/** Markdown without what GitHub does not show: its marks, and the escapes. */
function bare(markdown: string): string {
  return markdown
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/\\([!-/:-@[-`{-~])/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&amp;', '&')
    .replace(/<\/?(?:details|summary)>/g, '')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

function section(heading: string, parts: string[], between = '\n\n'): string {
  const line = `${heading}\n${'─'.repeat(heading.length)}`
  return `\n${strong(line)}\n\n${parts.length === 0 ? 'none' : parts.join(between)}`
}

function columns(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  return rows
    .map(row =>
      row
        .map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function indent(text: string, by = 2): string {
  return text.replace(/^(?=.)/gm, ' '.repeat(by))
}

function strong(text: string): string {
  return styleText('bold', text)
}
