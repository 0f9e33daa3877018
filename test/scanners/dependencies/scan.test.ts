// The dependency scanner over real commits and a register on loopback: what it asks, what it finds, and what it says when it can not know.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Scanner } from '../../../src/domain/evidence.ts'
import { scanDependencies } from '../../../src/scanners/dependencies/index.ts'
import { placeOf } from '../../../src/scanners/dependencies/places.ts'
import { type OsvSimulator, startOsv } from '../../simulators/osv/index.ts'
import { made } from '../../simulators/osv/records.ts'
import { npmLock, scanBetween } from './stage.ts'

let osv: OsvSimulator
let at = Date.parse('2026-03-01T00:00:00Z')
const fresh = (): Scanner => scanDependencies({ osvUrl: osv.url, now: () => at, retryMs: 1 })

beforeAll(async () => {
  osv = await startOsv(
    [
      made('GHSA-aaaa-0001-0001', 'npm', 'lodash', {
        fixed: '4.17.21',
        severity: 'HIGH',
        cwe: 'CWE-77',
        summary: 'Command injection in lodash',
        aliases: ['CVE-2021-23337'],
      }),
      made('GHSA-aaaa-0002-0002', 'npm', 'lodash', { introduced: '4.17.20', fixed: '4.17.22', severity: 'MODERATE' }),
      made('GHSA-bbbb-0001-0001', 'PyPI', 'jinja2', {
        fixed: '3.1.6',
        score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H',
        aliases: ['CVE-2025-1'],
      }),
      made('PYSEC-2025-1', 'PyPI', 'jinja2', { fixed: '3.1.6', aliases: ['CVE-2025-1'] }),
      made('MAL-2026-1', 'npm', 'lodahs', {}),
      made('GO-2025-1', 'Go', 'golang.org/x/net', { fixed: '0.38.0' }),
      made('RUSTSEC-2025-1', 'crates.io', 'smallvec', { fixed: '1.6.1', severity: 'CRITICAL' }),
      { ...made('GHSA-cccc-0001-0001', 'npm', 'left-pad', { severity: 'HIGH' }), withdrawn: '2026-01-03T00:00:00Z' },
    ],
    { page: 1 },
  )
})
beforeEach(() => {
  osv.answerWith(undefined)
  osv.asked.length = 0
  osv.requests.length = 0
})
afterAll(() => osv[Symbol.asyncDispose]())

