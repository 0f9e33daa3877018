// Structural patterns of known weaknesses, found by ast-grep with our own rules only: claims like an agent's, which the judge has verified.
import type { Confine } from '../domain/confined.ts'
import { creditOf, type Left, type PatternRules, type Scanner, type ToolRun } from '../domain/evidence.ts'
import type { Finding } from '../domain/finding.ts'
import { Problem } from '../domain/problem.ts'
import { bySeverity, severities } from '../domain/severity.ts'
import { type Match, runAstGrep, type Source } from './ast-grep.ts'
import { originsIn } from './introduced.ts'
import { notListed } from './not-listed.ts'
import { quoteOf, sentences, textOf } from './quotes.ts'

/** Folders under `routines/patterns`. */
const patternLanguages = ['javascript', 'python', 'go', 'java'] as const
type PatternLanguage = (typeof patternLanguages)[number]

export interface PatternPorts {
  confine: Confine
  /** The ast-grep binary; undefined where there is none for this system. */
  program: string | undefined
  rules: PatternRules
}

const limits = { eachBytes: 2 * 1024 ** 2, allBytes: 64 * 1024 ** 2 }
const batch = { files: 300, bytes: 8 * 1024 ** 2 }
const mostMs = 90_000
const mostFindings = 30
/** Of one rule in one file; harmless ones in front are no way to have one go unseen, since the file is named. */
const mostAlike = 3

export function patternScanner({ confine, program, rules }: PatternPorts): Scanner {
  return {
    tool: 'patterns',
    async scan({ checkout, change, paths, tree, signal }) {
      const code = paths.filter(path => languageOf(path))
      const others = paths.length - code.length
      if (!program)
        return none('skipped', `There is no ast-grep for this system (${process.platform} ${process.arch}).`)
      if (code.length === 0) return none('skipped', 'No file is in a language that it has rules for.')
      const origin = originsIn(change, tree)
      const ruleText = documents(rules)
      const deadline = performance.now() + mostMs
      const found: Finding[] = []
      const cut: { file: string }[] = []
      const unread: Left[] = []
      const alike = new Map<string, number>()
      let [files, before] = [0, 0]
      for await (const sources of batches(checkout.blobs(code, limits), unread)) {
        if (signal.aborted) throw new Problem('stopped', 'The work was stopped before it was finished.')
        const { matches, left } = await runAstGrep({ confine, program, rules: ruleText, deadline, signal }, sources)
        unread.push(...left)
        files += sources.length - left.length
        const lines = new Map(sources.map(({ path, bytes }) => [path, () => textOf(bytes).split('\n')]))
        for (const match of matches) {
          const from = origin(match.path, match.line, match.lastLine)
          if (from === undefined) {
            before++
            continue
          }
          const kind = `${match.rule}\n${match.path}`
          const known = alike.get(kind) ?? 0
          alike.set(kind, known + 1)
          if (known >= mostAlike) cut.push({ file: match.path })
          else found.push(claim(match, lines.get(match.path)?.() ?? [], from))
        }
      }
      // The worse first: what is mild pushes out nothing that is grave.
      const listed = found.sort(bySeverity).slice(0, mostFindings)
      cut.push(...found.slice(mostFindings))
      const because = told({ count: listed.length, files, before, more: cut.length }, others)
      const left = [...unread, ...notListed(cut)]
      return {
        findings: listed.map((finding, index) => ({ ...finding, id: `pattern-check-${index + 1}` })),
        tools: [{ tool: 'patterns', state: 'ran', files, because, left }],
      }
    },
  }
}

function none(state: ToolRun['state'], because: string) {
  return { findings: [], tools: [{ tool: 'patterns' as const, state, files: 0, because }] }
}

/** All grammars of a family take the same rules: each rule is given once for each. */
export function documents(rules: PatternRules): string {
  return patternLanguages
    .flatMap(language =>
      (rules[language] ?? []).flatMap(text => grammars[language].map(grammar => forGrammar(text, grammar))),
    )
    .join('\n---\n')
}

const grammars: Record<PatternLanguage, string[]> = {
  javascript: ['TypeScript', 'Tsx', 'JavaScript'],
  python: ['Python'],
  go: ['Go'],
  java: ['Java'],
}

function forGrammar(text: string, grammar: string): string {
  return text
    .replace(/^id: (.+)$/m, (_, id: string) => `id: ${id.trim()}--${grammar}`)
    .replace(/^language: .+$/m, `language: ${grammar}`)
}

const extensions: Record<string, PatternLanguage> = {
  ts: 'javascript',
  mts: 'javascript',
  cts: 'javascript',
  tsx: 'javascript',
  js: 'javascript',
  mjs: 'javascript',
  cjs: 'javascript',
  jsx: 'javascript',
  py: 'python',
  pyi: 'python',
  go: 'go',
  java: 'java',
}

function extensionOf(path: string): string {
  return /\.([A-Za-z]+)"?$/.exec(path)?.[1]?.toLowerCase() ?? ''
}

function languageOf(path: string): PatternLanguage | undefined {
  return extensions[extensionOf(path)]
}

async function* batches(
  blobs: AsyncIterable<{ path: string; bytes: Buffer } | Left>,
  left: Left[],
): AsyncGenerator<Source[]> {
  let sources: Source[] = []
  let bytes = 0
  for await (const blob of blobs) {
    if (!('bytes' in blob)) {
      left.push(blob)
      continue
    }
    sources.push({ ...blob, extension: extensionOf(blob.path) })
    bytes += blob.bytes.length
    if (sources.length < batch.files && bytes < batch.bytes) continue
    yield sources
    sources = []
    bytes = 0
  }
  if (sources.length > 0) yield sources
}

function claim(match: Match, lines: string[], origin: Finding['origin']): Finding {
  const { severity = '', cwe, fix } = match.metadata
  return {
    id: '',
    file: match.path,
    line: match.line,
    quote: quoteOf(lines, match.line, match.column),
    title: match.title,
    claim: `${match.note} Found by its form alone (rule ${match.rule}): whether anybody else controls the value is for the review to say.`,
    severity: severities.find(one => one === severity) ?? 'medium',
    confidence: 'low',
    origin,
    category: match.rule,
    ...(cwe !== undefined && { cwe }),
    ...(fix !== undefined && { fix }),
    agents: [creditOf.patterns],
    routines: [],
    security: true,
  }
}

function told(found: { count: number; files: number; before: number; more: number }, others: number): string {
  const { count } = found
  return sentences([
    `Held ${found.files} ${found.files === 1 ? 'file' : 'files'} against the patterns and found ${count === 0 ? 'none' : count === 1 ? 'one place' : `${count} places`}.`,
    found.more > 0 && `${found.more} more of the same kinds are not listed.`,
    found.before > 0 && `${found.before} stood there before and are no part of this.`,
    others > 0 && `${others} ${others === 1 ? 'file is' : 'files are'} in languages that it has no rules for.`,
  ])
}
