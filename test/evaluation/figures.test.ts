// Figures: as they come out by hand on small cases, with intervals that hold the truth about as often as they say.
import { describe, expect, it } from 'vitest'
import { compare, measure } from '../../src/evaluation/index.ts'
import { chanceFrom, difference, figure, type Part, wilson } from '../../src/evaluation/intervals.ts'
import { answersOf } from '../../src/evaluation/measure.ts'
import { headerOf, labelOf, pullOf, reportOf, resultsOf } from './results-of.ts'

const call = (item: string, usd: number) => ({
  kind: 'call' as const,
  id: `${item} ${usd}`,
  item,
  name: 'correctness',
  model: 'b',
  usage: { input: 10, cacheWrite: 0, cacheRead: 5, output: 2 },
  usd,
  status: 'ok',
  milliseconds: 5,
})

describe('what is measured', () => {
  // 3 of 5 posted ones are known (0.6); 3 of 4 known ones were posted (0.75); F1 is 2 × 3 / (5 + 4).
  const two = [pullOf('one', { known: 3, posted: 3, hits: 2 }), pullOf('two', { known: 1, posted: 2, hits: 1 })]

  it('is precision, recall and F1 over all pulls together', () => {
    const measured = measure(resultsOf(two), 3)
    expect(measured.precision).toMatchObject({ of: 3, in: 5, value: 0.6 })
    expect(measured.recall).toMatchObject({ of: 3, in: 4, value: 0.75 })
    expect(measured.f1?.value).toBeCloseTo(6 / 9)
    expect(measured.commentsPerPull?.value).toBe(2.5)
    expect(measured.pulls).toEqual({ done: 2, partly: 0, failed: [], left: 1 })
  })
  it('leaves failed ones and ones that were cut short out of every figure, and counts what they cost', () => {
    const others = [
      pullOf('failed', { known: 9, posted: 9, hits: 0 }, { state: 'failed', because: 'It is gone.' }),
      pullOf('cut', { known: 9, posted: 9, hits: 0 }, { state: 'cut' }),
    ]
    const open = [{ kind: 'begun' as const, id: 'x', item: 'two', usd: 0.25 }]
    const results = resultsOf([...two, ...others], { calls: [call('one', 1), call('failed', 2)], open })
    const measured = measure(results, 4)
    expect(measured.precision).toMatchObject({ of: 3, in: 5 })
    expect(measured.pulls).toEqual({
      done: 2,
      partly: 0,
      failed: [{ item: 'failed', because: 'It is gone.' }],
      left: 1,
    })
    expect(measured.usd).toBe(3.25)
    expect(measured.usdPerPull.value).toBe(0.625)
    expect(measured.tokens).toEqual([{ model: 'b', input: 20, cacheWrite: 0, cacheRead: 10, output: 4, usd: 3 }])
  })
  it('tells what the verifier kept of true ones and of rejected ones, without those that got no verdict', () => {
    const known = [1, 11, 21, 31].map((line, at) => labelOf(`known-${at + 1}`, line))
    const rejected = [41, 51].map((line, at) => labelOf(`rejected-${at + 1}`, line))
    const findings = [
      reportOf('a', 1, 1, { matches: 'known-1' }),
      reportOf('b', 11, 11, { matches: 'known-2', state: 'invalid', posted: false }),
      reportOf('c', 21, 21, { matches: 'known-3', state: 'unverified', posted: false }),
      reportOf('d', 41, 41, { matches: 'rejected-1', state: 'ambiguous', posted: false }),
      reportOf('e', 51, 51, { matches: 'rejected-2' }),
    ]
    const item = pullOf(
      'one',
      { known: 0, posted: 0, hits: 0 },
      { findings, ...answersOf({ known, rejected }, findings) },
    )
    const measured = measure(resultsOf([item]), 1)
    expect(measured.keptTrue).toMatchObject({ of: 1, in: 2 })
    expect(measured.refutedFalse).toMatchObject({ of: 1, in: 2 })
    expect(measured).toMatchObject({ withoutVerdict: 1, rejectedPosted: 1 })
    expect(measured.recall).toMatchObject({ of: 1, in: 4 })
    expect(measured.precision).toMatchObject({ of: 1, in: 2 })
  })
  it('goes by the severity and the category of the known for recall, and of the finding for precision', () => {
    const known = [
      labelOf('known-1', 1, 1, { severity: 'high', category: 'performance' }),
      labelOf('known-2', 11, 11, { severity: 'low' }),
    ]
    const findings = [
      reportOf('a', 1, 1, { matches: 'known-1', severity: 'medium', category: 'Performance' }),
      reportOf('b', 90, 90, { severity: 'medium', category: 'correctness' }),
    ]
    const item = pullOf(
      'one',
      { known: 0, posted: 0, hits: 0 },
      { findings, ...answersOf({ known, rejected: [] }, findings) },
    )
    const { bySeverity, byCategory } = measure(resultsOf([item]), 1)
    const short = (rows: typeof bySeverity) =>
      rows.map(({ name, recall, precision }) => [name, recall?.of, recall?.in, precision?.of, precision?.in])
    expect(short(bySeverity)).toEqual([
      ['high', 1, 1, 0, 0],
      ['medium', 0, 0, 1, 2],
      ['low', 0, 1, 0, 0],
    ])
    expect(short(byCategory)).toEqual([
      ['correctness', 0, 0, 0, 1],
      ['not given', 0, 1, 0, 0],
      ['performance', 1, 1, 1, 1],
    ])
  })
  it('is nothing where there is nothing to divide by', () => {
    const measured = measure(resultsOf([pullOf('one', { known: 0, posted: 0, hits: 0 })]), 1)
    expect(measured.precision).toEqual({ of: 0, in: 0 })
    expect(measured.recall?.value).toBeUndefined()
  })
})

