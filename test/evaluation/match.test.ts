// Matching: on the same lines, one to one, as many as possible, the best ones; and what was posted before what was not.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assign } from '../../src/evaluation/assign.ts'
import { match } from '../../src/evaluation/index.ts'
import type { Labelled } from '../../src/evaluation/item.ts'
import { overlap } from '../../src/evaluation/overlap.ts'
import { labelOf, reportOf } from './results-of.ts'

const span = (from: number, to: number, more: object = {}) => ({ path: 'a', side: 'RIGHT' as const, from, to, ...more })

describe('two comments', () => {
  it.each([
    ['on the same lines', span(3, 5), span(3, 5), true],
    ['that share a line', span(1, 3), span(3, 9), true],
    ['on lines that follow each other', span(1, 2), span(3, 4), true],
    ['with a line between them', span(1, 2), span(4, 4), false],
    ['in two files', span(3, 5), span(3, 5, { path: 'b' }), false],
    ['on two sides', span(3, 5), span(3, 5, { side: 'LEFT' as const }), false],
    ['of which one has no line', span(3, 5), { path: 'a', side: 'RIGHT' as const }, false],
  ])('%s', (_, a, b, near) => {
    expect(overlap(a, b, 1) !== undefined).toBe(near)
    expect(overlap(b, a, 1)).toBe(overlap(a, b, 1))
  })
  it('that share more score higher, and sharing scores higher than being near', () => {
    const scores = [span(3, 6), span(3, 4), span(6, 40), span(7, 7), span(8, 8)].map(one => overlap(span(3, 6), one, 2))
    expect(scores).toEqual([...scores].sort((a, b) => b! - a!))
    expect(new Set(scores).size).toBe(scores.length)
    expect(scores[0]).toBe(1)
  })
  it('score between 0 and 1, whatever their lines', () => {
    const lines = fc.tuple(fc.integer({ min: 1, max: 60 }), fc.nat(20)).map(([from, more]) => span(from, from + more))
    fc.assert(
      fc.property(lines, lines, fc.nat(9), (a, b, tolerance) => {
        const score = overlap(a, b, tolerance)
        const apart = Math.max(a.from - b.to, b.from - a.to)
        expect(score !== undefined).toBe(apart <= tolerance)
        if (score !== undefined) expect(score > 0 && score <= 1).toBe(true)
      }),
    )
  })
})

/** Every way to pair, tried out. */
function best(rows: number, columns: number, score: (row: number, column: number) => number | undefined) {
  let found = { pairs: 0, sum: 0 }
  const go = (row: number, taken: Set<number>, pairs: number, sum: number) => {
    if (pairs > found.pairs || (pairs === found.pairs && sum > found.sum)) found = { pairs, sum }
    if (row === rows) return
    go(row + 1, taken, pairs, sum)
    for (let column = 0; column < columns; column++) {
      const one = score(row, column)
      if (one !== undefined && !taken.has(column)) go(row + 1, new Set([...taken, column]), pairs + 1, sum + one)
    }
  }
  go(0, new Set(), 0, 0)
  return found
}

describe('pairing', () => {
  it('is one to one, and no other way has more pairs, or as many with higher scores', () => {
    const score = fc.option(
      fc.integer({ min: 1, max: 20 }).map(twentieths => twentieths / 20),
      { nil: undefined },
    )
    const table = fc
      .tuple(fc.nat(5), fc.nat(5))
      .chain(([rows, columns]) =>
        fc.array(fc.array(score, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows }),
      )
    fc.assert(
      fc.property(table, cells => {
        const at = (row: number, column: number) => cells[row]?.[column]
        const columns = cells[0]?.length ?? 0
        const pairs = assign(cells.length, columns, at)
        expect(new Set(pairs.map(([row]) => row)).size).toBe(pairs.length)
        expect(new Set(pairs.map(([, column]) => column)).size).toBe(pairs.length)
        const scores = pairs.map(([row, column]) => at(row, column))
        expect(scores).not.toContain(undefined)
        const wanted = best(cells.length, columns, at)
        expect(pairs.length).toBe(wanted.pairs)
        expect(scores.reduce<number>((sum, one) => sum + (one ?? 0), 0)).toBeCloseTo(wanted.sum)
      }),
      { numRuns: 300 },
    )
  })
  it('gives up the nearest pair for two that fit', () => {
    // Greedily, the finding on 4–6 would take the label on 4–6, and the one on 6–7 would be left alone.
    const item = { known: [labelOf('known-1', 4, 6), labelOf('known-2', 1, 4)], rejected: [] }
    const findings = [reportOf('wide', 4, 6), reportOf('late', 6, 7)]
    return expect(match(item, findings, 0)).resolves.toEqual(
      new Map([
        ['wide', 'known-2'],
        ['late', 'known-1'],
      ]),
    )
  })
  it('of two hundred with two hundred is done at once', () => {
    const pairs = assign(200, 200, (row, column) =>
      Math.abs(row - column) < 20 ? 1 / (1 + Math.abs(row - column)) : undefined,
    )
    expect(pairs).toHaveLength(200)
    expect(pairs.every(([row, column]) => row === column)).toBe(true)
  })
})

describe('findings and labels', () => {
  it('what was posted is matched before what was kept back, and known ones before rejected ones', async () => {
    const item = { known: [labelOf('known-1', 3)], rejected: [labelOf('rejected-1', 3), labelOf('rejected-2', 3)] }
    const findings = [reportOf('refuted', 3, 3, { posted: false }), reportOf('posted', 3)]
    expect(await match(item, findings, 1)).toEqual(
      new Map([
        ['posted', 'known-1'],
        ['refuted', 'rejected-1'],
      ]),
    )
  })
  it('that are said to mean something else are no match, and another one may be', async () => {
    const item = { known: [labelOf('known-1', 3), labelOf('known-2', 4)], rejected: [] }
    const asked: string[] = []
    const same = async (finding: { id: string }, label: Labelled) => {
      asked.push(`${finding.id} ${label.id}`)
      return label.id === 'known-2'
    }
    expect(await match(item, [reportOf('f', 3)], 1, same)).toEqual(new Map([['f', 'known-2']]))
    expect(asked).toEqual(['f known-1', 'f known-2'])
  })
  it('that are far apart are never asked about', async () => {
    const never = async () => {
      throw new Error('asked')
    }
    expect(await match({ known: [labelOf('known-1', 9)], rejected: [] }, [reportOf('f', 3)], 1, never)).toEqual(
      new Map(),
    )
  })
})
