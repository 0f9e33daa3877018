// How far a dismissal reaches, from look to look: what was ruled out when it was mild is said again once it is grave, as a comment of its own, and once only.
import { describe, expect, test } from 'vitest'
import { scriptedModel } from '../../src/claude/index.ts'
import type { Finding, Judged } from '../../src/domain/finding.ts'
import type { Severity } from '../../src/domain/severity.ts'
import type { StoredFinding } from '../../src/domain/store.ts'
import type { Known } from '../../src/judge/claims.ts'
import { judge, keepInGate } from '../../src/judge/index.ts'
import { suppress } from '../../src/judge/suppress.ts'
import { planPublication } from '../../src/publish/index.ts'
import { asDecided } from '../../src/runs/findings/decided.ts'
import { factsOf, judgedOf, standingOf } from '../publish/facts-of.ts'
import { findingOf, stored } from './findings.ts'
import { judging } from './judging.ts'

/** What a review comes to that finds these; verifiers say VALID. */
async function look(earlier: StoredFinding[], ...findings: Finding[]) {
  const asked: string[] = []
  const judged = await judge(
    judging({
      findings,
      model: scriptedModel(({ name }, turn) => {
        if (turn > 0) return { text: 'Done.' }
        asked.push(name)
        if (name.startsWith('same '))
          return { calls: [{ name: 'report_same', input: { same: true, because: 'Both.' } }] }
        const cited = [{ path: 'src/a.ts', line: 4, text: 'const value3 = 3' }]
        return { calls: [{ name: 'report_verdict', input: { verdict: 'VALID', because: 'It breaks.', cited } }] }
      }),
      earlier,
      firstReview: earlier.length === 0,
    }),
  )
  const [one] = asDecided(keepInGate(judged, earlier), earlier)
  const said = earlier.flatMap(({ fingerprint, where }) => (where === undefined ? [] : [{ key: fingerprint }]))
  const wanted = planPublication({ ...factsOf(one ? [one] : []), standing: standingOf(...said) })
  return { one: one!, asked, comments: wanted.comments }
}

const rate = (severity: Severity, more: Partial<Finding> = {}) =>
  findingOf('correctness-f1', {
    title: 'Three should be four',
    claim: 'The rate is three where four is right, for exports.',
    severity,
    category: 'logic',
    ...more,
  })
const ruledOut = (one: Judged) =>
  stored(one, { state: 'dismissed', stateBecause: 'dismissed by olive: style', where: 'inline', commentId: 7 })
const onRecord = (one: Judged, more: Partial<StoredFinding> = {}) => stored(one, { where: 'inline', ...more })

describe('a dismissal', () => {
  test.each<[Severity, Severity, boolean, boolean]>([
    ['nit', 'medium', false, true],
    ['medium', 'high', false, true],
    ['high', 'critical', false, true],
    ['nit', 'critical', false, false],
    ['low', 'high', false, false],
    ['medium', 'critical', false, false],
    ['low', 'medium', true, true],
    ['high', 'critical', true, true],
    ['medium', 'high', true, false],
    ['low', 'critical', true, false],
  ])('of %s, found as %s (security: %s): holds %s', (then, now, security, holds) => {
    const dismissed = ruledOut(judgedOf({ severity: then, security }))
    const again = { ...judgedOf({ severity: now, security }), fingerprint: dismissed.fingerprint } as unknown as Known
    expect(suppress(again, [dismissed])?.verdict).toBe(holds ? 'suppressed' : undefined)
  })

  test('of a nit hides no critical: it is verified, gets a comment of its own, and says what was dismissed', async () => {
    const nit = ruledOut((await look([], rate('nit'))).one)
    const { one, asked, comments } = await look([nit], rate('critical'))
    expect(asked).toEqual(['verify correctness-f1'])
    expect(one.verdict).toMatchObject({ verdict: 'posted', shown: 'inline' })
    expect(one.fingerprint).not.toBe(nit.fingerprint)
    expect(comments.map(comment => comment.key)).toEqual([one.fingerprint])
    expect(comments[0]!.body).toContain('was dismissed as nit (dismissed by olive: style); this is critical')
  })

  test('holds for a weakness grown grave no longer than for anything else', async () => {
    const secure = { security: true, cwe: 'CWE-79' }
    const weak = ruledOut((await look([], rate('medium', secure))).one)
    const { comments } = await look([weak], rate('high', secure))
    expect(comments).toHaveLength(1)
  })

  test('of the grave one too is heard: neither comes back, in other words neither', async () => {
    const nit = ruledOut((await look([], rate('nit'))).one)
    const grave = (await look([nit], rate('critical'))).one
    const both = [
      nit,
      stored(grave, { state: 'dismissed', stateBecause: 'dismissed by olive: no exports', where: 'x' }),
    ]
    for (const severity of ['critical', 'high', 'nit'] as const) {
      const again = await look(both, rate(severity))
      expect(again).toMatchObject({ one: { verdict: { verdict: 'suppressed' } }, asked: [], comments: [] })
    }
    const reworded = rate('critical', { title: 'Foreign sales', claim: 'Abroad, buyers are charged a smaller fee.' })
    expect(await look(both, reworded)).toMatchObject({ one: { verdict: { verdict: 'suppressed' } }, comments: [] })
  })

  test('of a mild one does not hide the grave one that is open, though a later look finds it mild', async () => {
    const nit = ruledOut((await look([], rate('nit'))).one)
    const grave = (await look([nit], rate('critical'))).one
    const { one, comments } = await look([nit, onRecord(grave, { commentId: 8 })], rate('medium'))
    expect(one).toMatchObject({ fingerprint: grave.fingerprint, verdict: { verdict: 'posted' } })
    expect(comments).toEqual([])
  })

  test('is measured by what was dismissed, not by what was said of it since', async () => {
    let record = ruledOut((await look([], rate('nit'))).one)
    for (const severity of ['low', 'medium'] as const) {
      const { one } = await look([record], rate(severity))
      expect(one).toMatchObject({ verdict: { verdict: 'suppressed' }, dismissedAs: 'nit' })
      record = ruledOut(one)
    }
    expect((await look([record], rate('high'))).comments).toHaveLength(1)
  })
})
