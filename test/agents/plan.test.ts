// The plan: how risky a change is, who is sent, what is skipped and why, and what it may cost.
import { describe, expect, test } from 'vitest'
import { planReview } from '../../src/agents/index.ts'
import type { ChangedFile } from '../../src/domain/change.ts'
import { type Routine, repositorySettingsSchema } from '../../src/domain/routine.ts'
import { agentOf, agents, codeReview, routineOf, securityReview, settings } from './cast.ts'
import { changeOf, fileOf, grown } from './change-of.ts'

const both = [codeReview, securityReview]

function plan(
  files: ChangedFile[],
  more: { routines?: Routine[]; settings?: typeof settings; serverRunUsd?: number } = {},
) {
  return planReview({ change: changeOf(...files), settings, routines: both, agents, serverRunUsd: 5, ...more })
}
const ids = (result: ReturnType<typeof plan>) => result.assignments.map(one => `${one.id} ${one.tier}`)

describe('the risk tier', () => {
  test('ten lines in three files with nothing sensitive are trivial: one generalist, for both routines', () => {
    const result = plan([grown('src/a.ts', 4), grown('src/b.ts', 3), grown('src/c.ts', 3)])
    expect(result.tier).toBe('trivial')
    expect(ids(result)).toEqual(['generalist standard'])
    expect(result.assignments[0]?.routines).toEqual(['code-review', 'security-review'])
    expect([result.usd, result.milliseconds]).toEqual([0.25, 180_000])
  })

  test('an eleventh line, or a fourth file, makes it lite', () => {
    expect(plan([grown('src/a.ts', 11)]).tier).toBe('lite')
    expect(plan(['a', 'b', 'c', 'd'].map(name => grown(`src/${name}.ts`, 1))).tier).toBe('lite')
  })

  test('a lite review sends four', () => {
    const result = plan([grown('src/a.ts', 150)])
    expect(result.tier).toBe('lite')
    expect(ids(result)).toEqual([
      'correctness standard',
      'contracts-and-callers fast',
      'rules-and-tests fast',
      'security standard',
    ])
    expect([result.usd, result.milliseconds]).toEqual([1, 360_000])
    expect([result.verifier.tier, result.panel.tier, result.panel.tierForHigh]).toEqual([
      'standard',
      'standard',
      'standard',
    ])
  })

  test('a line more sends eight, one of them over the files in the other order', () => {
    const result = plan([grown('src/a.ts', 100), grown('src/b.ts', 51)])
    expect(result.tier).toBe('full')
    expect(ids(result).sort()).toEqual(
      [
        'correctness standard',
        'correctness-again fast',
        'security standard',
        'contracts-and-callers standard',
        'concurrency-and-resources standard',
        'performance fast',
        'tests fast',
        'repository-rules fast',
      ].sort(),
    )
    expect(result.assignments.filter(one => one.reversed).map(one => one.id)).toEqual(['correctness-again'])
    expect([result.usd, result.milliseconds]).toEqual([3, 720_000])
    expect(result.panel.tierForHigh).toBe('deep')
  })

  test.each([
    'src/auth/check.ts',
    'lib/passwordReset.js',
    'app/crypto.py',
    'src/billing/invoice.go',
    'db/migrate/1_a.rb',
    '.github/workflows/ci.yml',
    'infra/main.tf',
    'Dockerfile',
    'package-lock.json',
  ])('one line in %s makes a review full, and the reason names it', path => {
    const result = plan([grown(path, 1)])
    expect(result.tier).toBe('full')
    expect(result.because).toContain(path)
  })

  test.each(['src/author.ts', 'src/tokenizer.ts', 'docs/authentication.md', 'src/locker.ts'])(
    '%s is not sensitive',
    path => {
      expect(plan([grown(path, 1)]).tier).toBe('trivial')
    },
  )
})

