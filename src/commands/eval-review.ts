// One pull request of a data set: reviewed by the same pipeline as any other, and what came out held against what is known.
import { readWords } from '../builtins.ts'
import type { Claude } from '../claude/index.ts'
import type { Confine } from '../domain/confined.ts'
import type { Judged } from '../domain/finding.ts'
import type { Rule } from '../domain/plan.ts'
import { Problem } from '../domain/problem.ts'
import type { Configuration } from '../domain/routine.ts'
import type { Checkout } from '../domain/workspace.ts'
import { answersOf, type EvalItem, type ItemResult, match, meansTheSame, type Reported } from '../evaluation/index.ts'
import { rememberInProcess } from '../runs/journal.ts'
import type { Settings } from '../settings.ts'
import type { EvalPurse } from './eval-purse.ts'
import { lookOver } from './review.ts'

export interface Measuring {
  settings: Settings
  claude: Claude
  item: EvalItem
  checkout: Checkout
  confine: Confine
  configuration: Configuration
  rules: Rule[]
  routines: string[]
  match: 'lines' | 'judge'
  tolerance: number
  purse: EvalPurse
  signal: AbortSignal
}

export type Outcome = Pick<ItemResult, 'findings' | 'known' | 'rejected' | 'incomplete' | 'unanswered'>

/** Problem `unavailable` when no agent could look at all: that is no measure of what they find. */
export async function measureReview(asking: Measuring): Promise<Outcome> {
  const { settings, claude, item, purse, signal, checkout, configuration, rules } = asking
  const result = await lookOver(
    settings,
    claude,
    { routines: asking.routines, progress: () => {}, signal, purse: usd => purse.of(item.id, usd) },
    { checkout, confine: asking.confine, configuration, rules, earlier: [] },
  )
  const silent = result.reports.filter(one => one.findings.length === 0 && broken.includes(one.ended.end))
  if (silent.length > 0 && silent.length === result.reports.length)
    throw new Problem('unavailable', `No agent could look at it: ${silent[0]?.ended.because}`)

  const reported = result.judged.filter(one => one.verdict.verdict !== 'merged into').map(reportedOf)
  let unanswered = 0
  const matches = await match(item, reported, asking.tolerance, asking.match === 'judge' ? asked() : undefined)
  const findings = reported.map(one => ({ ...one, ...named(matches.get(one.id)) }))
  return { findings, ...answersOf(item, findings), incomplete: result.incompleteBecause, unanswered }

  function asked() {
    const journal = rememberInProcess().journal
    const model = claude.model(purse.of(item.id, settings.budget.run))
    const words = readWords()
    return async (finding: Reported, label: EvalItem['known'][number]) => {
      const same = await meansTheSame({ model, words, journal, signal }, finding, label)
      if (same === undefined) unanswered++
      return same ?? false
    }
  }
}

const broken = ['failed', 'refused', 'stopped', 'budget', 'time']

/** As it would stand on the pull: whatever people are shown there counts as posted. */
function reportedOf(one: Judged): Reported {
  const { placement, quote } = one
  const from = placement.at === 'line' ? (placement.startLine ?? placement.line) : placement.line
  // Of what stands outside of the diff only the first line is known; the quote has as many as it has.
  const to = placement.at === 'line' ? placement.line : from && from + quote.trim().split('\n').length - 1
  return {
    id: one.id,
    path: placement.path,
    side: placement.at === 'line' ? placement.side : 'RIGHT',
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    severity: one.severity,
    ...(one.category !== undefined && { category: one.category }),
    title: one.title,
    claim: one.claim,
    state: one.verification.state,
    verdict: one.verdict.verdict,
    because: one.verdict.because,
    posted: ['inline', 'file', 'body'].includes(one.verdict.shown),
  }
}

function named(matches: string | undefined): { matches?: string } {
  return matches === undefined ? {} : { matches }
}
