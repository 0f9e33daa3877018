// What stood there before and is on record of the repository: no dismissal of anybody's, and told in no public place.
import { expect, test } from 'vitest'
import { withhold } from '../../src/judge/index.ts'
import { renderCheck } from '../../src/publish/index.ts'
import { codeReview } from '../agents/cast.ts'
import { factsOf, judgedOf } from './facts-of.ts'

const elsewhere = 'Run sweep-1, which was about the repository, has it on record already.'
const known = judgedOf({
  title: 'Anybody may read the ledger',
  security: true,
  origin: 'pre_existing',
  elsewhere,
  verdict: { verdict: 'suppressed', because: elsewhere, shown: 'check' },
})
const check = (judged: (typeof known)[]) => {
  const { summary, text } = renderCheck({ ...factsOf(judged), routine: codeReview, checkName: 'Watchbill / x' })
  return `${summary}\n${text}`
}

test('its check names it as that, and not as dismissed by people', () => {
  expect(check([known])).toContain('### On record elsewhere')
  expect(check([known])).toContain('Anybody may read the ledger')
  expect(check([known])).not.toMatch(/dismissed/i)
})

test('where anybody reads, a weakness of security is not named at all', () => {
  const [kept] = withhold([known])
  expect(kept).toMatchObject({ verdict: { verdict: 'suppressed', shown: 'no' } })
  expect(check([kept!])).not.toContain('ledger')
  expect(check(withhold([{ ...known, security: false }]))).toContain('ledger')
})
