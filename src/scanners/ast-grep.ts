// Runs ast-grep, confined, over files under names of our own: our rules alone, no configuration, and one file that breaks it costs no other.
import { isUtf8 } from 'node:buffer'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Confine, ConfinedResult } from '../domain/confined.ts'
import { textOf } from './quotes.ts'

export interface Source {
  path: string
  /** Its name without the dot decides the parser: "ts", "py". */
  extension: string
  bytes: Buffer
}

export interface Match {
  path: string
  rule: string
  /** From 1. */
  line: number
  lastLine: number
  /** Characters before it on its line. */
  column: number
  title: string
  note: string
  metadata: Record<string, string>
}

export interface AstGrep {
  /** The files that could be parsed, and matches in the order of files and lines. */
  matches: Match[]
  left: { path: string; because: string }[]
}

interface Running {
  confine: Confine
  program: string
  /** Rule documents, separated by `---`. */
  rules: string
  /** By `performance.now()`: what is not begun by then is left. */
  deadline: number
  signal: AbortSignal
}

const outputBytes = 48 * 1024 * 1024
const batchMs = 30_000
const aloneMs = 10_000

/** The binary of the package for this system; undefined where there is none. No install script is needed for it. */
export function findAstGrep(platform = process.platform, arch = process.arch): string | undefined {
  const name = { linux: `cli-linux-${arch}-gnu`, darwin: `cli-darwin-${arch}` }[platform as string]
  try {
    const manifest = createRequire(import.meta.url).resolve(`@ast-grep/${name}/package.json`)
    return join(dirname(manifest), 'ast-grep')
  } catch {
    return undefined
  }
}

/** Halves what fails until the file that does it stands alone; that one is named. */
export async function runAstGrep(running: Running, sources: Source[]): Promise<AstGrep> {
  if (sources.length === 0) return { matches: [], left: [] }
  if (performance.now() > running.deadline)
    return {
      matches: [],
      left: sources.map(({ path }) => ({ path, because: 'the time for patterns was over before it' })),
    }
  const result = await scan(running, sources)
  if (result.ended === 'exit' && result.code === 0)
    return { matches: matchesIn(result, sources), left: skippedIn(result, sources) }
  const [only] = sources
  if (sources.length === 1 && only) {
    // What was told before it was ended holds.
    return { matches: matchesIn(result, sources), left: [{ path: only.path, because: whyLeft(result) }] }
  }
  const middle = Math.ceil(sources.length / 2)
  const parts = [await runAstGrep(running, sources.slice(0, middle)), await runAstGrep(running, sources.slice(middle))]
  return { matches: parts.flatMap(part => part.matches), left: parts.flatMap(part => part.left) }
}

function scan({ confine, program, rules, signal }: Running, sources: Source[]): Promise<ConfinedResult> {
  const files = new Map<string, Uint8Array>([['rules.yml', Buffer.from(rules)]])
  for (const [at, { extension, bytes }] of sources.entries())
    files.set(`${at}.${extension}`, withoutOrders(asUtf8(bytes)))
  // Nothing in the directory but what was put there: no ignore file is one of them, and no sgconfig.yml.
  const ignored = ['hidden', 'dot', 'exclude', 'global', 'parent', 'vcs'].flatMap(kind => ['--no-ignore', kind])
  const names = [...files.keys()].slice(1)
  return confine({
    program,
    args: [
      'scan',
      '--rule',
      'rules.yml',
      '--json=stream',
      '--include-metadata',
      '--threads',
      '2',
      ...ignored,
      ...names,
    ],
    files,
    timeoutMs: sources.length === 1 ? aloneMs : batchMs,
    maxBytes: outputBytes,
    memoryBytes: 2 * 1024 ** 3,
    signal,
  })
}

/** It passes over whatever is no UTF-8; one wrong byte hides no file. */
function asUtf8(bytes: Buffer): Buffer {
  return isUtf8(bytes) ? bytes : Buffer.from(textOf(bytes))
}

/** A comment in the code can switch rules off (https://ast-grep.github.io/guide/project/lint-rule.html#suppress-linting-error): not here. */
function withoutOrders(bytes: Buffer): Buffer {
  const order = Buffer.from('ast-grep-ignore')
  let out = bytes
  for (let at = bytes.indexOf(order); at >= 0; at = bytes.indexOf(order, at + 1)) {
    if (out === bytes) out = Buffer.from(bytes)
    out.write('_', at + 3)
  }
  return out
}

function matchesIn(result: ConfinedResult, sources: Source[]): Match[] {
  const matches: (Match & { at: number })[] = []
  for (const line of result.stdout.toString().split('\n')) {
    const found = parsed(line)
    const at = Number.parseInt(found?.file ?? '', 10)
    const path = sources[at]?.path
    if (!found || path === undefined) continue
    const { start, end } = found.range
    matches.push({
      at,
      path,
      rule: found.ruleId.replace(/--\w+$/, ''),
      line: start.line + 1,
      lastLine: end.line + 1,
      column: start.column,
      title: found.message,
      note: found.note ?? '',
      metadata: found.metadata ?? {},
    })
  }
  // Its threads answer in no order.
  return matches
    .sort((a, b) => a.at - b.at || a.line - b.line || a.column - b.column || (a.rule < b.rule ? -1 : 1))
    .map(({ at: _, ...match }) => match)
}

/** What it passed over by itself, told among its other news: `sg: entity|file|3.ts: skipped=invalidUtf8`. */
function skippedIn({ stderr }: ConfinedResult, sources: Source[]): AstGrep['left'] {
  return [...stderr.matchAll(/^sg: entity\|file\|(\d+)\.\w+: skipped=(\w+)/gm)].flatMap(([, at, why]) => {
    const path = sources[Number(at)]?.path
    return path === undefined || why === 'emptyFile' ? [] : [{ path, because: `the parser passed over it (${why})` }]
  })
}

interface Told {
  file: string
  ruleId: string
  message: string
  note: string | null
  range: { start: { line: number; column: number }; end: { line: number } }
  metadata?: Record<string, string>
}

/** The last line may be cut. */
function parsed(line: string): Told | undefined {
  try {
    return JSON.parse(line) as Told
  } catch {
    return undefined
  }
}

function whyLeft({ ended, stderr, code }: ConfinedResult): string {
  if (ended === 'timeout') return `the parser took longer than ${aloneMs / 1000} s`
  if (ended === 'enough') return 'more matches than are read of one file'
  const said = stderr.split('\n').find(line => line.trim() !== '')
  return `the parser ended with code ${code}${said ? ` (${said.trim().slice(0, 150)})` : ''}`
}
