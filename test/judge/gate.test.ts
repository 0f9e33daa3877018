// What keeps a gate shut from review to review: not repeated, milder, unsettled, dismissed by the wrong person, or refuted without code.
import { describe, expect, test } from 'vitest'
import { scriptedModel } from '../../src/claude/index.ts'
import type { Judged } from '../../src/domain/finding.ts'
import type { Routine } from '../../src/domain/routine.ts'
import type { StoredFinding } from '../../src/domain/store.ts'
import { keepInGate, recheck, stillInGate } from '../../src/judge/index.ts'
import { conclude } from '../../src/publish/facts.ts'
import { codeReview } from '../agents/cast.ts'
import { changeOf, fileOf } from '../agents/change-of.ts'
import { factsOf, judgedOf } from '../publish/facts-of.ts'
import { checkoutOf, stored } from './findings.ts'
import { judging } from './judging.ts'

const gated: Routine = { ...codeReview, severity: { ...codeReview.severity, gate: 'high' } }
const change = changeOf(fileOf('src/a.ts', [' const kept = 1', '-const removed = 2', '+const added = 3']))

/** What a review comes to that is told of `earlier` and found `now` by itself; verifiers say INVALID and cite `cited`. */
async function next(earlier: StoredFinding, now: Judged[], cited = 'const added = 3', routine = gated) {
  const checkout = { ...checkoutOf({ 'src/a.ts': 'const kept = 1\nconst added = 3' }), hides: () => false }
  const asked: string[] = []
  const input = { path: 'src/a.ts', text: cited }
  const { judged, rechecked } = await recheck({
    ...judging({
      change,
      checkout,
      routines: [routine],
      model: scriptedModel(({ name }, turn) => {
        if (turn > 0) return { text: 'Done.' }
        asked.push(name)
        const answer = { verdict: 'INVALID', because: 'It is checked.', cited: [input] }
        return { calls: [{ name: 'report_verdict', input: answer }] }
      }),
      earlier: [earlier],
      firstReview: false,
      since: undefined,
      goesOn: true,
    }),
    judged: now,
  })
  const over = new Set(judged.map(one => one.fingerprint))
  const all = keepInGate([...now.filter(one => !over.has(one.fingerprint)), ...judged], [earlier])
  return { all, rechecked, asked, conclusion: conclude(factsOf(all), routine) }
}

const high = (more: Partial<Judged> = {}) => judgedOf({ severity: 'high', quote: 'const added = 3', ...more })
const gone = { quote: 'const was = 5' }
const again = (finding: Judged, more: Partial<Judged>) => judgedOf({ ...finding, ...more })

describe('a finding that shut the gate keeps it shut', () => {
  test('though the next review does not repeat it', async () => {
    const { conclusion, rechecked, asked } = await next(stored(high()), [])
    expect([conclusion, asked]).toEqual(['failure', []])
    expect(rechecked).toMatchObject([{ became: 'unchanged' }])
  })

  test.each<[string, Partial<Judged>]>([
    ['milder', { severity: 'low' }],
    ['as older than the change', { origin: 'pre_existing' }],
    [
      'without a verdict',
      {
        verification: { state: 'ambiguous', because: 'x', cited: [] },
        verdict: { verdict: 'unverified', because: 'x', shown: 'body' },
      },
    ],
    ['as another one’s part', { verdict: { verdict: 'merged into', because: 'x', shown: 'no', into: 'f9' } }],
  ])('though it comes again %s', async (_, more) => {
    const finding = high()
    const { conclusion, all } = await next(stored(finding), [again(finding, more)])
    expect(conclusion).toBe('failure')
    expect(all[0]!.inGate).toMatchObject({ severity: 'high', because: expect.stringContaining('Verified at ccccccc') })
  })

  test('though somebody who may not open it dismissed it; and nobody is asked where no gate is', async () => {
    const dismissed = stored(high(), { state: 'dismissed', stateBecause: 'dismissed by wendy: no' })
    const { conclusion, all } = await next(dismissed, [])
    expect(conclusion).toBe('failure')
    expect(all).toMatchObject([{ verdict: { verdict: 'suppressed', shown: 'no' } }])
    expect(all[0]!.inGate!.because).toContain('Dismissed by wendy: no. It is not said again')
    expect(await next(dismissed, [], undefined, codeReview)).toMatchObject({ all: [], rechecked: [], asked: [] })
  })

  test('over any number of reviews', () => {
    const first = again(high(), { severity: 'low', inGate: { severity: 'high', because: 'Then.' } })
    expect(stillInGate(stored(first))).toMatchObject({ severity: 'high' })
    expect(stillInGate(stored(first, { state: 'dismissed' }))).toMatchObject({ severity: 'high' })
  })
})

describe('it leaves the gate', () => {
  test('by a fix, dismissed or not', async () => {
    expect(await next(stored(high(gone)), [])).toMatchObject({ conclusion: 'success', all: [] })
    const dismissed = await next(stored(high(gone), { state: 'dismissed', stateBecause: 'x' }), [])
    expect(dismissed).toMatchObject({ conclusion: 'success', all: [], rechecked: [{ became: 'fixed' }] })
  })

  test('by a dismissal of somebody who may', async () => {
    const out = stored(high(), { state: 'dismissed', outOfGate: true })
    expect(await next(out, [])).toMatchObject({ conclusion: 'success', rechecked: [] })
    const suppressed: Judged['verdict'] = { verdict: 'suppressed', because: 'x', shown: 'no' }
    expect((await next(out, [again(out, { verdict: suppressed })])).conclusion).toBe('success')
  })

  test('when a verifier refutes it on code that stands at the head, and on nothing less', async () => {
    const refuted = (finding: Judged, text?: string) => {
      const cited = text === undefined ? [] : [{ path: 'src/a.ts', text }]
      const verdict = { verdict: 'refuted' as const, because: 'x', shown: 'check' as const }
      return again(finding, { verification: { state: 'invalid', because: 'No.', cited }, verdict })
    }
    for (const finding of [high(), high({ security: true }), high({ category: 'tests', confidence: 'low' })]) {
      for (const words of [refuted(finding), refuted(finding, 'const removed = 2')]) {
        const kept = await next(stored(finding), [words])
        expect(kept).toMatchObject({ conclusion: 'failure', rechecked: [{ became: 'not settled' }] })
        expect(kept.rechecked[0]!.because).toContain('no line of the code as it stands there was cited')
        expect(kept.all).toMatchObject([{ verdict: { verdict: 'posted' } }])
      }
      const shown = await next(stored(finding), [refuted(finding, 'const added = 3')])
      expect(shown).toMatchObject({ conclusion: 'success', rechecked: [{ became: 'fixed' }] })
    }
  })

  test('of a grave security finding whose lines are gone, when the panel cites what stands there now', async () => {
    const grave = stored(high({ security: true, ...gone }))
    const { asked, conclusion } = await next(grave, [])
    expect([asked.length, conclusion]).toEqual([3, 'success'])
    const { conclusion: kept, rechecked } = await next(grave, [], 'const removed = 2')
    expect([kept, rechecked[0]!.became]).toEqual(['failure', 'not settled'])
  })
})
