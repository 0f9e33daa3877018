// What the front matter of REVIEW.md says holds in what is shown: caps, nits, what can not be settled, and convergence.
import { expect, test } from 'vitest'
import { scriptedModel } from '../../src/claude/index.ts'
import type { ReviewRules } from '../../src/domain/review-rules.ts'
import type { Severity } from '../../src/domain/severity.ts'
import { judge } from '../../src/judge/index.ts'
import { routineOf } from '../agents/cast.ts'
import { findingOf, stored } from './findings.ts'
import { judging } from './judging.ts'

const routines = [routineOf('code-review', { severity: { inline: 'medium', floor: 'nit', gate: 'none' } })]
const topics = ['refund', 'timeout', 'rounding', 'locale', 'overflow', 'retry']

const claims = (count: number, severity: Severity) =>
  topics.slice(0, count).map((topic, index) =>
    findingOf(`${severity}-f${index + 1}`, {
      severity,
      quote: `const value${40 + index * 9} = ${40 + index * 9}`,
      title: `${topic} ${severity}`,
      claim: `${topic} goes wrong for ${topic}ing callers.`,
    }),
  )

async function shown(
  findings: ReturnType<typeof claims>,
  bars: ReviewRules | undefined,
  more: Partial<Parameters<typeof judge>[0]> & { answer?: string } = {},
) {
  const { answer = 'VALID', ...rest } = more
  const judged = await judge(
    judging({
      findings,
      routines,
      ...(bars && { bars }),
      model: scriptedModel((_, turn) =>
        turn === 0
          ? {
              calls: [
                {
                  name: 'report_verdict',
                  input: {
                    verdict: answer,
                    because: 'So it is.',
                    cited: [{ path: 'src/a.ts', text: 'const value3 = 3' }],
                  },
                },
              ],
            }
          : { text: 'Done.' },
      ),
      ...rest,
    }),
  )
  return { judged, where: judged.map(one => one.verdict.shown) }
}

test('`comments` caps what stands inline; critical and high ones are never cut', async () => {
  expect((await shown(claims(4, 'medium'), undefined)).where).toEqual(Array(4).fill('inline'))
  const { judged, where } = await shown(claims(4, 'medium'), { comments: 2 })
  expect(where).toEqual(['inline', 'inline', 'body', 'body'])
  expect(judged[3]?.verdict.because).toContain('2 comments at most')
  expect((await shown(claims(4, 'high'), { comments: 0 })).where).toEqual(Array(4).fill('inline'))
})

test('`nits` caps nits, to none too', async () => {
  expect((await shown(claims(5, 'nit'), undefined)).where).toEqual(['body', 'body', 'body', 'check', 'check'])
  expect((await shown(claims(5, 'nit'), { nits: 5 })).where).toEqual(Array(5).fill('body'))
  const none = await shown(claims(2, 'nit'), { nits: 0 })
  expect(none.judged.map(one => one.verdict)).toEqual(
    Array(2).fill({ verdict: 'held', shown: 'check', because: 'REVIEW.md wants no nits.' }),
  )
})

test('`unsettled: check` takes grave claims that nobody could settle out of the review, and keeps them on the check', async () => {
  const more = { answer: 'AMBIGUOUS' }
  expect((await shown(claims(1, 'critical'), undefined, more)).where).toEqual(['body'])
  expect((await shown(claims(1, 'critical'), { unsettled: 'check' }, more)).where).toEqual(['check'])
})

test('`convergence` keeps what is new and less than that on the check after the first review', async () => {
  const bars: ReviewRules = { convergence: 'high' }
  expect((await shown(claims(2, 'medium'), bars)).where).toEqual(['inline', 'inline'])
  const later = await shown(claims(2, 'medium'), bars, { firstReview: false })
  expect(later.judged.map(one => one.verdict)).toEqual(
    Array(2).fill({
      verdict: 'held',
      shown: 'check',
      because: 'Below high: REVIEW.md wants no more than that after the first review.',
    }),
  )
  expect((await shown(claims(2, 'high'), bars, { firstReview: false })).where).toEqual(['inline', 'inline'])
  expect((await shown(claims(2, 'medium'), undefined, { firstReview: false })).where).toEqual(['inline', 'inline'])
})

test('what an earlier review said stands as it did, whatever `convergence` says', async () => {
  const [one] = (await shown(claims(1, 'medium'), undefined)).judged
  const earlier = [stored(one!, { commentId: 7 })]
  const again = await shown(claims(1, 'medium'), { convergence: 'high' }, { earlier, firstReview: false })
  expect(again.judged[0]?.verdict).toMatchObject({ verdict: 'posted', shown: 'inline' })
})
