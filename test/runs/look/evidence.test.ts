// The tools' part of a look: who asks for it, what comes of it with its secrets hidden, and what nobody looked at.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: code that is looked at, not run.
import { describe, expect, it } from 'vitest'
import { takeInventory } from '../../../src/agents/index.ts'
import { creditOf, type ScanInput, type Scanner, type ToolRun } from '../../../src/domain/evidence.ts'
import { Problem } from '../../../src/domain/problem.ts'
import type { Checkout } from '../../../src/domain/workspace.ts'
import { placing } from '../../../src/judge/place-now.ts'
import { gatherEvidence, securityLook, unseen } from '../../../src/runs/look/evidence.ts'
import { hideIn, hideInReads } from '../../../src/runs/look/hide.ts'
import { hideSecrets } from '../../../src/scanners/index.ts'
import { agentOf, codeReview, routineOf, securityReview } from '../../agents/cast.ts'
import { changeOf, fileOf } from '../../agents/change-of.ts'
import { findingOf } from '../../judge/findings.ts'
import { plan, reportOf } from '../../publish/facts-of.ts'
import { privateKey, github as token } from '../../scanners/keys.ts'

const { signal } = new AbortController()
const change = changeOf(
  fileOf('src/a.ts', [' const a = 1', `+const token = '${token}'`]),
  fileOf('dist/x.min.js', ['+x()'], { generated: true }),
  fileOf('old.ts', ['-x'], { status: 'deleted' }),
  fileOf('link', ['+/etc'], { symlink: true }),
  fileOf('private/b.ts', ['+y']),
)
const checkout = { hides: (path: string) => path.startsWith('private/') } as Checkout

function telling(tools: ToolRun[] = []): Scanner & { asked: ScanInput[] } {
  const asked: ScanInput[] = []
  return {
    tool: 'secrets',
    asked,
    async scan(input) {
      asked.push(input)
      return {
        findings: [
          findingOf('secret-check-1', { quote: `const token = '${token}'`, agents: [creditOf.secrets], routines: [] }),
        ],
        tools,
      }
    },
  }
}

describe('tools', () => {
  it('are asked by a security routine, about every readable file that is not private, generated ones too', async () => {
    const scanner = telling([{ tool: 'secrets', state: 'ran', files: 2, because: 'Looked.' }])
    const routines = [codeReview, securityReview]
    const told = await gatherEvidence(
      { scanners: [scanner], hide: hideSecrets },
      { checkout, change, routines, signal },
    )
    expect(scanner.asked[0]?.paths).toEqual(['src/a.ts', 'dist/x.min.js'])
    expect(told.findings).toMatchObject([{ routines: ['security-review'], quote: "const token = '[secret removed]'" }])
    expect(securityLook({ change, routines }, told.tools, plan, [])?.routines).toEqual(['security-review'])
  })

  it.each([
    ['code-review', codeReview],
    ['a routine with agents of its own', routineOf('mine', { agents: ['correctness'] })],
  ])('are not asked by %s', async (_, routine) => {
    const scanner = telling()
    const routines = [routine]
    const told = await gatherEvidence(
      { scanners: [scanner], hide: hideSecrets },
      { checkout, change, routines, signal },
    )
    expect(scanner.asked).toEqual([])
    expect(told).toEqual({ findings: [], tools: [] })
    expect(securityLook({ change, routines }, told.tools, plan, [])).toBeUndefined()
  })

  it.each([
    ['one that sends the security agent', routineOf('mine', { agents: ['security'] })],
    ['a sweep', routineOf('mine', { kind: 'work', agents: ['standing-weaknesses'] })],
    ['one that asks for the whole line-up', routineOf('mine')],
  ])('are asked by %s', async (_, routine) => {
    const scanner = telling()
    await gatherEvidence({ scanners: [scanner], hide: hideSecrets }, { checkout, change, routines: [routine], signal })
    expect(scanner.asked).toHaveLength(1)
  })

  it('that are stopped leave nothing stored', async () => {
    const stop = new AbortController()
    const scanner: Scanner = {
      tool: 'secrets',
      async scan() {
        stop.abort(new Problem('stopped', 'Asked to.'))
        return { findings: [], tools: [] }
      },
    }
    const routines = [securityReview]
    const gathering = gatherEvidence(
      { scanners: [scanner], hide: hideSecrets },
      { checkout, change, routines, signal: stop.signal },
    )
    await expect(gathering).rejects.toMatchObject({ code: 'stopped' })
  })
})