describe('a package that a change locks newly', () => {
  it('is one finding with its advisories joined, the worst first, and quotes the line that names the version', async () => {
    const { findings, tools } = await scanBetween(
      fresh(),
      { 'package-lock.json': npmLock({ ms: '2.1.3' }) },
      { 'package-lock.json': npmLock({ ms: '2.1.3', lodash: '4.17.20' }) },
    )
    expect(findings).toMatchObject([
      {
        file: 'package-lock.json',
        quote: '    "node_modules/lodash": {\n      "version": "4.17.20",',
        title: 'lodash 4.17.20 has 2 known advisories, the worst high',
        severity: 'high',
        origin: 'introduced',
        cwe: 'CWE-77',
        fix: 'Lock lodash to 4.17.22 or later.',
        security: true,
        agents: ['dependency check'],
      },
    ])
    expect(findings[0]!.claim).toMatch(
      /GHSA-aaaa-0001-0001, CVE-2021-23337: Command injection in lodash \(high; mended in 4\.17\.21\)/,
    )
    expect(tools).toMatchObject([{ tool: 'dependencies', state: 'ran', files: 1 }])
    expect(osv.asked).not.toContain('npm ms 2.1.3')
    expect(osv.refusals).toEqual([])
  })

  it('is said to be there before when each advisory held for the old version too, and is introduced by the ones that did not', async () => {
    const from = (version: string) => ({ 'package-lock.json': npmLock({ lodash: version }) })
    const raised = await scanBetween(fresh(), from('4.17.18'), from('4.17.19'))
    expect(raised.findings).toMatchObject([{ origin: 'pre_existing', severity: 'high' }])
    const worse = await scanBetween(fresh(), from('4.17.19'), from('4.17.20'))
    expect(worse.findings).toMatchObject([{ origin: 'introduced', severity: 'medium' }])
    expect(worse.findings[0]!.claim).toContain('it held for the version before too')
  })

  it('is critical when it is known to be malicious, and is to be removed', async () => {
    const { findings } = await scanBetween(fresh(), {}, { 'package-lock.json': npmLock({ lodahs: '1.0.0' }) })
    expect(findings).toMatchObject([
      {
        severity: 'critical',
        cwe: 'CWE-506',
        title: 'lodahs 1.0.0 is known to be malicious',
        fix: expect.stringContaining('Remove'),
      },
    ])
  })

  it('is found in the lock files of Python, Go and Rust, an advisory under several names once', async () => {
    const { findings } = await scanBetween(
      fresh(),
      {},
      {
        'requirements.txt': 'Jinja2==3.1.5 ; python_version > "3.8"\n',
        'go.mod': 'module example.com/shop\n\ngo 1.24\n\nrequire golang.org/x/net v0.37.0\n',
        'Cargo.lock':
          'version = 4\n\n[[package]]\nname = "smallvec"\nversion = "1.6.0"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\n',
      },
    )
    expect(findings.map(({ file, severity, quote, line }) => ({ file, severity, quote, line }))).toEqual([
      { file: 'Cargo.lock', severity: 'critical', quote: 'name = "smallvec"\nversion = "1.6.0"', line: 5 },
      { file: 'requirements.txt', severity: 'critical', quote: 'Jinja2==3.1.5 ; python_version > "3.8"', line: 1 },
      { file: 'go.mod', severity: 'medium', quote: 'require golang.org/x/net v0.37.0', line: 5 },
    ])
    expect(findings[1]!.title).not.toContain('2 known')
    expect(findings[2]!.claim).toContain('not rated by its publisher')
  })

  it('of which an advisory was withdrawn is no finding', async () => {
    const { findings } = await scanBetween(fresh(), {}, { 'package-lock.json': npmLock({ 'left-pad': '1.0.0' }) })
    expect(findings).toEqual([])
  })
})

describe('what nobody outside is asked about', () => {
  it('is whatever is not locked to a public registry, and it is said', async () => {
    const named = { '.npmrc': 'registry=https://npm.corp.example/\n@x:registry=https://corp.example/\n' }
    const manifest = { 'package.json': '{"dependencies":{"mine":"acme/mine"}}' }
    const { findings, tools } = await scanBetween(
      fresh(),
      { ...named, ...manifest },
      {
        ...named,
        ...manifest,
        'package-lock.json': npmLock({
          lodash: { version: '4.17.20', resolved: 'https://npm.corp.example/lodash/-/lodash-4.17.20.tgz' },
          mine: { version: '1.0.0', resolved: 'git+ssh://git@github.com/acme/mine.git#abc' },
          evil: { version: '1.0.0', resolved: 'https://registry.npmjs.org@corp.example/evil.tgz' },
        }),
      },
    )
    expect(findings).toEqual([])
    expect(osv.requests).toEqual([])
    expect(tools[0]!.because).toContain('2 from another registry')
    expect(tools[0]!.because).toContain('1 from git')
  })

  it('is what settings keep private', async () => {
    const { tools } = await scanBetween(
      fresh(),
      {},
      { 'package-lock.json': npmLock({ lodash: '4.17.20' }) },
      { paths: [] },
    )
    expect(osv.requests).toEqual([])
    expect(tools).toMatchObject([{ state: 'skipped' }])
  })

  it('is everything when it is switched off, which is said', async () => {
    const scanner = scanDependencies({ osvUrl: 'off', now: () => at })
    const { tools } = await scanBetween(scanner, {}, { 'package-lock.json': npmLock({ lodash: '4.17.20' }) })
    expect(tools).toMatchObject([{ state: 'skipped', because: expect.stringContaining('OSV_URL is off') }])
  })
})

