// The headline of a check counts what its tables list, and each row has the id by which it can be dismissed.
import { expect, it } from 'vitest'
import { planPublication, renderCheck } from '../../src/publish/index.ts'
import { codeReview } from '../agents/cast.ts'
import { factsOf, judgedOf } from './facts-of.ts'

const check = (...judged: Parameters<typeof factsOf>[0] & object) =>
  renderCheck({ ...factsOf(judged), routine: codeReview, checkName: 'Watchbill / code-review' })
const rowsOf = (text: string | undefined, heading: string) =>
  (text?.split(`### ${heading}\n\n`)[1]?.split('\n\n')[0] ?? '').split('\n').slice(2)

it('what is shown nowhere is not counted', () => {
  const below = judgedOf({ severity: 'low', verdict: { verdict: 'held', because: 'Below the floor.', shown: 'no' } })
  const onCheck = judgedOf({ severity: 'nit', verdict: { verdict: 'held', because: 'More nits.', shown: 'check' } })
  const { title, summary, text } = check(judgedOf({ severity: 'high' }), below, onCheck)
  expect(title).toBe('1 high, 1 nit')
  expect(summary).toContain('Verified: 1 high, 1 nit.')
  expect(rowsOf(text, 'Findings')).toHaveLength(2)
  expect(text).toContain('"findings":{"critical":0,"high":1,"medium":0,"low":0,"nit":1}')
})

it('as many claims are not settled as are listed so', () => {
  const ambiguous = { state: 'ambiguous' as const, because: 'It depends.', cited: [] }
  const held = judgedOf({ verification: ambiguous, verdict: { verdict: 'held', because: 'x', shown: 'check' } })
  const merged = judgedOf({
    verification: ambiguous,
    verdict: { verdict: 'merged into', because: 'x', shown: 'no', into: held.id },
  })
  const { title, text } = check(held, merged)
  expect(title).toBe('1 claim not settled')
  expect(rowsOf(text, 'Not settled')).toHaveLength(1)
})

it('the id stands in the row of the check, and beside the item in the text of the review', () => {
  const one = judgedOf({
    fingerprint: '1a2b3c4d5e6f'.padEnd(64, '0'),
    severity: 'low',
    verdict: { verdict: 'posted', because: 'Verified, and below what stands inline.', shown: 'body' },
  })
  expect(rowsOf(check(one).text, 'Findings')[0]).toMatch(/\| `1a2b3c4d` \|$/)
  const { body } = planPublication({ ...factsOf([one]), standing: { reviews: [], comments: [] } })
  expect(body).toContain('(`src/a.ts:4`) · `1a2b3c4d`')
})
