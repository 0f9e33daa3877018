// Structural patterns: every rule against its samples, and whatever a change may bring along so that they find nothing.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: code that is looked at, not run.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { holdSamples, printTable } from '../../scripts/pattern-table.ts'
import { readPatterns } from '../../src/builtins.ts'
import { severities } from '../../src/domain/severity.ts'
import { unseen } from '../../src/runs/look/evidence.ts'
import { findAstGrep, runAstGrep, type Source } from '../../src/scanners/ast-grep.ts'
import { patternScanner } from '../../src/scanners/patterns.ts'
import { lookWith, openRange, workspaces } from './range.ts'

const open = 'import { exec } from "node:child_process"\nexport const run = (name: string) => exec(`convert ${name}`)\n'
const found = { file: 'src/run.ts', line: 2, category: 'js-shell-command-from-values' }

it('each rule hits its failing samples and passes its safe ones', async () => {
  const rows = await holdSamples()
  console.log(printTable(rows))
  expect(rows.length).toBeGreaterThanOrEqual(30)
  for (const row of rows) {
    expect(row.wrong, row.rule).toEqual([])
    expect(row.hit[1], row.rule).toBeGreaterThanOrEqual(2)
    expect(row.passed[1], row.rule).toBeGreaterThanOrEqual(1)
    expect(severities, row.rule).toContain(row.severity)
    expect(row.cwe, row.rule).toMatch(/^CWE-\d+$/)
  }
})

describe('a pattern', () => {
  it('is a claim on its line: with severity, CWE and what to do, unsure, and the judge’s to verify', async () => {
    const { findings, tools } = await lookWith('patterns', { 'src/run.ts': 'export {}\n' }, { 'src/run.ts': open })
    expect(findings).toMatchObject([
      {
        ...found,
        quote: 'export const run = (name: string) => exec(`convert ${name}`)',
        severity: 'high',
        cwe: 'CWE-78',
        confidence: 'low',
        origin: 'introduced',
        agents: ['pattern check'],
        security: true,
        fix: expect.stringContaining('execFile'),
      },
    ])
    expect(tools).toMatchObject([{ tool: 'patterns', state: 'ran', files: 1, left: [] }])
  })

  it('that stood there before is counted, and no finding of this change', async () => {
    const { findings, tools } = await lookWith('patterns', { 'src/run.ts': open }, { 'src/run.ts': `${open}// more\n` })
    expect(findings).toEqual([])
    expect(tools[0]?.because).toContain('1 stood there before')
  })

  it('of a whole repository is reported as standing there before', async () => {
    await using checkout = await openRange({ 'src/run.ts': open }, { 'b.txt': 'x' })
    const scanner = patternScanner({
      ...workspaces,
      program: findAstGrep(),
      rules: readPatterns(),
    })
    const change = await checkout.change()
    const { findings } = await scanner.scan({
      checkout,
      change,
      paths: ['src/run.ts'],
      tree: true,
      signal: new AbortController().signal,
    })
    expect(findings).toMatchObject([{ ...found, origin: 'pre_existing' }])
  })

  it('repeated is listed three times, and counted, and the file is named for the others', async () => {
    const many = open + 'exec(`a ${name}`)\n'.repeat(20)
    const { findings, tools } = await lookWith('patterns', {}, { 'src/run.ts': many })
    expect(findings).toHaveLength(3)
    expect(tools[0]?.because).toContain('18 more of the same kinds are not listed')
    expect(tools[0]?.left).toMatchObject([
      { path: 'src/run.ts', found: true, because: expect.stringContaining('18 more') },
    ])
    expect(unseen(tools, { manifest: [{ path: 'src/run.ts', coverage: 'full', because: 'shown' }] })).toHaveLength(1)
  })

  it('that is grave is pushed out by no number of milder ones', async () => {
    const mild = 'export const go = (req, res) => {\n  res.redirect(req.query.next)\n}\n'.repeat(3)
    const files = Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`a${at}.js`, mild]))
    const { findings, tools } = await lookWith('patterns', {}, { ...files, 'src/run.ts': open })
    expect(findings).toHaveLength(30)
    expect(findings[0]).toMatchObject({ ...found, id: 'pattern-check-1' })
    expect(findings[1]).toMatchObject({ severity: 'medium' })
    expect(tools[0]?.because).toContain('4 more of the same kinds are not listed')
    expect(tools[0]?.left?.map(one => one.path)).toEqual(['a8.js', 'a9.js'])
    expect(unseen(tools, { manifest: [{ path: 'a9.js', coverage: 'full', because: 'shown' }] })).toHaveLength(2)
  })
})

