// A large change in parts: what belongs together, who looks from part to part, and going on with what remains.
import { expect, test } from 'vitest'
import { briefFor, shareDiff } from '../../src/agents/brief.ts'
import { changedContracts, declarationsOf, partsOf, sayContracts } from '../../src/agents/contracts.ts'
import { planReview } from '../../src/agents/index.ts'
import { relatedGroups, testedName } from '../../src/agents/related.ts'
import { lookedSoFar, remaining } from '../../src/agents/unfinished.ts'
import type { ChangedFile } from '../../src/domain/change.ts'
import type { AgentReport, Assignment, Plan, Unfinished } from '../../src/domain/plan.ts'
import { agents, codeReview, routineOf, securityReview, settings } from './cast.ts'
import { changeOf, fileOf, grown } from './change-of.ts'
import { words } from './words.ts'

const routines = [codeReview, securityReview]
const planOf = (files: ChangedFile[], more: Partial<Parameters<typeof planReview>[0]> = {}) =>
  planReview({ change: changeOf(...files), settings, routines, agents, serverRunUsd: 5, ...more })

const groupsOf = (files: ChangedFile[]) => relatedGroups(files).map(group => group.map(file => file.path))

test('a test goes with the code of its name, whatever directory it is in; the nearer of two; of two as near with neither', () => {
  const paths = ['src/shop/price.ts', 'src/tax/rate.ts', 'src/one/index.ts', 'src/two/index.ts']
  const tests = ['test/shop/price.test.ts', 'test/tax/rate_test.ts', 'test/index.test.ts']
  expect(groupsOf([...paths, ...tests].map(path => fileOf(path, ['+x'])))).toEqual([
    ['src/one/index.ts'],
    ['src/shop/price.ts', 'test/shop/price.test.ts'],
    ['src/tax/rate.ts', 'test/tax/rate_test.ts'],
    ['src/two/index.ts'],
    ['test/index.test.ts'],
  ])
  expect(['a/FooTest.java', 'tests/bar.py', 'src/bar.py', 'test_baz.py'].map(testedName)).toEqual([
    'Foo',
    'bar',
    undefined,
    'baz',
  ])
})

test('what imports each other stands side by side, in JavaScript and Python, and every file is there once', () => {
  const files = [
    fileOf('a/one.ts', ["+import { two } from '../z/two.ts'"]),
    fileOf('b/other.ts', ['+const x = 1']),
    fileOf('z/two.ts', ['+export const two = 2']),
    fileOf('m/uses.py', ['+from ..y.thing import part']),
    fileOf('y/thing.py', ['+def part(): pass']),
  ]
  expect(groupsOf(files)).toEqual([['a/one.ts'], ['z/two.ts'], ['b/other.ts'], ['m/uses.py'], ['y/thing.py']])
})

test('declarations that others may use are found in many languages; what is private is not', () => {
  const named = (path: string, ...lines: string[]) => declarationsOf(fileOf(path, lines)).map(one => one.name)
  expect(named('a.ts', '+export async function pay() {', '+function own() {', '-export const rate = 1')).toEqual([
    'pay',
    'rate',
  ])
  expect(named('a.py', '+def pay(x):', '+    def inner(self):', '+class Till:')).toEqual(['pay', 'Till'])
  expect(named('a.go', '+func (t *Till) Pay(x int) error {', '+func own() {', '+type Rate int')).toEqual([
    'Pay',
    'Rate',
  ])
  expect(named('a.rs', '+pub fn pay() {}', '+fn own() {}')).toEqual(['pay'])
  expect(named('A.java', '+  public int pay(int x) {', '+  private int own() {')).toEqual(['pay'])
  expect(named('notes.txt', '+export function pay() {')).toEqual([])
})

const signature = fileOf('src/a/price.ts', [
  '-export function cents(text: string) {',
  '+export function cents(value: number) {',
])
const caller = fileOf('src/z/till.ts', ["+  return cents('1.20')"])
const bulk = (folder: string) => Array.from({ length: 5 }, (_, at) => grown(`src/${folder}/bulk${at}.ts`, 400))
const parted = [signature, ...bulk('a'), ...bulk('m'), caller, ...bulk('z')]

test('whoever looks from part to part is given a declaration that changed in one part and a name that another part has in its lines', () => {
  const change = changeOf(...parted)
  const plan = planOf(parted)
  const parts = partsOf(plan)
  expect(parts.get('src/a/price.ts')).not.toBe(parts.get('src/z/till.ts'))
  const [first] = changedContracts(change.files, parts)
  expect(first).toMatchObject({ name: 'cents', path: 'src/a/price.ts', usedIn: ['src/z/till.ts'] })
  const text = sayContracts(change, plan, words)
  expect(text).toContain('- export function cents(text: string) {')
  expect(text).toContain(`src/z/till.ts (part ${parts.get('src/z/till.ts')})`)
})

