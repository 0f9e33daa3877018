// Labelled comments, findings and results of pull requests, as short as tests need them.
import type { Results } from '../../src/evaluation/index.ts'
import type { Labelled } from '../../src/evaluation/item.ts'
import { answersOf } from '../../src/evaluation/measure.ts'
import type { Header, ItemResult, Reported } from '../../src/evaluation/results.ts'

export function labelOf(id: string, from: number, to = from, more: Partial<Labelled> = {}): Labelled {
  return { id, path: 'a.ts', side: 'RIGHT', from, to, text: `${id} is wrong.`, ...more }
}

export function reportOf(id: string, from: number, to = from, more: Partial<Reported> = {}): Reported {
  return {
    id,
    path: 'a.ts',
    side: 'RIGHT',
    from,
    to,
    severity: 'medium',
    title: id,
    claim: id,
    state: 'valid',
    verdict: 'posted',
    because: 'Verified.',
    posted: true,
    ...more,
  }
}

/** A pull with so many known, posted, and posted that are known; `more` for the rest. */
export function pullOf(
  item: string,
  { known, posted, hits }: { known: number; posted: number; hits: number },
  more: Partial<ItemResult> = {},
): ItemResult {
  const labels = Array.from({ length: known }, (_, index) => labelOf(`known-${index + 1}`, 10 * index + 1))
  const findings = Array.from({ length: posted }, (_, index) =>
    reportOf(`f${index + 1}`, 10 * index + 1, 10 * index + 1, index < hits ? { matches: `known-${index + 1}` } : {}),
  )
  return {
    kind: 'item',
    at: '2026-11-02T09:00:00.000Z',
    item,
    digest: `digest of ${item}`,
    state: 'done',
    findings,
    ...answersOf({ known: labels, rejected: [] }, findings),
    incomplete: [],
    unanswered: 0,
    milliseconds: 1000,
    ...more,
  }
}

export function headerOf(more: Partial<Header> = {}): Header {
  return {
    kind: 'header',
    form: 1,
    at: '2026-11-02T09:00:00.000Z',
    dataSet: { name: 'set', digest: 'd1', items: 2 },
    mode: 'review',
    match: 'lines',
    tolerance: 1,
    routines: [],
    prompts: 'p1',
    models: { fast: 'a', standard: 'b', deep: 'c' },
    rehearsed: false,
    version: '0.1.0',
    ...more,
  }
}

export function resultsOf(items: ItemResult[], more: Partial<Results> = {}): Results {
  return { header: headerOf(), items, calls: [], open: [], ...more }
}
