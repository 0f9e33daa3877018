// The last line of a check, which machines read: a comment of HTML with counts as JSON.
import type { Judged } from '../domain/finding.ts'
import type { CheckFacts } from './check.ts'
import { type Conclusion, counts, gaps, isListed } from './facts.ts'
import { missingOf } from './intent.ts'

export function machineLine(
  { run, routine, complete, cost, partUsd, rehearsed, ...facts }: CheckFacts,
  own: Judged[],
  conclusion: Conclusion,
): string {
  const found = own.filter(isListed)
  const of = (origin: Judged['origin']) => counts(found.filter(finding => finding.origin === origin))
  const count = (verdict: Judged['verdict']['verdict']) =>
    own.filter(finding => finding.verdict.verdict === verdict).length
  const json = JSON.stringify({
    run: run.id,
    head: run.head,
    routine: routine.name,
    conclusion,
    complete: complete && gaps({ complete, ...facts }).length === 0,
    findings: counts(found),
    introduced: of('introduced'),
    pre_existing: of('pre_existing'),
    unverified: count('unverified'),
    ...(facts.intent && { missing: missingOf({ intent: facts.intent, routines: [routine] }).length }),
    refuted: count('refuted'),
    // The routine's part, and the whole run's; a millionth of a dollar is the price of a token.
    usd: millionths(partUsd ?? cost.usd),
    run_usd: millionths(cost.usd),
    rehearsed,
  })
  return `<!-- watchbill: ${json.replaceAll('>', '\\u003e')} -->`
}

export const millionths = (usd: number) => Math.round(usd * 1e6) / 1e6