describe('nothing that a change brings along blinds it', () => {
  it.each([
    ['attributes', { '.gitattributes': '* -diff binary linguist-generated linguist-vendored export-ignore\n' }],
    ['ignore files', { '.gitignore': '*\n', '.ignore': '*\n', 'src/.gitignore': '*.ts\n', '.rgignore': '*\n' }],
    [
      'a configuration of ast-grep',
      {
        'sgconfig.yml': 'ruleDirs: [none]\n',
        'src/sgconfig.yml': 'customLanguages: {x: {libraryPath: ./evil.so, extensions: [ts]}}\nruleDirs: []\n',
      },
    ],
  ])('%s', async (_, more) => {
    const { findings } = await lookWith('patterns', {}, { ...more, 'src/run.ts': open })
    expect(findings).toMatchObject([found])
  })

  it('comments that switch rules off', async () => {
    const silenced = `// ast-grep-ignore\n${open.replace('export', '// ast-grep-ignore: js-shell-command-from-values\nexport')}`
    const { findings } = await lookWith('patterns', {}, { 'src/run.ts': silenced })
    expect(findings).toMatchObject([{ ...found, line: 4 }])
  })

  it('names: minified, vendored, generated, with line feeds, dashes and bytes that are no UTF-8', async () => {
    const names = [
      'a.min.js',
      'vendor/lib/a.js',
      'dist/bundle.js',
      '-rf.ts',
      '--config=x.ts',
      'two\nlines.ts',
      'sp ace".ts',
      '.hidden/.a.ts',
      '$(touch x).ts',
    ]
    const { findings, tools } = await lookWith('patterns', {}, Object.fromEntries(names.map(name => [name, open])))
    expect(findings.map(one => one.file).sort()).toEqual([...names].sort())
    expect(tools[0]?.files).toBe(names.length)
  })

  it('bytes that are no text, and a NUL that makes git call the file binary', async () => {
    const bytes = Buffer.concat([Buffer.from('// \xff\xfe caf\xe9\n', 'latin1'), Buffer.from(open)])
    const nul = Buffer.concat([Buffer.from('// \0\n'), Buffer.from(open)])
    const { findings } = await lookWith('patterns', {}, { 'latin.ts': bytes, 'nul.ts': nul })
    expect(findings.map(({ file, line }) => [file, line])).toEqual([
      ['latin.ts', 3],
      ['nul.ts', 3],
    ])
  })

  it('one file that breaks the parser, or is too large, is named, and the others are looked at', async () => {
    const deep = `x = ${'['.repeat(200_000)}${']'.repeat(200_000)}\n`
    const large = `${'const a = 1\n'.repeat(5_000_000 / 12)}`
    const { findings, tools } = await lookWith(
      'patterns',
      {},
      { 'a/deep.py': deep, 'large.ts': large, 'src/run.ts': open },
    )
    expect(findings).toMatchObject([found])
    const left = tools[0]?.left ?? []
    expect(left.find(one => one.path === 'large.ts')?.because).toBe('larger than 2 MiB')
    expect(tools[0]?.files).toBe(3 - left.length)
  })

  it('a symbolic link is followed nowhere', async () => {
    await using checkout = await openRange(
      {},
      { 'link.ts': { mode: '120000', content: '/etc/passwd' }, 'src/run.ts': open },
    )
    const change = await checkout.change()
    const scanner = patternScanner({ ...workspaces, program: '/bin/cat', rules: {} })
    // A program that is not ast-grep: what it says is no evidence, and its failure is told of each file.
    const { tools } = await scanner.scan({
      checkout,
      change,
      paths: ['link.ts', 'src/run.ts'],
      signal: new AbortController().signal,
    })
    expect(tools[0]?.left?.map(one => one.path)).toEqual(['link.ts', 'src/run.ts'])
  })
})

it('without a program for this system it is skipped, and says so', async () => {
  await using checkout = await openRange({}, { 'src/run.ts': open })
  const scanner = patternScanner({ ...workspaces, program: undefined, rules: readPatterns() })
  const { tools } = await scanner.scan({
    checkout,
    change: await checkout.change(),
    paths: ['src/run.ts'],
    signal: new AbortController().signal,
  })
  expect(tools).toMatchObject([{ state: 'skipped', because: expect.stringContaining('no ast-grep for this system') }])
})

describe('files that break the parser', () => {
  const dir = mkdtempSync(join(tmpdir(), 'breaking-'))
  const program = join(dir, 'ast-grep')
  // Ends as a parser does that has no memory left, when one of its files says so; else it finds something in each.
  writeFileSync(
    program,
    `#!/bin/sh
for f in *.ts; do read -r line < "$f"; [ "$line" = BREAK ] && echo "out of memory" >&2 && exit 134; done
for f in *.ts; do echo "{\\"file\\":\\"$f\\",\\"ruleId\\":\\"r--Tsx\\",\\"message\\":\\"m\\",\\"range\\":{\\"start\\":{\\"line\\":0,\\"column\\":0},\\"end\\":{\\"line\\":0}}}"; done
`,
    { mode: 0o755 },
  )
  const sources = Array.from({ length: 9 }, (_, at): Source => {
    const text = at === 3 || at === 7 ? 'BREAK\n' : 'fine\n'
    return { path: `${at}`, extension: 'ts', bytes: Buffer.from(text) }
  })
  const running = { ...workspaces, program, rules: '', signal: new AbortController().signal }

  it('are named with what was said, and cost no other file', async () => {
    const { matches, left } = await runAstGrep({ ...running, deadline: Number.POSITIVE_INFINITY }, sources)
    expect(matches.map(match => match.path)).toEqual(['0', '1', '2', '4', '5', '6', '8'])
    const because = 'the parser ended with code 134 (out of memory)'
    expect(left).toEqual([
      { path: '3', because },
      { path: '7', because },
    ])
  })

  it('are looked for until the time is over, and then all are named', async () => {
    const { matches, left } = await runAstGrep({ ...running, deadline: 0 }, sources)
    expect(matches).toEqual([])
    expect(left.map(one => one.path)).toEqual(sources.map(one => one.path))
  })
})