describe('the look says', () => {
  const manifest = [
    { path: 'full.ts', coverage: 'full' as const, because: 'shown' },
    { path: 'big.min.js', coverage: 'skipped' as const, because: 'minified' },
  ]
  it('which file neither an agent nor a tool read whole, and which tool failed', () => {
    const left = ['full.ts', 'big.min.js'].map(path => ({ path, because: 'larger than 8 MiB' }))
    const tools: ToolRun[] = [
      { tool: 'secrets', state: 'ran', files: 0, because: '', left },
      { tool: 'patterns', state: 'failed', files: 0, because: 'It broke.' },
      { tool: 'dependencies', state: 'skipped', files: 0, because: 'Nothing to do.' },
    ]
    expect(unseen(tools, { manifest })).toEqual([
      'The check of patterns failed: It broke.',
      '`big.min.js` was not looked through whole by anybody: secrets: larger than 8 MiB',
    ])
    expect(unseen([{ tool: 'secrets', state: 'ran', files: 2, because: '' }], { manifest })).toEqual([])
  })

  it('which lenses agents were asked for, and only of those that looked', () => {
    const agent = agentOf('security', { instructions: '- **Injection and input**: …\n- **Data exposure**: …' })
    const assignments = plan.assignments.map(one => (one.id === 'security' ? { ...one, agent } : one))
    const security = assignments.find(one => one.id === 'security')!
    const tools: ToolRun[] = [{ tool: 'secrets', state: 'ran', files: 1, because: '' }]
    const of = (looked: boolean) =>
      securityLook({ change, routines: [securityReview] }, tools, { ...plan, assignments }, [
        reportOf(security, { looked }),
      ])
    expect(of(true)?.lenses).toEqual(['Injection and input', 'Data exposure'])
    expect(of(false)?.lenses).toEqual([])
  })
})

describe('a checkout with its secrets hidden', () => {
  const key = privateKey().trim().split('\n')
  const lines = ['const a = 1', `const token = '${token}'`, ...key, 'const b = 2']
  const open = {
    change: async () =>
      changeOf(
        fileOf(
          'src/a.ts',
          lines.map(line => `+${line}`),
        ),
        fileOf('src/c.ts', ['+c()']),
      ),
    file: async () => lines.join('\n'),
    grep: async () => `src/a.ts:2:${lines[1]}`,
    log: async () => `message ${token}`,
    blame: async () => `1a2b3c4d (Ada 2026-01-01 2) ${lines[1]}`,
    show: async () => `+${lines[1]}`,
    since: async () => ({ commit: 'c', ancestor: true, change: changeOf(fileOf('src/a.ts', [`+${lines[1]}`])) }),
    without: async () => open,
  } as unknown as Checkout

  it('shows none by any look, and every other line as it is, with its number', async () => {
    const hidden = hideIn(open, hideSecrets)
    const shown = await hidden.change()
    const texts = shown.files[0]?.hunks[0]?.lines.map(line => line.text)
    expect(texts).toHaveLength(lines.length)
    expect([texts?.[0], texts?.[1], texts?.at(-1)]).toEqual([
      'const a = 1',
      "const token = '[secret removed]'",
      'const b = 2',
    ])
    expect(shown.files[1]?.hunks[0]?.lines[0]?.text).toBe('c()')
    const all = [
      shown,
      await hidden.file('src/a.ts'),
      await hidden.grep('token'),
      await hidden.log(),
      await hidden.blame('src/a.ts', 1, 2),
      await hidden.show('HEAD'),
      await hidden.since('c'),
      await (await hidden.without([])).grep('token'),
      await hideInReads(async () => `2: ${lines[1]}`, hideSecrets)('/', { path: 'src/a.ts' }),
    ]
    for (const one of all) expect(JSON.stringify(one)).not.toContain(token)
    for (const line of key.slice(1, -1)) expect(JSON.stringify(all)).not.toContain(line)
  })

  it('places a quote of a hidden line, and what code found, on the line where it stands', async () => {
    const hidden = hideIn(open, hideSecrets)
    const placeNow = placing({ change: await hidden.change(), checkout: hidden })
    const quote = "const token = '[secret removed]'"
    expect(await placeNow({ file: 'src/a.ts', quote })).toMatchObject({ at: 'line', line: 2, side: 'RIGHT' })
    // Hidden lines of a key are all alike; code knows which it means.
    expect(await placeNow({ file: 'src/a.ts', quote: '[secret removed]', line: 9 })).toMatchObject({
      at: 'line',
      line: 9,
    })
    expect(await placeNow({ file: 'src/a.ts', quote, line: 4000 })).toMatchObject({ at: 'file', line: 4000 })
  })
})

describe('the inventory', () => {
  it('names what a security review reads first, by paths and by lines, removed ones too', () => {
    const { inventory, more } = takeInventory(
      changeOf(
        fileOf('src/app.ts', [' x', "+app.post('/pay', (req, res) => run(req.body.name))", '+exec(`x ${name}`)']),
        fileOf('src/guard.ts', ['-if (!isAdmin(user)) throw denied()']),
        fileOf('package.json', ['+"x": "1"']),
        fileOf('.github/workflows/ci.yml', ['+on: push']),
        fileOf('infra/main.tf', ['+port = 22']),
        fileOf('docs/a.md', ['+exec(password)']),
        fileOf('src/plain.ts', ['+const one = 1']),
      ),
    )
    expect(inventory.map(one => `${one.kind}: ${one.path}`)).toEqual([
      'entry point: src/app.ts',
      'trust boundary: src/app.ts',
      'trust boundary: src/guard.ts',
      'sink: src/app.ts',
      'dependencies: package.json',
      'workflow: .github/workflows/ci.yml',
      'infrastructure: infra/main.tf',
    ])
    expect(inventory[0]?.because).toBe('a route or handler: line 2')
    expect(inventory[2]?.because).toContain('a removed line')
    expect(more).toBe(0)
  })
})