test('a change in one part has nobody look across; a part that fits is shown to one who was not asked for, too', () => {
  const small = [signature, caller]
  expect(sayContracts(changeOf(...small), planOf(small), words)).toBe('')
  const alone = planOf(parted, { routines: [securityReview] })
  const across = alone.assignments.find(one => one.agent.name === 'contracts-and-callers')
  expect(across).toMatchObject({ routines: ['security-review'], files: parted.map(file => file.path) })
  expect(planOf(small, { routines: [securityReview] }).assignments.map(one => one.agent.name)).toEqual(
    ['generalist'].map(() => 'security'),
  )
  const named = routineOf('code-review', { agents: ['correctness'] })
  expect(planOf(parted, { routines: [named] }).assignments.at(-1)?.agent.name).toBe('contracts-and-callers')
})

test('declarations without end fill no prompt', () => {
  const many = Array.from({ length: 60 }, (_, file) =>
    fileOf(
      `src/d${file}/x.ts`,
      Array.from({ length: 100 }, (_, at) => `+export const name${file}x${at} = ${at}`),
    ),
  )
  const text = sayContracts(changeOf(...many), planOf(many), words)
  expect(text.length).toBeLessThan(61_000)
  expect(text).toMatch(/and \d+ more changed declarations/)
})

const reportOf = ({ id, agent, routines, files }: Assignment, looked: boolean): AgentReport => ({
  assignment: id,
  agent: agent.name,
  routines,
  findings: [],
  looked,
  filesTouched: looked ? files : [],
  ended: looked
    ? { end: 'done', because: 'done', turns: 1, usd: 0.1, text: '' }
    : { end: 'budget', because: 'the budget was reached', turns: 0, usd: 0, text: '' },
})

const before = (plan: Plan, reports: AgentReport[]): Unfinished => ({
  runId: 'run-1',
  head: 'a'.repeat(40),
  mergeBase: 'b'.repeat(40),
  digests: {},
  ...lookedSoFar(plan, reports),
})

test('a review that goes on sends each agent over what it has not looked at, and nobody over what all have', () => {
  const first = planOf(parted)
  const started = (one: Assignment) => one.id !== 'correctness-2' && one.id !== 'tests'
  const reports = first.assignments.map(one => reportOf(one, started(one)))
  const left = first.assignments.find(one => one.id === 'correctness-2')!.files
  expect(remaining(first, reports).find(one => left.includes(one.path))?.agents).toEqual(['correctness-2', 'tests'])

  const next = planOf(parted, { before: before(first, reports) })
  expect(next.assignments.map(one => one.id)).toEqual(['correctness', 'tests'])
  expect(next.assignments[0]?.files.toSorted()).toEqual(left.toSorted())
  expect(next.manifest.every(one => one.coverage === 'full')).toBe(true)
  expect(
    remaining(
      next,
      next.assignments.map(one => reportOf(one, true)),
    ),
  ).toEqual([])

  const third = planOf(parted, {
    before: {
      ...before(first, reports),
      ...lookedSoFar(
        next,
        next.assignments.map(one => reportOf(one, one.id === 'correctness')),
        before(first, reports),
      ),
    },
  })
  expect(third.assignments.map(one => one.id)).toEqual(['tests'])
  expect(third.assignments[0]?.files).toHaveLength(parted.length)
})

test('what all have looked at is reviewed, and says where; nothing that could only be shown in part comes to be full by going on', () => {
  const long = fileOf('src/long.ts', [`+${'x'.repeat(3_000)}`])
  const files = [long, ...parted]
  const first = planOf(files)
  const reports = first.assignments.map(one =>
    reportOf(one, one.agent.name !== 'correctness' || one.files.includes('src/a/price.ts')),
  )
  const next = planOf(files, { before: before(first, reports) })
  expect(next.manifest.find(one => one.path === 'src/a/price.ts')).toEqual({
    path: 'src/a/price.ts',
    coverage: 'reviewed',
    because: 'looked at in full at this commit, in run run-1',
  })
  expect(next.goesOn).toEqual({
    runId: 'run-1',
    files: next.manifest.filter(one => one.coverage === 'reviewed').length,
  })
  const all = planOf(files, {
    before: before(
      first,
      first.assignments.map(one => reportOf(one, true)),
    ),
  })
  expect(all.assignments).toEqual([])
  expect(all.manifest[0]).toMatchObject({ coverage: 'partial', because: expect.stringContaining('longer than 2000') })
})

test('an outline that was looked at does not count as lines that were shown', () => {
  const huge = Array.from({ length: 400 }, (_, at) => grown(`src/d${at % 10}/f${at}.ts`, 100))
  const own = { routines: [{ ...codeReview, agents: [{ name: 'tests' }] }] }
  const first = planOf(huge, own)
  expect(first.assignments[0]?.outlined).toBe(true)
  const next = planOf(huge, {
    ...own,
    before: before(
      first,
      first.assignments.map(one => reportOf(one, true)),
    ),
  })
  expect(next.assignments).toEqual([])
  expect(new Set(next.manifest.map(one => one.coverage))).toEqual(new Set(['partial']))
})

test('every part of a review that goes on has its lines in the prompt', () => {
  const first = planOf(parted)
  const next = planOf(parted, {
    before: before(
      first,
      first.assignments.map(one => reportOf(one, one.id !== 'security')),
    ),
  })
  const [left] = next.assignments
  const text = shareDiff(changeOf(...parted), next)(left!)
  for (const path of left!.files) expect(text).toContain(`### ${path} (`)
  expect(briefFor(left!)).toContain('Files to cover')
})
