// From the results of pull requests to figures: precision, recall, F1, what the verifier kept and refuted, and what it cost.
import { severities } from '../domain/severity.ts'
import { type Figure, figure, type Part } from './intervals.ts'
import type { EvalItem } from './item.ts'
import { type Results, spentIn } from './read-results.ts'
import type { Answered, Header, ItemResult } from './results.ts'

export interface Measured {
  header: Omit<Header, 'kind' | 'form'>
  pulls: {
    /** Measured, and counted in every figure. */
    done: number
    /** Of those: something in them was not looked at, or got no verdict. */
    partly: number
    failed: { item: string; because: string }[]
    /** Of the data set, not measured yet. */
    left: number
  }
  /** Of what was posted: the share that is known. A lower bound, since no data set knows everything. In a review only, as the next three. */
  precision?: Figure
  /** Of what is known: the share that was posted. */
  recall?: Figure
  f1?: Figure
  commentsPerPull?: Figure
  /** Posted comments that people had rejected before. */
  rejectedPosted?: number
  /** Of true ones that a verifier judged, the share it found valid. */
  keptTrue: Figure
  /** Of rejected ones that a verifier judged, the share it did not find valid. */
  refutedFalse: Figure
  /** True and rejected ones that were to be judged and got no verdict: in neither share. */
  withoutVerdict: number
  bySeverity: Row[]
  byCategory: Row[]
  usdPerPull: Figure
  usd: number
  calls: number
  /** By model. */
  tokens: { model: string; input: number; cacheWrite: number; cacheRead: number; output: number; usd: number }[]
  /** Pairs that got no answer on whether they mean the same, and so count as different. */
  unanswered: number
}

/** A severity or a category: of known ones as the data set says, of posted ones as the finding does. */
export interface Row {
  name: string
  recall?: Figure
  precision?: Figure
  keptTrue: Figure
  refutedFalse: Figure
}

/** `inSet` is how many items are to be measured in all. */
export function measure(results: Results, inSet: number): Measured {
  const done = results.items.filter(item => item.state === 'done')
  const failed = results.items.filter(item => item.state === 'failed')
  const { kind: _, form: __, ...header } = results.header
  const review = header.mode === 'review'
  return {
    header,
    pulls: {
      done: done.length,
      partly: done.filter(item => item.incomplete.length > 0).length,
      failed: failed.map(({ item, because = '' }) => ({ item, because })),
      left: Math.max(0, inSet - done.length - failed.length),
    },
    ...(review && {
      precision: figure(
        done.map(item => precisionOf(item)),
        'share',
      ),
      recall: figure(
        done.map(item => recallOf(item)),
        'share',
      ),
      f1: figure(done.map(f1Of), 'ratio'),
      commentsPerPull: figure(done.map(commentsOf), 'ratio'),
      rejectedPosted: total(done, item => item.rejected.filter(one => one.found).length),
    }),
    keptTrue: figure(
      done.map(item => keptTrueOf(item)),
      'share',
    ),
    refutedFalse: figure(
      done.map(item => refutedFalseOf(item)),
      'share',
    ),
    withoutVerdict: total(done, item => [...item.known, ...item.rejected].filter(isSilent).length),
    bySeverity: rows(done, review, [...severities, unnamed], one => one.severity),
    byCategory: rows(done, review, categoriesIn(done), one => one.category?.toLowerCase()),
    usdPerPull: figure(usdOf(results, done), 'ratio'),
    usd: spentIn(results),
    calls: results.calls.length,
    tokens: tokensOf(results),
    unanswered: total(done, item => item.unanswered),
  }
}

