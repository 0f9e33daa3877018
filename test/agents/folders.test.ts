// A routine's map of folders: agents and floors of their own, in reviews and in tasks.
import { describe, expect, it } from 'vitest'
import { floorAt, planReview, planWork } from '../../src/agents/index.ts'
import type { ChangedFile } from '../../src/domain/change.ts'
import type { Routine } from '../../src/domain/routine.ts'
import { agentOf, agents, codeReview, routineOf, securityReview, settings } from './cast.ts'
import { changeOf, grown } from './change-of.ts'

const all = [...agents, agentOf('payments'), agentOf('mobile')]
const files = ['api/a.ts', 'pay/b.ts', 'pay/docs/c.ts', 'app/d.ts'].map(path => grown(path, 20))
const mapped = (more: Partial<Routine> = {}) =>
  routineOf('mono', {
    agents: ['correctness'],
    paths: { 'pay/**': { agents: ['payments'] }, 'app/**': { agents: ['mobile', 'security'] }, 'pay/docs/**': {} },
    ...more,
  })
const sent = ({ assignments }: { assignments: { id: string; files: string[] }[] }) =>
  Object.fromEntries(assignments.map(one => [one.id, one.files]))
const plan = (routines: Routine[], changed: ChangedFile[] = files) =>
  planReview({ change: changeOf(...changed), settings, routines, agents: all, serverRunUsd: 5 })

describe('folders with agents of their own', () => {
  it("get those, and the routine's others everything else; the last glob that matches decides", () => {
    expect(sent(plan([mapped()]))).toEqual({
      correctness: ['api/a.ts', 'pay/docs/c.ts'],
      payments: ['pay/b.ts'],
      mobile: ['app/d.ts'],
      security: ['app/d.ts'],
    })
  })

  it('leave nothing out: every file is covered by somebody', () => {
    expect(plan([mapped()]).manifest.map(one => one.coverage)).toEqual(files.map(() => 'full'))
  })

  it('keep the agents at home whose files did not change', () => {
    expect(sent(plan([mapped()], [grown('api/a.ts', 20)]))).toEqual({ correctness: ['api/a.ts'] })
  })

  it('share an agent with a routine that sends it over everything', () => {
    const found = plan([mapped(), routineOf('whole', { agents: ['payments'] })])
    expect(sent(found).payments).toEqual(files.map(file => file.path))
    expect(found.assignments.find(one => one.id === 'payments')?.routines).toEqual(['mono', 'whole'])
  })

  it('work on top of the line-up of a review that names no agents', () => {
    const { agents: _, ...without } = mapped()
    const found = sent(plan([{ ...without, name: 'code-review' } as Routine, securityReview]))
    expect(found['contracts-and-callers']).toEqual(['api/a.ts', 'pay/docs/c.ts'])
    expect(found.payments).toEqual(['pay/b.ts'])
    expect(found.security).toEqual(files.map(file => file.path))
  })

  it('name an agent that nothing defines: the plan says which', () => {
    expect(() => plan([mapped({ paths: { '**': { agents: ['nobody'] } } })])).toThrow(/sends the agent nobody/)
  })

  it('hold for tasks too, over a change and over parts', () => {
    const { agents: _, ...solo } = mapped({ kind: 'work' })
    const input = { routine: solo as Routine, agents: all, settings, serverRunUsd: 5 }
    expect(sent(planWork({ ...input, change: changeOf(...files) }))).toEqual({
      mono: ['api/a.ts', 'pay/docs/c.ts'],
      payments: ['pay/b.ts'],
      mobile: ['app/d.ts'],
      security: ['app/d.ts'],
    })
    const tree = files.map(({ path }) => ({ path, bytes: 1, generated: false, vendored: false }))
    const swept = planWork({ ...input, change: changeOf(), tree: { files: tree, cut: false } })
    expect(sent(swept)).toMatchObject({ 'mono of api': ['api/a.ts'], 'payments of pay': ['pay/b.ts'] })
  })
})

describe('a floor of a folder', () => {
  const routine = mapped({ paths: { '**/docs/**': { floor: 'high' }, 'pay/**': { floor: 'nit' } } })
  it.each([
    ['pay/docs/c.ts', 'nit'],
    ['api/docs/c.ts', 'high'],
    ['api/a.ts', undefined],
  ])('of %s is %s', (path, floor) => {
    expect(floorAt(routine, path)).toBe(floor)
    expect(floorAt(codeReview, path)).toBe(undefined)
  })
})

describe('the plan of a task', () => {
  const task = (more: Partial<Routine> = {}, budget = {}) =>
    planWork({
      routine: routineOf('tidy', { kind: 'work', ...more }),
      agents: all,
      settings: { ...settings, budget },
      change: changeOf(),
      serverRunUsd: 4,
    })

  it('is one agent with the instructions of the routine over the whole repository, unless it names agents', () => {
    expect(sent(task())).toEqual({ tidy: [] })
    expect(sent(task({ agents: ['security', 'tests'] }))).toEqual({ security: [], tests: [] })
  })

  it('costs what the routine says, never more than the repository or the server', () => {
    expect([task().usd, task().milliseconds]).toEqual([2, 20 * 60_000])
    expect(task({ budget: { usd: 3, minutes: 5 } })).toMatchObject({ usd: 3, milliseconds: 5 * 60_000 })
    expect(task({ budget: { usd: 9 } }).usd).toBe(4)
    expect(task({ budget: { usd: 3 } }, { run: 1 }).usd).toBe(1)
    expect(task({ each: 'component' })).toMatchObject({ usd: 4, milliseconds: 60 * 60_000 })
  })

  it('names a repository that is too large to be listed', () => {
    const tree = { files: [{ path: 'a/b.ts', bytes: 1, generated: false, vendored: false }], cut: true }
    const { manifest } = planWork({
      routine: routineOf('tidy', { kind: 'work', each: 'component' }),
      ...{ agents: all, settings, change: changeOf(), serverRunUsd: 4, tree },
    })
    expect(manifest.at(-1)).toEqual({
      path: 'the rest',
      coverage: 'skipped',
      because: 'the repository has more than 1 files',
    })
  })
})
