// What is mended at this head: refuted, or gone with the lines it was about; whatever has no comment of its own included.
import { describe, expect, test } from 'vitest'
import type { Change } from '../../src/domain/change.ts'
import type { Placement } from '../../src/domain/finding.ts'
import type { StoredFinding } from '../../src/domain/store.ts'
import { findMended } from '../../src/runs/mended.ts'
import { changeOf, fileOf } from '../agents/change-of.ts'
import { checkoutOf, stored } from '../judge/findings.ts'
import { judgedOf } from '../publish/facts-of.ts'

const change = changeOf(fileOf('src/a.ts', [' const kept = 1', '-const removed = 2', '+const added = 3']))
const file = 'const kept = 1\nconst added = 3\nconst far = 9'
const at = (side: 'LEFT' | 'RIGHT'): Placement => ({
  at: 'line',
  path: 'src/a.ts',
  side,
  line: 2,
  how: 'exact',
  because: 'x',
})
const about = (quote: string, more: Partial<StoredFinding> = {}) =>
  stored(judgedOf({ quote, placement: at('RIGHT') }), more)

async function mended(earlier: StoredFinding[], judged = [judgedOf()], of: Change = change) {
  const found = await findMended(earlier, judged, { change: of, checkout: checkoutOf({ 'src/a.ts': file }) })
  return found.map(({ fingerprint, because }) => [fingerprint, because])
}

describe('lines', () => {
  test.each([
    ['of the change', about('const added = 3')],
    ['far from it', about('const far = 9')],
    ['that are removed, of which it was said so', about('const removed = 2', { placement: at('LEFT') })],
    ['whose quote is forgotten', about('')],
    ['which are a name', about('src/a.ts', { placement: { at: 'file', path: 'src/a.ts', because: 'x' } })],
  ])('%s that still stand keep it open', async (_, finding) => {
    expect(await mended([finding])).toEqual([])
  })

  test.each([
    ['changed', about('const was = 5')],
    ['removed', about('const removed = 2')],
    ['put back', about('const kept = 1', { placement: at('LEFT') })],
    ['gone with their file', about('x', { file: 'src/gone.ts', placement: { ...at('RIGHT'), path: 'src/gone.ts' } })],
  ])('that are %s end it', async (_, finding) => {
    expect(await mended([finding])).toEqual([[finding.fingerprint, 'Its lines are gone at aaaaaaa.']])
  })
})

describe('what was on record', () => {
  const gone = 'const was = 5'
  test.each(['posted', 'held', 'unverified'] as const)('as %s is mended with its lines', async verdict => {
    const finding = about(gone, { verdict: { verdict, because: 'x', shown: 'body' } })
    expect(await mended([finding])).toHaveLength(1)
  })
  test.each(['refuted', 'suppressed', 'merged into'] as const)('as %s was never open', async verdict => {
    expect(await mended([about(gone, { verdict: { verdict, because: 'x', shown: 'check' } })])).toEqual([])
  })
  test.each(['fixed', 'dismissed'] as const)('as %s stays so', async state => {
    expect(await mended([about(gone, { state })])).toEqual([])
  })

  test('and is found again is not mended, though its quote was cut in another place', async () => {
    const finding = about(gone)
    expect(await mended([finding], [judgedOf({ fingerprint: finding.fingerprint })])).toEqual([])
  })

  test('and is refuted now is mended, where it stands', async () => {
    const finding = about('const added = 3')
    const verification = { state: 'invalid' as const, because: 'rates.ts says 4.', cited: [] }
    const refuted = judgedOf({
      fingerprint: finding.fingerprint,
      verification,
      verdict: { verdict: 'refuted', because: 'rates.ts says 4.', shown: 'check' },
    })
    expect(await mended([finding], [refuted])).toEqual([
      [finding.fingerprint, 'A verifier refutes it at aaaaaaa: rates.ts says 4.'],
    ])
  })
})
