// A change too large for one prompt: each lens still has every file before it, and no prompt grows past what models read at once.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { briefFor, shareDiff } from '../../src/agents/brief.ts'
import { planReview } from '../../src/agents/index.ts'
import { agents, codeReview, securityReview, settings } from './cast.ts'
import { changeOf, grown } from './change-of.ts'

const planOf = (change: ReturnType<typeof changeOf>) =>
  planReview({ change, settings, routines: [codeReview, securityReview], agents, serverRunUsd: 5 })

test('whatever the sizes, every file is in the prompt of correctness and of security, whole or said to be cut', () => {
  const sizes = fc.array(fc.record({ folder: fc.nat({ max: 4 }), lines: fc.integer({ min: 1, max: 900 }) }), {
    minLength: 1,
    maxLength: 25,
  })
  fc.assert(
    fc.property(sizes, files => {
      const change = changeOf(
        ...files.map(({ folder, lines }, index) => grown(`src/f${folder}/file${index}.ts`, lines)),
      )
      const plan = planOf(change)
      const shared = shareDiff(change, plan)
      for (const lens of ['correctness', 'security']) {
        const parts = plan.assignments.filter(one => one.agent.name === lens && !one.reversed)
        if (plan.tier === 'trivial') continue
        const text = parts.map(shared).join('\n')
        for (const file of change.files) {
          const header = `### ${file.path} (`
          expect(text.split(header)).toHaveLength(2)
          const last = file.hunks[0]!.lines.at(-1)!.text
          if (plan.manifest.find(entry => entry.path === file.path)?.coverage === 'full')
            expect(text.split(header)[1]).toContain(`+ ${last}`)
        }
      }
    }),
    { numRuns: 40 },
  )
})

test('no prompt grows without bound', () => {
  const change = changeOf(...Array.from({ length: 4_000 }, (_, index) => grown(`src/d${index % 40}/f${index}.ts`, 20)))
  const plan = planOf(change)
  const shared = shareDiff(change, plan)
  for (const one of plan.assignments) {
    expect(shared(one).length).toBeLessThan(350_000)
    expect(briefFor(one).length).toBeLessThan(20_000)
  }
  expect(shared(plan.assignments.find(one => one.id === 'tests')!)).toContain('in outline')
})

test('what no agent was shown the lines of is looked at in part; what none covers is skipped', () => {
  const change = changeOf(
    ...Array.from({ length: 400 }, (_, index) => grown(`src/d${index % 10}/f${index}.ts`, 100)),
    grown('docs/guide.md', 20),
  )
  const own = { ...codeReview, agents: [{ name: 'tests', paths: ['src/**'] }] }
  const plan = planReview({ change, settings, routines: [own], agents, serverRunUsd: 5 })
  expect(shareDiff(change, plan)(plan.assignments[0]!)).toContain('in outline')
  expect(new Set(plan.manifest.filter(one => one.path.startsWith('src/')).map(one => one.coverage))).toEqual(
    new Set(['partial']),
  )
  expect(plan.manifest.at(-1)).toMatchObject({ coverage: 'skipped', because: expect.stringContaining('none of the') })

  const sharded = planOf(change)
  expect(sharded.manifest.every(one => one.coverage === 'full')).toBe(true)
})

test('a brief says what is counted: one file opened is a part looked at', () => {
  const plan = planOf(changeOf(grown('src/a.ts', 200), grown('src/b.ts', 200)))
  expect(briefFor(plan.assignments[0]!)).toContain('when you open none of them')
})
