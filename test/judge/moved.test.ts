// Findings whose code went to another file: told by its lines, under the key of the comment that stands.
import { expect, test } from 'vitest'
import { type ScriptedTurn, scriptedModel } from '../../src/claude/index.ts'
import type { ChangedFile, Since } from '../../src/domain/change.ts'
import type { Placement } from '../../src/domain/finding.ts'
import type { StoredFinding } from '../../src/domain/store.ts'
import { judge, recheck } from '../../src/judge/index.ts'
import { codeReview } from '../agents/cast.ts'
import { changeOf, fileOf } from '../agents/change-of.ts'
import { judgedOf } from '../publish/facts-of.ts'
import { checkoutOf, findingOf, stored } from './findings.ts'
import { judging } from './judging.ts'

const quote = 'const total = rows / people'
const lines = ['const rows = read()', quote, 'export { total }']
const moved = fileOf(
  'src/new.ts',
  lines.map(line => `+${line}`),
)
const renamed: Since = {
  commit: 'c'.repeat(40),
  ancestor: true,
  change: changeOf({ ...moved, status: 'renamed', oldPath: 'src/old.ts' }),
}
const rewritten: Since = {
  ...renamed,
  change: changeOf({ ...fileOf('src/old.ts', ['-gone']), status: 'deleted' }, { ...moved, status: 'added' }),
}
const then: Placement = { at: 'line', path: 'src/old.ts', side: 'RIGHT', line: 2, how: 'exact', because: 'x' }
const said = { title: 'An empty table divides by zero', claim: 'With no people the total is Infinity on every bill.' }
const before = (more: Partial<StoredFinding> = {}) =>
  stored(judgedOf({ ...said, quote, file: 'src/old.ts', placement: then }), more)

function given(earlier: StoredFinding[], since: Since | undefined, extra: ChangedFile[] = []) {
  const change = changeOf(moved, ...extra)
  const answer = (_: unknown, turn: number): ScriptedTurn =>
    turn > 0
      ? { text: 'Done.' }
      : {
          calls: [
            {
              name: 'report_verdict',
              input: { verdict: 'VALID', because: 'It does.', cited: [{ path: 'src/new.ts', text: quote }] },
            },
          ],
        }
  return judging({
    change,
    checkout: checkoutOf({ 'src/new.ts': lines.join('\n') }),
    routines: [codeReview],
    model: scriptedModel(answer),
    earlier,
    firstReview: false,
    since,
  })
}

const again = findingOf('correctness-f1', { ...said, quote, file: 'src/new.ts' })

test.each([
  ['renamed', renamed],
  ['deleted, with its lines in a new one', rewritten],
  ['gone from a history that nobody has', undefined],
])('reported again when its file is %s, a finding keeps its comment and its dismissal', async (_, since) => {
  const open = before({ where: 'inline', commentId: 7 })
  const [one] = await judge({ ...given([open], since), findings: [again] })
  expect(one?.fingerprint).toBe(open.fingerprint)
  const [two] = await judge({ ...given([before({ state: 'dismissed' })], since), findings: [again] })
  expect(two?.verdict.verdict).toBe('suppressed')
})

test.each([
  ['renamed', renamed],
  ['deleted, with its lines in a new one', rewritten],
  ['gone from a history that nobody has', undefined],
])('not reported again when its file is %s, it stands where its lines are', async (_, since) => {
  const { rechecked, judged } = await recheck({ ...given([before()], since), judged: [] })
  expect(rechecked.map(one => one.became)).not.toContain('fixed')
  expect(rechecked.map(one => one.became)).not.toContain('stale')
  expect(judged).toMatchObject([{ placement: { path: 'src/new.ts', line: 2 } }])
})

test('short lines are followed into a file that came with the change, so that a file is not renamed out of the gate', async () => {
  const fresh = fileOf('src/new.ts', ['+const input = read()', '+eval(input)'])
  const short = stored(
    judgedOf({ ...said, quote: 'eval(input)', file: 'src/old.ts', placement: then, severity: 'high' }),
  )
  const input = given([short], { ...rewritten, change: changeOf({ ...fresh, status: 'added' }) })
  for (const status of ['added', 'modified'] as const) {
    const change = changeOf({ ...fresh, status }, { ...fileOf('src/old.ts', ['-eval(input)']), status: 'deleted' })
    const checkout = checkoutOf({ 'src/new.ts': 'const input = read()\neval(input)\n' })
    const { rechecked } = await recheck({ ...input, change, checkout, judged: [] })
    expect(rechecked.map(one => one.became === 'fixed')).toEqual([status === 'modified'])
  }
})

test('lines that are too short to tell, or stand in a file that has its own, are followed nowhere', async () => {
  const short = stored(judgedOf({ ...said, quote: 'x()', file: 'src/old.ts', placement: then }))
  const { rechecked } = await recheck({ ...given([short], rewritten), judged: [] })
  expect(rechecked).toMatchObject([{ became: 'stale' }])
  const own = given([before()], undefined, [fileOf('src/old.ts', ['+const other = 1'])])
  const checkout = checkoutOf({ 'src/old.ts': 'const other = 1', 'src/new.ts': lines.join('\n') })
  const [one] = await judge({ ...own, checkout, findings: [again] })
  expect(one?.fingerprint).not.toBe(before().fingerprint)
})
