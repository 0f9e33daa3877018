// `watchbill review` without a key for a model: tools look alone over real changes, with evidence, and nothing passes for reviewed.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { exitOf, type HandResult, reviewLocal, showReview, writeSarif } from '../../src/commands/review.ts'
import { readSettings } from '../../src/settings.ts'
import { npmLock } from '../scanners/dependencies/stage.ts'
import { type OsvSimulator, startOsv } from '../simulators/osv/index.ts'
import { made } from '../simulators/osv/records.ts'

const dir = mkdtempSync(join(tmpdir(), 'watchbill-keyless-'))
const modules = join(import.meta.dirname, '../../node_modules')
const git = (...args: string[]) =>
  execFileSync('git', ['-C', dir, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args]).toString()
let osv: OsvSimulator

beforeAll(async () => {
  osv = await startOsv([
    made('GHSA-1111-2222-3333', 'npm', 'lodash', { fixed: '4.17.21', severity: 'HIGH' }),
    made('GHSA-1111-2222-4444', 'PyPI', 'one', { severity: 'HIGH' }),
    made('GHSA-1111-2222-5555', 'PyPI', 'two', { severity: 'HIGH' }),
  ])
  git('init', '-q', '-b', 'main')
})
afterAll(async () => {
  await osv[Symbol.asyncDispose]()
  rmSync(dir, { recursive: true, force: true })
})

function commit(write: () => void): void {
  git('rm', '-rqf', '--ignore-unmatch', '.')
  write()
  git('add', '-A', '--force')
  git('commit', '-q', '--allow-empty', '-m', 'state')
}

const files = (all: Record<string, string>) => () => {
  for (const [name, text] of Object.entries(all)) writeFileSync(join(dir, name), text)
}
const release = (name: string) => () => cpSync(join(modules, name), dir, { recursive: true })

async function review(
  before: () => void,
  after: () => void,
  routines: string[] = [],
): Promise<HandResult & { printed: string; exit: number; told: string[] }> {
  commit(before)
  commit(after)
  const settings = readSettings({
    WATCHBILL_DATA: join(dir, '.git', 'watchbill'),
    OSV_URL: osv.url,
    PATH: process.env.PATH,
  })
  const { signal } = new AbortController()
  const told: string[] = []
  const progress = (line: string) => void told.push(line)
  const result = await reviewLocal(settings, { routines, progress, signal, range: 'HEAD~1...HEAD', dir })
  return { ...result, told, printed: showReview(result), exit: exitOf(result) }
}

const plain = { 'a.ts': 'export const one = 1\n' }

describe('a change in which tools find nothing', () => {
  it('does not pass: no model looked, and it says exactly that', async () => {
    const after = files({ 'a.ts': 'export const one = 2\n' })
    const { exit, printed, complete, cost, told } = await review(files(plain), after)
    expect(told.slice(-2)).toEqual(['Tools look alone: there is no key for a model.', 'Placing what they found'])
    expect({ exit, complete, calls: cost.calls }).toEqual({ exit: 2, complete: false, calls: 0 })
    expect(printed).toContain('No model looked at this change and nothing was verified')
    expect(printed).toContain('ANTHROPIC_API_KEY')
    expect(printed).not.toMatch(/Nothing found|No changed file/)
    expect(printed).toContain('a.ts: skipped, no model looked at it')
  })
})

describe('a change in which a tool tells of something', () => {
  it('of high weight ends with 1 and shows it with its evidence, in the text and as SARIF', async () => {
    const locked = { ...plain, 'package-lock.json': npmLock({ lodash: '4.17.20' }) }
    const result = await review(files(plain), files(locked))
    expect(result.exit).toBe(1)
    expect(result.printed).toContain('package-lock.json:9')
    expect(result.printed).toContain('GHSA-1111-2222-3333')
    const file = join(dir, '.git', 'found.sarif')
    writeSarif(file, result)
    expect(JSON.parse(readFileSync(file, 'utf8')).runs[0]).toMatchObject({
      tool: { driver: { name: 'Watchbill', version: expect.stringMatching(/^\d+\.\d+\.\d+/) } },
      results: [{ ruleId: 'CWE-1395', level: 'error' }],
    })
    expect(() => writeSarif(join(dir, 'not', 'there'), result)).toThrow(/can not be written/)
  })

  it('is said to be not verified in two words: why stands once for all', async () => {
    const rows = 'export const row = (db: any, id: string) => db.query("select * from rows where id = " + id)\n'
    const { printed } = await review(files(plain), files({ ...plain, 'rows.ts': rows }))
    expect(printed).toContain('(pattern check; introduced; not verified)')
    expect(printed.split('no key for one (set ANTHROPIC_API_KEY)')).toHaveLength(2)
  })

  it('is, of a dependency review, what is known of dependencies alone, and two packages on neighbouring lines are two', async () => {
    const pinned = { ...plain, 'requirements.txt': 'one==1.0.0\ntwo==1.0.0\n' }
    const { judged, security } = await review(files(plain), files(pinned), ['dependency-review'])
    expect(security?.tools.map(run => run.tool)).toEqual(['dependencies'])
    expect(judged.map(({ quote, verdict, routines }) => [quote, verdict.verdict, routines])).toEqual([
      ['one==1.0.0', 'posted', ['dependency-review']],
      ['two==1.0.0', 'posted', ['dependency-review']],
    ])
  })

  it('of less weight ends with 2', async () => {
    const bad = `const url = request.query.url\n// ${'\u200b'}hidden\n`
    const { exit, judged } = await review(files(plain), files({ ...plain, 'b.ts': bad }))
    expect(judged.map(({ severity, verification }) => [severity, verification.state])).toContainEqual([
      'medium',
      'valid',
    ])
    expect(exit).toBe(2)
  })
})

describe('the real changes between releases of packages', () => {
  it.each([
    ['immer', '9.0.21', '10.0.0', {}],
    ['commander', '12.1.0', '13.0.0', {}],
    ['marked', '4.3.0', '5.0.0', { 'package-lock.json': npmLock({ lodash: '4.17.20' }) }],
  ])(
    '%s from %s to %s: what is told stands in the code, and nothing is called clean',
    async (name, from, to, planted) => {
      const began = performance.now()
      const next = () => {
        release(`anchors-${name}-${to}`)()
        files(planted)()
      }
      const result = await review(release(`anchors-${name}-${from}`), next)
      const { judged, printed, exit, security } = result
      console.log(
        `${name} ${from} → ${to}: ${judged.length} told by tools, exit ${exit}, ${((performance.now() - began) / 1000).toFixed(1)} s`,
      )
      expect(judged.length).toBeGreaterThanOrEqual(Object.keys(planted).length)
      expect(printed).toContain('No model looked at this change')
      expect(printed).not.toContain('Nothing found')
      expect(exit).toBe(judged.some(({ severity }) => severity === 'high' || severity === 'critical') ? 1 : 2)
      expect(security?.tools.map(run => run.tool)).toEqual(['secrets', 'patterns', 'dependencies'])
      for (const { quote, placement, agents } of judged) {
        expect(agents.join()).toMatch(/check/)
        if (placement.at === 'nowhere') continue
        expect(readFileSync(join(dir, placement.path), 'utf8')).toContain(quote)
      }
      for (const run of security?.tools ?? []) expect(run.because).not.toBe('')
    },
  )
})
