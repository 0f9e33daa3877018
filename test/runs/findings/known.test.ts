// What a routine found now against what is on record: new, known, gone.
import { describe, expect, it } from 'vitest'
import type { Judged, Verdict } from '../../../src/domain/finding.ts'
import type { StoredFinding } from '../../../src/domain/store.ts'
import { sinceLastTime } from '../../../src/runs/findings/known.ts'

const judged = (fingerprint: string, verdict: Verdict['verdict'] = 'posted') =>
  ({ fingerprint, verdict: { verdict }, verification: { because: 'A guard stands before it.' } }) as Judged
const stored = (fingerprint: string, state: StoredFinding['state'] = 'open', verdict: Verdict['verdict'] = 'posted') =>
  ({ ...judged(fingerprint, verdict), state }) as StoredFinding
const compare = (now: Judged[], before: StoredFinding[], standing: string[] = []) =>
  sinceLastTime(now, before, 'abcdef0123', finding => standing.includes(finding.fingerprint))

describe('what was found', () => {
  it('is new when it is not on record, or was mended before', () => {
    expect(compare([judged('a'), judged('b')], [stored('b', 'fixed')]).fresh).toEqual(['a', 'b'])
  })

  it('is known when it is on record and open', () => {
    expect(compare([judged('a')], [stored('a')], ['a'])).toEqual({ fresh: [], still: [], gone: [] })
  })

  it('is new only when it stands', () => {
    expect(compare([judged('a', 'refuted'), judged('b', 'held')], []).fresh).toEqual([])
  })
})

describe('what is on record and was not found again', () => {
  it('still stands while its lines do', () => {
    expect(compare([], [stored('a')], ['a']).still.map(one => one.fingerprint)).toEqual(['a'])
  })

  it('is gone with its lines, or when a verifier refutes it now', () => {
    const { gone, still } = compare([judged('b', 'refuted')], [stored('a'), stored('b')], ['b'])
    expect(still).toEqual([])
    expect(gone.map(one => [one.finding.fingerprint, one.because])).toEqual([
      ['a', 'Its lines are gone at abcdef0.'],
      ['b', 'A verifier refutes it at abcdef0: A guard stands before it.'],
    ])
  })

  it('is nothing to speak of when a person dismissed it, or it never stood', () => {
    expect(compare([], [stored('a', 'dismissed'), stored('b', 'open', 'unverified')])).toEqual({
      fresh: [],
      still: [],
      gone: [],
    })
  })
})
