// Holds every pattern rule against the samples beside it and prints the table: which failing samples it hits, which safe ones it passes.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'yaml'
import { readPatterns } from '../src/builtins.ts'
import { findAstGrep, runAstGrep, type Source } from '../src/scanners/ast-grep.ts'
import { documents } from '../src/scanners/patterns.ts'
import { openWorkspaces } from '../src/workspace/index.ts'

export interface Row {
  rule: string
  language: string
  severity: string
  cwe: string
  /** Samples hit of those that are to be hit, by each extension of the language. */
  hit: [number, number]
  /** Safe samples passed of those that there are. */
  passed: [number, number]
  /** Code of the samples that came out wrong. */
  wrong: string[]
}

interface Samples {
  id: string
  invalid: string[]
  valid: string[]
}

const extensions: Record<string, string[]> = {
  javascript: ['ts', 'tsx', 'js'],
  python: ['py'],
  go: ['go'],
  java: ['java'],
}
const folder = join(import.meta.dirname, '../routines/patterns')

/** Problems of the tool are thrown: a table without it would be empty, not green. */
export async function holdSamples(): Promise<Row[]> {
  const program = findAstGrep()
  if (!program) throw new Error('there is no ast-grep for this system')
  const dataDir = mkdtempSync(join(tmpdir(), 'patterns-'))
  const { confine } = openWorkspaces({ dataDir })
  const samples = Object.keys(extensions).flatMap(samplesOf)
  const sources = samples.flatMap(({ language, id, invalid, valid }) =>
    (extensions[language] ?? []).flatMap(extension =>
      [invalid, valid].flatMap((codes, safe) =>
        codes.map(
          (code, at): Source => ({ path: `${id}/${safe}/${at}/${extension}`, extension, bytes: Buffer.from(code) }),
        ),
      ),
    ),
  )
  const asked = { confine, program, rules: documents(readPatterns()), deadline: Number.POSITIVE_INFINITY }
  const { matches, left } = await runAstGrep({ ...asked, signal: new AbortController().signal }, sources)
  rmSync(dataDir, { recursive: true, force: true })
  if (left.length > 0) throw new Error(`not parsed: ${left.map(one => `${one.path}: ${one.because}`).join('; ')}`)
  const hits = new Set(matches.map(match => `${match.path} ${match.rule}`))
  return samples.map(({ language, id, invalid, valid, severity, cwe }) => {
    const of = (codes: string[], safe: number) =>
      codes.flatMap((code, at) =>
        (extensions[language] ?? []).map(extension => ({
          code,
          hit: hits.has(`${id}/${safe}/${at}/${extension} ${id}`),
        })),
      )
    const [failing, safe] = [of(invalid, 0), of(valid, 1)]
    return {
      rule: id,
      language,
      severity,
      cwe,
      hit: [failing.filter(one => one.hit).length, failing.length],
      passed: [safe.filter(one => !one.hit).length, safe.length],
      wrong: [...failing.filter(one => !one.hit), ...safe.filter(one => one.hit)].map(one => one.code),
    }
  })
}

/** Every rule has its samples, and no samples are without a rule. */
function samplesOf(language: string): (Samples & { language: string; severity: string; cwe: string })[] {
  const rules = (readPatterns()[language] ?? []).map(
    text => parse(text) as { id: string; metadata: { severity: string; cwe: string } },
  )
  const names = readdirSync(join(folder, language, 'samples'))
  const orphans = names.filter(name => !rules.some(rule => `${rule.id}.yml` === name))
  if (orphans.length > 0) throw new Error(`samples without a rule: ${orphans.join(', ')}`)
  return rules.map(({ id, metadata }) => ({
    ...(parse(readFileSync(join(folder, language, 'samples', `${id}.yml`), 'utf8')) as Samples),
    language,
    ...metadata,
  }))
}

export function printTable(rows: Row[]): string {
  const cells = rows.map(({ rule, severity, cwe, hit, passed }) => [
    rule,
    severity,
    cwe,
    hit.join('/'),
    passed.join('/'),
  ])
  const all = [['rule', 'severity', 'cwe', 'failing hit', 'safe passed'], ...cells]
  const widths = all[0]!.map((_, column) => Math.max(...all.map(row => row[column]!.length)))
  return all
    .map(row =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

if (import.meta.main) {
  const rows = await holdSamples()
  console.log(printTable(rows))
  const wrong = rows.filter(row => row.wrong.length > 0)
  for (const row of wrong) console.error(`${row.rule}:\n${row.wrong.join('\n')}`)
  process.exitCode = wrong.length > 0 ? 1 : 0
}