describe('the manifest', () => {
  const coverage = (file: ChangedFile, more = {}) => plan([file], more).manifest[0]!

  test.each([
    [fileOf('a.png', [], { binary: true }), 'binary'],
    [fileOf('lib', [], { submodule: true }), 'submodule'],
    [grown('yarn.lock', 3), 'lock file'],
    [grown('src/api.gen.ts', 3, { generated: true }), 'generated'],
    [grown('lib/x.js', 3, { vendored: true }), 'vendored'],
    [fileOf('dist/app.min.js', [`+${'x'.repeat(5_000)}`]), 'minified'],
  ])('skips by rule, and says why', (file, word) => {
    expect(coverage(file)).toMatchObject({ coverage: 'skipped', because: expect.stringContaining(word) })
    expect(plan([file]).assignments).toEqual([])
  })

  test('never skips a migration, even one that the attributes call generated', () => {
    expect(coverage(grown('db/migrations/001.sql', 3, { generated: true })).coverage).toBe('full')
  })

  test('looks at what is only named like a minified file', () => {
    expect(coverage(grown('src/steal.min.js', 20))).toMatchObject({
      coverage: 'full',
      because: expect.stringContaining('by hand'),
    })
  })

  test('looks at a lone change in a vendor folder, and skips a whole bundle by name', () => {
    expect(coverage(grown('vendor/lib/a.js', 3)).coverage).toBe('full')
    const bundle = plan(Array.from({ length: 6 }, (_, index) => grown(`vendor/lib/${index}.js`, 3)))
    expect(bundle.manifest.every(entry => entry.coverage === 'skipped' && entry.because.includes('vendor/'))).toBe(true)
  })

  test('skips what the settings skip, and names the glob', () => {
    const skipping = repositorySettingsSchema.parse({ skip: ['fixtures/**'] })
    expect(coverage(grown('fixtures/a.ts', 3), { settings: skipping })).toMatchObject({
      coverage: 'skipped',
      because: expect.stringContaining('fixtures/**'),
    })
  })

  test('a file too large for a prompt, or not read at all, is partial and still assigned', () => {
    const large = plan([grown('src/large.ts', 6_000)])
    expect(large.manifest[0]).toMatchObject({ coverage: 'partial', because: expect.stringContaining('of 6000 lines') })
    const unread = plan([fileOf('src/huge.ts', [], { unread: 'over 5 MB' })])
    expect(unread.manifest[0]).toMatchObject({ coverage: 'partial', because: expect.stringContaining('over 5 MB') })
    expect(unread.assignments[0]?.files).toEqual(['src/huge.ts'])
  })
})

describe('who is sent', () => {
  test('security-review alone sends the security lens, whatever the size', () => {
    expect(ids(plan([grown('src/a.ts', 3)], { routines: [securityReview] }))).toEqual(['security standard'])
    expect(ids(plan([grown('src/a.ts', 300)], { routines: [securityReview] }))).toEqual(['security standard'])
  })

  test('agents that a routine names replace the line-up, with its model', () => {
    const mine = routineOf('mine', {
      agents: ['correctness', { name: 'api', model: 'deep', prompt: 'Look at the API.' }],
      model: 'fast',
    })
    const result = plan([grown('src/a.ts', 300)], { routines: [mine] })
    expect(ids(result)).toEqual(['correctness fast', 'api deep'])
    expect(result.assignments[1]?.agent.instructions).toBe('Look at the API.')
  })

  test('an agent with paths is sent over the matching files only, and not at all without any', () => {
    const mine = routineOf('mine', { agents: [{ name: 'correctness', paths: ['api/**', '!api/*.md'] }] })
    const files = [grown('api/a.ts', 5), grown('api/b.md', 5), grown('src/c.ts', 5)]
    expect(plan(files, { routines: [mine] }).assignments.map(one => one.files)).toEqual([['api/a.ts']])
    expect(plan([grown('src/c.ts', 5)], { routines: [mine] }).assignments).toEqual([])
  })

  test('a lens that two routines ask for goes once; both are credited, the first pays', () => {
    const mine = routineOf('mine', { agents: ['correctness'] })
    const result = plan([grown('src/a.ts', 100)], { routines: [mine, codeReview] })
    expect(result.assignments.filter(one => one.agent.name === 'correctness').map(one => one.routines)).toEqual([
      ['mine', 'code-review'],
    ])
  })

  test('the same name with other words is another agent', () => {
    const mine = routineOf('mine', { agents: [{ name: 'correctness', prompt: 'Only arithmetic.' }] })
    const result = plan([grown('src/a.ts', 100)], { routines: [codeReview, mine] })
    expect(result.assignments.map(one => one.id)).toContain('correctness-for-mine')
  })

  test('an agent that nothing defines is a problem that says what to add', () => {
    const mine = routineOf('mine', { agents: ['nobody'] })
    expect(() => plan([grown('src/a.ts', 3)], { routines: [mine] })).toThrow(/mine sends the agent nobody/)
  })

  test('turns come from the agent', () => {
    const result = planReview({
      change: changeOf(grown('src/a.ts', 3)),
      settings,
      routines: [securityReview],
      agents: [agentOf('security', { turns: 7 })],
      serverRunUsd: 5,
    })
    expect(result.assignments[0]?.limits).toMatchObject({ turns: 7, milliseconds: 240_000 })
  })
})