describe('a place that packages come from, no registry and named by nobody', () => {
  const evil = { version: '4.17.20', resolved: 'https://evil.example/lodash-4.17.20.tgz' }
  const forged = { 'package-lock.json': npmLock({ ms: evil, debug: evil }) }
  const honest = { 'package-lock.json': npmLock({ ms: '4.17.20', debug: '4.17.20' }) }

  it('is one finding, on the line that names it, though no version changed and nobody asks a register', async () => {
    for (const scanner of [fresh(), scanDependencies({ osvUrl: 'off', now: () => at })]) {
      const { findings } = await scanBetween(scanner, honest, forged)
      expect(findings).toMatchObject([
        {
          file: 'package-lock.json',
          quote: '      "resolved": "https://evil.example/lodash-4.17.20.tgz",',
          title: 'package-lock.json has 2 packages fetched from evil.example',
          claim: expect.stringContaining('ms 4.17.20, debug 4.17.20 (npm) would be fetched from evil.example'),
          severity: 'high',
          origin: 'introduced',
          cwe: 'CWE-829',
          security: true,
        },
      ])
    }
  })

  it('is none where the configuration names it; brought by the change itself it is low', async () => {
    const named = {
      'a/.npmrc': '@a:registry=https://a.example/npm\n',
      'b/package.json': '{"dependencies":{"ms":"https://b.example/a.tgz","mine":"github:Acme/mine#v1"}}',
      'c/pyproject.toml': '[[tool.poetry.source]]\nurl = "https://c.example/simple"\n',
      '.cargo/config.toml': '[registries]\nx = { index = "sparse+https://d.example/" }\n',
    }
    const from = (resolved: string) => ({ version: '1.0.0', resolved })
    const locks = {
      'a/package-lock.json': npmLock({ ms: from('https://a.example/ms.tgz') }),
      'b/package-lock.json': npmLock({
        ms: from('https://b.example/a.tgz'),
        mine: from('git+ssh://git@github.com/acme/mine.git#abc'),
      }),
      'c/poetry.lock':
        '[[package]]\nname = "a"\nversion = "1.0"\n\n[package.source]\ntype = "legacy"\nurl = "https://c.example/simple"\n',
      'Cargo.lock': '[[package]]\nname = "a"\nversion = "1.0.0"\nsource = "sparse+https://d.example/"\n',
    }
    expect((await scanBetween(fresh(), named, { ...named, ...locks })).findings).toEqual([])
    const brought = (await scanBetween(fresh(), { a: '' }, { ...named, ...locks })).findings
    expect(brought.map(one => one.severity)).toEqual(['low', 'low', 'low', 'low', 'low'])
    expect(brought[0]!.claim).toContain('names this place in the configuration as well')
    const alone = (await scanBetween(fresh(), { a: '' }, locks)).findings
    expect(alone.map(one => one.severity)).toEqual(['high', 'high', 'high', 'high', 'high'])
  })

  it('is none where lock files had it before; another one on the same forge is', async () => {
    const of = (...repositories: string[]) => ({
      'package-lock.json': npmLock(
        Object.fromEntries(
          repositories.map((name, at) => [
            `p${at}`,
            { version: '1.0.0', resolved: `git+https://github.com/${name}.git#a` },
          ]),
        ),
      ),
    })
    expect((await scanBetween(fresh(), of('acme/a'), of('acme/a', 'Acme/A'))).findings).toEqual([])
    expect((await scanBetween(fresh(), of('acme/a'), of('acme/a', 'evil/a'))).findings).toMatchObject([
      { title: 'package-lock.json has a package fetched from github.com/evil/a', severity: 'high' },
    ])
  })

  it('is found in the lock files of other tools too, each on its line', async () => {
    const locks: Record<string, string> = {
      'a/yarn.lock': '# yarn lockfile v1\n\nms@^2.0.0:\n  version "2.1.3"\n  resolved "https://a.example/ms.tgz#1"\n',
      'b/yarn.lock':
        '__metadata:\n  version: 8\n\n"ms@https://b.example/m.tgz":\n  version: 2.1.3\n  resolution: "ms@https://b.example/m.tgz"\n',
      'c/pnpm-lock.yaml': 'packages:\n\n  ms@2.1.3:\n    resolution: {tarball: https://c.example/ms.tgz}\n',
      'd/requirements.txt': 'ms @ https://d.example/ms.whl\n',
      'e/requirements.txt': '--extra-index-url https://e.example/simple\nms==1.0\n',
      'f/uv.lock': '[[package]]\nname = "ms"\nversion = "1.0"\nsource = { registry = "https://f.example/simple" }\n',
      'g/Pipfile.lock':
        '{"_meta":{"sources":[{"name":"e","url":"http://g.example/s"}]},"default":{"ms":{"index":"e","version":"==1.0"}}}',
    }
    const { findings } = await scanBetween(fresh(), { a: '' }, locks)
    const hosts = Object.keys(locks).map(path => `${path[0]}.example`)
    expect(findings.map(one => one.title.split(' ').at(-1)).sort()).toEqual(hosts)
    for (const { file, quote, severity } of findings) {
      expect(locks[file]).toContain(quote)
      expect([file, quote, severity]).toEqual([file, expect.stringContaining(`${file[0]}.example`), 'high'])
    }
    expect(findings.filter(one => one.claim.includes('over http,')).map(one => one.file)).toEqual(['g/Pipfile.lock'])
  })
})

