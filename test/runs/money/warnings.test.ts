// What a budget warning says: how much of whose budget is spent, and nothing about the server's on a pull request.
import { describe, expect, it } from 'vitest'
import type { BudgetWarning } from '../../../src/domain/store.ts'
import { sayWarning, warningLines } from '../../../src/runs/money/warnings.ts'

const warning = (change: Partial<BudgetWarning>): BudgetWarning => ({
  cap: 'pull',
  period: '',
  percent: 80,
  capUsd: 8,
  usd: 6.42,
  setAsideUsd: 0,
  ...change,
})

describe('the sentence', () => {
  it.each([
    [{}, "80 % of this pull request's $8.00 is spent: $6.42."],
    [
      { setAsideUsd: 1.1 },
      "80 % of this pull request's $8.00 is spent: $6.42, of it $1.10 set aside for calls under way.",
    ],
    [{ percent: 100, usd: 8 }, "100 % of this pull request's $8.00 is spent: $8.00."],
    [{ percent: 100, usd: 7.93 }, "This pull request's $8.00 holds no further call: $7.93 is spent."],
    [
      { cap: 'repositoryDay', period: '2026-11-21', percent: 50, capUsd: 20, usd: 10 },
      "50 % of this repository's $20.00 for 2026-11-21 (UTC) is spent: $10.00.",
    ],
    [
      { cap: 'serverDay', period: '2026-11-21', capUsd: 25, usd: 20.05 },
      "80 % of the server's $25.00 for 2026-11-21 (UTC) is spent: $20.05.",
    ],
    [
      { cap: 'serverMonth', period: '2026-11', percent: 100, capUsd: 200, usd: 199.5 },
      "The server's $200.00 for 2026-11 (UTC) holds no further call: $199.50 is spent.",
    ],
  ] as const)('for %j is "%s"', (change, sentence) => {
    expect(sayWarning(warning(change))).toBe(sentence)
  })
})

describe('a check', () => {
  /** `spent`: US dollars by now, of the pull and of the repository's day. */
  const lines = (spent: { pull?: number; day?: number }, ...warnings: BudgetWarning[]) =>
    warningLines(
      {
        warnings: async () => warnings,
        spent: async ({ number }) => ({ usd: (number === 5 ? spent.pull : spent.day) ?? 0, calls: 1, usage: none }),
      },
      { id: 'run-1', repository: { id: 11 }, number: 5 },
    )
  const none = { input: 0, cacheWrite: 0, cacheRead: 0, output: 0 }
  const day = { cap: 'repositoryDay', period: '2026-11-21', capUsd: 20, usd: 16 } as const

  it('has the last threshold of each budget of its pull and repository, with what is spent by now', async () => {
    const passed = [warning({ percent: 50, usd: 4 }), warning({}), warning(day)]
    expect(await lines({ pull: 6.5, day: 17 }, ...passed)).toEqual([
      "80 % of this pull request's $8.00 is spent: $6.50.",
      "80 % of this repository's $20.00 for 2026-11-21 (UTC) is spent: $17.00.",
    ])
  })

  it('says so when most of what passed it was only set aside', async () => {
    const passed = warning({ percent: 100, usd: 8, setAsideUsd: 0.9 })
    expect(await lines({ pull: 7.2 }, passed)).toEqual([
      "100 % of this pull request's $8.00 was spent or set aside for a while; $7.20 is spent.",
    ])
  })

  it('says when no further call fits', async () => {
    expect(await lines({ pull: 7.93 }, warning({ percent: 100, usd: 7.93 }))).toEqual([
      "This pull request's $8.00 holds no further call: $7.93 is spent.",
    ])
  })

  it("says nothing of the server's budgets", async () => {
    expect(await lines({}, warning({ cap: 'serverDay' }), warning({ cap: 'serverMonth' }))).toEqual([])
  })
})
