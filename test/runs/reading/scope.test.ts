// How much of a pull is looked at: what came since the last complete review, or all of it for a reason that has a name.
import { describe, expect, test } from 'vitest'
import type { Since } from '../../../src/domain/change.ts'
import type { ReviewPoint } from '../../../src/domain/point.ts'
import { changedNames, digestsOf } from '../../../src/runs/reading/digests.ts'
import { scopeOf, whyInFull } from '../../../src/runs/reading/scope.ts'
import { agents, codeReview, securityReview, settings } from '../../agents/cast.ts'
import { changeOf, fileOf } from '../../agents/change-of.ts'
import { words } from '../../agents/words.ts'

const [head, mergeBase, earlier] = ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)]
const rules = [{ path: 'REVIEW.md', from: 'default branch main', text: 'Be kind.' }]
const goneBy = { rules, settings, agents, words }
const pointOf = (routine = codeReview, more: Partial<ReviewPoint> = {}): ReviewPoint => ({
  routine: routine.name,
  runId: 'run-0',
  head: earlier,
  base: mergeBase,
  mergeBase,
  digests: digestsOf(goneBy, routine),
  skipped: ['yarn.lock'],
  at: '2026-11-01T10:00:00.000Z',
  ...more,
})
const change = changeOf(fileOf('src/a.ts', ['+const a = 1']))
const since: Since = { commit: earlier, ancestor: true, change }

function scope(
  points: ReviewPoint[],
  more: {
    asked?: boolean
    full?: boolean
    since?: Since | undefined
    head?: string
    mergeBase?: string
    go?: object
  } = {},
) {
  const answer = 'since' in more ? more.since : since
  const checkout = {
    head: more.head ?? head,
    mergeBase: more.mergeBase ?? mergeBase,
    since: async (commit: string) => answer && { ...answer, commit },
  }
  const past = { points, reviewed: true, asked: more.asked ?? false }
  return scopeOf(past, { ...goneBy, ...more.go, routines: [codeReview, securityReview], full: more.full, checkout })
}

const both = [pointOf(codeReview), pointOf(securityReview)]

describe('a review goes on', () => {
  test('from the last complete one, with what nobody looked at there', async () => {
    expect(await scope(both)).toEqual({ first: false, since, goingOn: { ...since, skipped: ['yarn.lock'] } })
  })

  test('from the older one, where its routines came to different commits', async () => {
    const { goingOn } = await scope([pointOf(codeReview, { head: 'd'.repeat(40) }), pointOf(securityReview)])
    expect(goingOn?.commit).toBe('d'.repeat(40))
  })

  test('when a person asks for a commit that was not reviewed yet', async () => {
    expect((await scope(both, { asked: true })).inFull).toBeUndefined()
  })
})

describe('a review is in full', () => {
  test.each([
    ['asked in full', { full: true }, 'asked'],
    ['asked for a commit that was reviewed', { asked: true, head: earlier }, 'asked'],
    ['after a force push', { since: { ...since, ancestor: false } }, 'force-push'],
    ['after one that left nothing of the old commit here', { since: undefined }, 'force-push'],
    ['when the base was merged in', { mergeBase: 'e'.repeat(40) }, 'the base moved'],
    ['when rules changed', { go: { rules: [{ ...rules[0]!, text: 'Be strict.' }] } }, 'rules changed (REVIEW.md)'],
    ['when rules went', { go: { rules: [] } }, 'rules changed (REVIEW.md)'],
    [
      'when settings changed',
      { go: { settings: { ...settings, skip: ['docs/**'] } } },
      'configuration changed (settings)',
    ],
    [
      'when agents changed',
      { go: { agents: agents.map(one => ({ ...one, instructions: 'x' })) } },
      /^agents changed \(.* and \d+ more\)$/,
    ],
    ['when prompts changed', { go: { words: { ...words, finder: 'x' } } }, 'prompts changed'],
  ])('%s', async (_, more, because) => {
    const { inFull, goingOn } = await scope(both, more)
    expect(inFull).toEqual(typeof because === 'string' ? because : expect.stringMatching(because))
    expect(goingOn).toBeUndefined()
  })

  test('when a routine has not reviewed all of it', async () => {
    expect((await scope([pointOf(codeReview)])).inFull).toBe('security-review has not reviewed all of it yet')
  })

  test('when no earlier review was complete; a first one needs no reason', async () => {
    expect(await scope([])).toEqual({ first: false, inFull: 'no earlier review of it was complete' })
    expect(
      await scopeOf(undefined, { ...goneBy, routines: [], checkout: { head, mergeBase, since: async () => since } }),
    ).toEqual({ first: true })
  })

  test('for every reason that there is, each named', () => {
    const facts = {
      asked: false,
      forced: true,
      moved: true,
      changed: ['REVIEW.md', 'routine mine', 'REVIEW.md'],
      unknown: [],
    }
    expect(whyInFull(facts)).toBe('force-push; the base moved; rules changed (REVIEW.md); routines changed (mine)')
    expect(whyInFull({ ...facts, forced: false, moved: false, changed: [] })).toBeUndefined()
  })
})

describe('what a review goes by', () => {
  const names = (more: object) =>
    changedNames(digestsOf(goneBy, codeReview), digestsOf(goneBy, { ...codeReview, ...more }))
  test('is the same whenever it answers, whatever it may cost, and whatever commit its file is of', () => {
    expect(
      names({ on: {}, gates: {}, budget: { usd: 9 }, commit: 'f'.repeat(40), description: 'x', owner: 'ada' }),
    ).toEqual([])
  })
  test('is another with other instructions, agents or severities', () => {
    for (const more of [
      { instructions: 'x' },
      { agents: ['security'] },
      { severity: { ...codeReview.severity, floor: 'critical' } },
    ])
      expect(names(more)).toEqual(['routine code-review'])
  })
})
