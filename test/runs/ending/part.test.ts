// What a shared run came to for one of its routines.
import { expect, it } from 'vitest'
import { conclude } from '../../../src/publish/facts.ts'
import { endOfPart, partOf } from '../../../src/runs/ending/part.ts'
import { codeReview } from '../../agents/cast.ts'
import { factsOf, plan } from '../../publish/facts-of.ts'

const hiding = {
  ...plan,
  manifest: [
    ...plan.manifest,
    { path: 'pay/keys.ts', coverage: 'skipped', because: 'private: never sent to a model', private: true } as const,
  ],
}

it('a file that is private is passed over by a routine the repository chose', () => {
  const part = partOf(factsOf([], { plan: hiding }), codeReview)
  expect([endOfPart(part).end, conclude(part, codeReview)]).toEqual(['done', 'success'])
})

it('and not by one that the organisation requires, which says what it did not see and does not pass', () => {
  const required = { ...codeReview, required: true }
  const part = partOf(factsOf([], { plan: hiding }), required)
  expect(endOfPart(part)).toEqual({ end: 'partial', because: expect.stringContaining('`pay/keys.ts` is kept private') })
  expect(conclude(part, required)).toBe('neutral')
  const gated = { ...required, severity: { ...required.severity, gate: 'high' as const }, incomplete: 'fail' as const }
  expect(conclude(partOf(factsOf([], { plan: hiding }), gated), gated)).toBe('failure')
})
