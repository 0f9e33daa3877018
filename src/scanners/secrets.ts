// Credentials in what a change adds, found by secretlint: facts that need no model, which could not be shown them anyway.
import { creditOf, type Left, type ScanInput, type Scanner } from '../domain/evidence.ts'
import type { Finding } from '../domain/finding.ts'
import { Problem } from '../domain/problem.ts'
import { bySeverity } from '../domain/severity.ts'
import { hideSecrets } from './hide.ts'
import { type OriginOf, originsIn } from './introduced.ts'
import { notListed } from './not-listed.ts'
import { quoteOf, sentences, textOf } from './quotes.ts'
import { findSecrets, type LookAs, type Secret } from './secretlint.ts'

/** Of one file, and of all; whole files of what is code, since a key in a large file is no less one. */
const limits = { eachBytes: 8 * 1024 ** 2, allBytes: 192 * 1024 ** 2 }
const mostFindings = 30
const mostOfAFile = 5

export const secretScanner: Scanner = {
  tool: 'secrets',
  async scan(input) {
    const origin = originsIn(input.change, input.tree)
    const left: Left[] = []
    const findings: Finding[] = []
    let files = 0
    let before = 0
    const cut: Finding[] = []
    for await (const blob of input.checkout.blobs(input.paths, limits)) {
      if (input.signal.aborted) throw new Problem('stopped', 'The work was stopped before it was finished.')
      if ('because' in blob) {
        left.push(blob)
        continue
      }
      files++
      const found = await lookInto(blob.path, textOf(blob.bytes), origin)
      before += found.before
      // The worse first: samples push out nothing that is real.
      findings.push(...found.findings.sort(bySeverity).slice(0, mostOfAFile))
      cut.push(...found.findings.slice(mostOfAFile))
    }
    const listed = findings.sort(bySeverity).slice(0, mostFindings)
    cut.push(...findings.slice(mostFindings))
    left.push(...notListed(cut))
    return {
      findings: listed.map((finding, index) => ({ ...finding, id: `secret-check-${index + 1}` })),
      tools: [
        { tool: 'secrets', state: 'ran', files, because: told(input, files, listed.length, cut.length, before), left },
      ],
    }
  },
}

async function lookInto(
  path: string,
  text: string,
  origin: OriginOf,
): Promise<{ findings: Finding[]; before: number }> {
  const secrets = await findSecrets(text, lookAs(path))
  if (secrets.length === 0) return { findings: [], before: 0 }
  const hidden = (await hideSecrets(text)).split('\n')
  const findings: Finding[] = []
  let before = 0
  for (const { secret, line, lastLine } of placed(text, secrets)) {
    const from = origin(path, line, lastLine)
    if (from === undefined) before++
    else findings.push(claim(path, text.slice(secret.start, secret.end), secret, line, hidden, from))
  }
  return { findings, before }
}

function claim(
  path: string,
  value: string,
  { kind, mild }: Secret,
  line: number,
  hidden: string[],
  origin: Finding['origin'],
): Finding {
  const sample = looksMadeUp(value)
  return {
    id: '',
    file: path,
    line,
    quote: quoteOf(hidden, line, value),
    title: sample ? `${kind} stands in the code; it looks made up` : `${kind} stands in the code`,
    claim: sample
      ? 'It has the form of a credential and looks like a sample. If it is none, it is open to everybody who can read the repository, in its history too.'
      : 'Everybody who can read the repository has it, now and in its history: taking it out of the file later does not take it back.',
    fix: 'Revoke it where it was issued, then read a new one from the environment or a secret store.',
    severity: sample ? 'low' : mild ? 'medium' : 'high',
    confidence: sample ? 'low' : 'high',
    origin,
    category: 'secret',
    cwe: 'CWE-798',
    agents: [creditOf.secrets],
    routines: [],
    security: true,
  }
}

/** Each secret once, with the lines it stands on. */
function placed(text: string, secrets: Secret[]): { secret: Secret; line: number; lastLine: number }[] {
  const out: { secret: Secret; line: number; lastLine: number }[] = []
  let line = 1
  let at = 0
  let end = -1
  for (const secret of [...secrets].sort((a, b) => a.start - b.start || b.end - a.end)) {
    // Two rules for one text are one secret.
    if (secret.start < end) continue
    end = secret.end
    for (; at < secret.start; at++) if (text.charCodeAt(at) === 10) line++
    const breaks = text.slice(secret.start, secret.end).split('\n').length - 1
    // Of a key, the line of its mark.
    out.push({ secret, line, lastLine: line + breaks })
  }
  return out
}

/** Samples in documentation and tests say what they are, or are one character over and over. */
function looksMadeUp(value: string): boolean {
  if (/example|placeholder|dummy|sample|fake|change-?me|your[-_]?|x{6}|0{8}|12345678|abcdefgh/i.test(value)) return true
  // The payload of the sample at https://www.jwt.io, which everybody copies.
  if (value.includes('.eyJzdWIiOiIxMjM0NTY3ODkw')) return true
  return value.length >= 16 && new Set(value).size <= 5
}

function lookAs(path: string): LookAs {
  if (path.endsWith('.npmrc')) return '.npmrc'
  return path.endsWith('.json') ? 'package.json' : 'text'
}

function told({ tree }: ScanInput, files: number, found: number, more: number, before: number): string {
  return sentences([
    `Looked through ${files} ${files === 1 ? 'file' : 'files'} for credentials in known formats and found ${found || 'none'}${tree || found > 0 ? '' : ' in what was added'}.`,
    more > 0 && `${more} more are not listed.`,
    before > 0 && `${before} stood there before and are hidden from models.`,
  ])
}