it('knows one place under every way to write it', () => {
  const ways = ['git@github.com:Acme/mine.git', 'git+ssh://git@github.com:22/acme/mine.git#a', 'github:acme/mine#v1']
  const more = ['https://codeload.github.com/acme/mine/tar.gz/a', 'git+https://a:b@github.com/acme/mine']
  for (const way of [...ways, ...more]) expect(placeOf(way)).toBe('github.com/acme/mine')
  expect(placeOf('https://registry.npmjs.org@corp.example/evil.tgz')).toBe('corp.example')
  expect(placeOf('file:../mine')).toBeUndefined()
})

describe('what is not known', () => {
  const change = [{}, { 'package-lock.json': npmLock({ lodash: '4.17.20' }) }] as const

  it.each([
    ['answers with an error', { status: 503 }, 'answered 503'],
    ['answers with nonsense', { body: '<html>' }, 'no answer of OSV'],
    ['answers about other packages', { body: '{"results":[]}' }, 'about other packages'],
    ['is not there', 'close', 'could not be reached'],
  ] as const)('is said to be unknown when the register %s, and asked again the next time', async (_, fault, words) => {
    const scanner = fresh()
    osv.answerWith(fault)
    const { findings, tools } = await scanBetween(scanner, ...change)
    expect(findings).toEqual([])
    expect(tools).toMatchObject([
      { state: 'failed', because: expect.stringMatching(/1 of them is unknown|is unknown/) },
    ])
    expect(tools[0]!.because).toContain(words)
    osv.answerWith(undefined)
    expect((await scanBetween(scanner, ...change)).findings).toHaveLength(1)
  })

  it('is a lock file that can not be understood, which is named', async () => {
    const { tools } = await scanBetween(
      fresh(),
      {},
      {
        'package-lock.json': '{"packages": [',
        'Cargo.lock': 'package = [{name = "smallvec"}]',
        'Gemfile.lock': 'GEM\n',
      },
    )
    expect(tools).toMatchObject([{ state: 'failed', left: [{ path: 'Cargo.lock' }, { path: 'package-lock.json' }] }])
    expect(tools[0]!.because).toContain('Gemfile.lock')
  })
})

it('remembers answers for a day', async () => {
  const scanner = fresh()
  const change = [{}, { 'package-lock.json': npmLock({ lodash: '4.17.20' }) }] as const
  await scanBetween(scanner, ...change)
  osv.requests.length = 0
  expect((await scanBetween(scanner, ...change)).findings).toHaveLength(1)
  expect(osv.requests).toEqual([])
  at += 25 * 60 * 60_000
  await scanBetween(scanner, ...change)
  expect(osv.requests).toContain('POST /v1/querybatch')
})

it('looks at all lock files of a repository when that is what is looked at', async () => {
  const files = { 'web/package-lock.json': npmLock({ lodash: '4.17.20' }) }
  const { findings } = await scanBetween(
    fresh(),
    files,
    { ...files, 'a.txt': 'a' },
    { tree: true, paths: ['web/package-lock.json', 'a.txt'] },
  )
  expect(findings).toMatchObject([{ file: 'web/package-lock.json', origin: 'pre_existing' }])
})

it('is stopped by its signal', async () => {
  const signal = AbortSignal.abort()
  await expect(
    scanBetween(fresh(), {}, { 'package-lock.json': npmLock({ lodash: '4.17.20' }) }, { signal }),
  ).rejects.toMatchObject({ code: 'stopped' })
})