describe('money and time', () => {
  test('a call of a trivial review may answer less, since all of it is set aside under a small cap', () => {
    const limits = [3, 40, 200].map(lines => {
      const { assignments, verifier, panel } = plan([grown('src/a.ts', lines)])
      return [assignments[0], verifier, panel].map(one => one?.limits.outputTokens)
    })
    expect(limits).toEqual([
      [8_000, 4_000, 4_000],
      [16_000, 8_000, 8_000],
      [16_000, 8_000, 8_000],
    ])
  })

  test('the server, the repository and the routine each lower the ceiling', () => {
    const files = [grown('src/a.ts', 200)]
    expect(plan(files, { serverRunUsd: 0.5 }).usd).toBe(0.5)
    expect(plan(files, { settings: repositorySettingsSchema.parse({ budget: { run: 0.7 } }) }).usd).toBe(0.7)
    expect(plan(files, { routines: [routineOf('code-review', { budget: { usd: 0.3, minutes: 2 } })] })).toMatchObject({
      usd: 0.3,
      milliseconds: 120_000,
    })
  })

  test('a file raises the default of a full review alone, and never above the server', () => {
    const dear = [routineOf('code-review', { budget: { usd: 50 } })]
    expect(plan([grown('src/a.ts', 200)], { routines: dear, serverRunUsd: 5 }).usd).toBe(5)
    expect(plan([grown('src/a.ts', 5)], { routines: dear }).usd).toBe(0.25)
  })
})

describe('a change too large for one prompt', () => {
  const files = ['a', 'b', 'c'].flatMap(folder => ['1', '2'].map(name => grown(`src/${folder}/${name}.ts`, 400)))

  test('correctness and security go per part, and no file is left out of any lens', () => {
    const result = plan(files)
    for (const lens of ['correctness', 'correctness-again', 'security']) {
      const parts = result.assignments.filter(one => new RegExp(`^${lens}(-\\d+)?$`).test(one.id))
      expect(parts.length).toBeGreaterThan(1)
      expect(parts.flatMap(one => one.files).sort()).toEqual(files.map(file => file.path).sort())
    }
    expect(result.assignments.find(one => one.id === 'tests')?.files).toHaveLength(files.length)
  })

  test('files of one directory stay together', () => {
    const parts = plan(files).assignments.filter(one => /^security(-\d)?$/.test(one.id))
    for (const folder of ['a', 'b', 'c']) {
      expect(parts.filter(part => part.files.some(file => file.startsWith(`src/${folder}/`)))).toHaveLength(1)
    }
  })

  test('ids are unique and stable', () => {
    const first = plan(files).assignments.map(one => one.id)
    expect(new Set(first).size).toBe(first.length)
    expect(plan(files).assignments.map(one => one.id)).toEqual(first)
  })
})