describe("Wilson's interval", () => {
  it('is the one of the books', () => {
    // Newcombe 1998, table I: 81 of 263 and 0 of 20.
    expect(wilson(81, 263)).toEqual({ low: expect.closeTo(0.2553, 4), high: expect.closeTo(0.3662, 4) })
    expect(wilson(0, 20)).toEqual({ low: 0, high: expect.closeTo(0.1611, 4) })
  })
  it('stands for shares of few pulls, and of none or all; other ratios of few pulls have none', () => {
    const few = [{ of: 1, in: 2 }]
    expect(figure(few, 'share').how).toBe('wilson')
    expect(figure(few, 'ratio')).toEqual({ of: 1, in: 2, value: 0.5 })
    const all = Array.from({ length: 20 }, () => ({ of: 3, in: 3 }))
    expect(figure(all, 'share')).toMatchObject({ value: 1, how: 'wilson', high: 1 })
    expect(figure(all, 'share').low).toBeGreaterThan(0.9)
  })
})

/** Pulls whose own rate scatters around `rate`, so that their comments are alike. */
function simulate(chance: () => number, pulls: number, rate: number): Part[] {
  return Array.from({ length: pulls }, () => {
    const own = rate + (chance() - 0.5) * 0.5
    const comments = 1 + Math.floor(chance() * 8)
    return { of: Array.from({ length: comments }, chance).filter(one => one < own).length, in: comments }
  })
}

describe('the interval by drawing pulls again', () => {
  const chance = chanceFrom(20261102)
  it('holds the truth about as often as it says', () => {
    const rounds = 200
    let held = 0
    for (let round = 0; round < rounds; round++) {
      const { low = 1, high = 0, how } = figure(simulate(chance, 40, 0.4), 'share')
      expect(how).toBe('bootstrap')
      if (low <= 0.4 && 0.4 <= high) held++
    }
    // 95 % is said; percentiles of 40 pulls are known to be a little narrow, and 200 rounds scatter by 1.5 points.
    expect(held / rounds).toBeGreaterThan(0.89)
    expect(held / rounds).toBeLessThan(0.99)
  })
  it('is the same each time', () => {
    const parts = simulate(chanceFrom(7), 30, 0.5)
    expect(figure(parts, 'share')).toEqual(figure(parts, 'share'))
  })
  it('of a difference on the same pulls is narrower than the pulls scatter', () => {
    const first = simulate(chanceFrom(3), 60, 0.4)
    const second = first.map(part => ({ of: Math.min(part.in, part.of + 1), in: part.in }))
    const { value = 0, low = 0, high = 0 } = difference(first, second)
    expect(low).toBeGreaterThan(0)
    expect(low <= value && value <= high).toBe(true)
    const alone = figure(first, 'share')
    expect(high - low).toBeLessThan(alone.high! - alone.low!)
  })
})

describe('two results beside each other', () => {
  const many = (hits: number) =>
    Array.from({ length: 12 }, (_, at) => pullOf(`p${at}`, { known: 4, posted: 4, hits: (at % 2) + hits }))

  it('differ by what the second has over the first, pull by pull', () => {
    const compared = compare(resultsOf(many(1)), resultsOf(many(2)))
    expect(compared.pulls).toBe(12)
    expect(compared.notes).toEqual([expect.stringContaining('measured alike')])
    const recall = compared.figures.find(one => one.name === 'recall')
    expect(recall).toMatchObject({ first: 0.375, second: 0.625, difference: { value: 0.25, how: 'bootstrap' } })
    expect(recall?.difference.low).toBeCloseTo(0.25)
    expect(recall?.difference.high).toBeCloseTo(0.25)
  })
  it('say what else is different, and that then nothing is told of one of them', () => {
    const header = headerOf({ prompts: 'p2', dataSet: { name: 'set', digest: 'd2', items: 12 } })
    const { notes } = compare(resultsOf(many(1)), resultsOf(many(1), { header }))
    expect(notes[0]).toMatch(/data set \(set d1 and set d2\).*prompts \(p1 and p2\)/)
    expect(notes[1]).toMatch(/More than one/)
  })
  it('leave out pulls that only one has or that ask for something else, and say how many', () => {
    const second = many(1).slice(2)
    second[0] = { ...second[0]!, digest: 'another' }
    const compared = compare(resultsOf(many(1)), resultsOf(second))
    expect(compared.pulls).toBe(9)
    expect(compared.notes.slice(1)).toEqual([
      'Left out because only one measured them: 2 of the first, 0 of the second.',
      'Left out because their commits or labels differ between the two: 1.',
      expect.stringContaining('no interval'),
    ])
    expect(compared.figures.every(one => one.difference.low === undefined)).toBe(true)
  })
})