export const precisionOf = (item: ItemResult, only: Only = () => true): Part => {
  const posted = item.findings.filter(one => one.posted && only(one))
  const known = new Set(item.known.map(one => one.id))
  return { of: posted.filter(one => one.matches !== undefined && known.has(one.matches)).length, in: posted.length }
}
export const recallOf = (item: ItemResult, only: Only = () => true): Part => {
  const known = item.known.filter(only)
  return { of: known.filter(one => one.found).length, in: known.length }
}
/** 2TP / (2TP + FP + FN): what was found counts once as posted and once as known. */
export const f1Of = (item: ItemResult): Part => {
  const [precision, recall] = [precisionOf(item), recallOf(item)]
  return { of: precision.of + recall.of, in: precision.in + recall.in }
}
export const commentsOf = (item: ItemResult): Part => ({ of: precisionOf(item).in, in: 1 })
export const keptTrueOf = (item: ItemResult, only: Only = () => true): Part => {
  const judged = item.known.filter(one => only(one) && wasJudged(one))
  return { of: judged.filter(one => one.state === 'valid').length, in: judged.length }
}
export const refutedFalseOf = (item: ItemResult, only: Only = () => true): Part => {
  const judged = item.rejected.filter(one => only(one) && wasJudged(one))
  return { of: judged.filter(one => one.state !== 'valid').length, in: judged.length }
}
/** US dollars of each of the items, what was set aside and never settled included. */
export function usdOf({ calls, open }: Results, items: ItemResult[]): Part[] {
  const usd = new Map<string, number>()
  for (const one of [...calls, ...open]) usd.set(one.item, (usd.get(one.item) ?? 0) + one.usd)
  return items.map(({ item }) => ({ of: usd.get(item) ?? 0, in: 1 }))
}

type Named = { severity?: Answered['severity'] | undefined; category?: string | undefined }
type Only = (one: Named) => boolean

const wasJudged = (one: Answered) => one.state !== undefined && one.state !== 'unverified'
const isSilent = (one: Answered) => one.state === 'unverified'
const unnamed = 'not given'

function rows(
  items: ItemResult[],
  review: boolean,
  names: string[],
  nameOf: (one: Named) => string | undefined,
): Row[] {
  return names.flatMap(name => {
    const only: Only = one => (nameOf(one) ?? unnamed) === name
    const row = {
      name,
      ...(review && {
        recall: figure(
          items.map(item => recallOf(item, only)),
          'share',
        ),
        precision: figure(
          items.map(item => precisionOf(item, only)),
          'share',
        ),
      }),
      keptTrue: figure(
        items.map(item => keptTrueOf(item, only)),
        'share',
      ),
      refutedFalse: figure(
        items.map(item => refutedFalseOf(item, only)),
        'share',
      ),
    }
    const says = [row.recall, row.precision, row.keptTrue, row.refutedFalse].some(one => one && one.in > 0)
    return says ? [row] : []
  })
}

function categoriesIn(items: ItemResult[]): string[] {
  const all = items.flatMap(item => [...item.known, ...item.rejected, ...item.findings])
  return [...new Set(all.map(one => one.category?.toLowerCase() ?? unnamed))].sort()
}

function tokensOf({ calls }: Results): Measured['tokens'] {
  const models = [...new Set(calls.map(call => call.model))].sort()
  return models.map(model => {
    const sum = { model, input: 0, cacheWrite: 0, cacheRead: 0, output: 0, usd: 0 }
    for (const { usage, usd } of calls.filter(call => call.model === model)) {
      sum.usd += usd
      for (const kind of ['input', 'cacheWrite', 'cacheRead', 'output'] as const) sum[kind] += usage[kind]
    }
    return sum
  })
}

function total(items: ItemResult[], count: (item: ItemResult) => number): number {
  return items.reduce((sum, item) => sum + count(item), 0)
}

/** What became of each labelled comment, from the findings and what they match. */
export function answersOf(
  item: Pick<EvalItem, 'known' | 'rejected'>,
  findings: ItemResult['findings'],
): Pick<ItemResult, 'known' | 'rejected'> {
  const by = new Map(findings.flatMap(one => (one.matches === undefined ? [] : [[one.matches, one] as const])))
  const answer = ({ id, severity, category }: EvalItem['known'][number]): Answered => {
    const finding = by.get(id)
    return {
      id,
      ...(severity && { severity }),
      ...(category !== undefined && { category }),
      found: finding?.posted ?? false,
      ...(finding && { state: finding.state, because: finding.because }),
    }
  }
  return { known: item.known.map(answer), rejected: item.rejected.map(answer) }
}
