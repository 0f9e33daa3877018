// What agents report of weaknesses: how grave one is follows from what is gained and how easily, and from nothing else.
import { expect, test } from 'vitest'
import { findingsOf } from '../../src/agents/report.ts'
import { type Claim, claimSchema } from '../../src/domain/finding.ts'
import { severities } from '../../src/domain/severity.ts'
import { exploitabilities, impacts, severityTable } from '../../src/domain/weighing.ts'
import { agentOf } from './cast.ts'

const claim: Claim = {
  ...{ file: 'src/a.ts', quote: 'run(name)', title: 'A name is run', claim: 'It is.' },
  ...{ severity: 'low', confidence: 'low', origin: 'introduced' },
}
const reported = (more: Partial<Claim>, name = 'security') => {
  const agent = agentOf(name)
  const limits = { turns: 1, milliseconds: 1, outputTokens: 1 }
  const assignment = { id: name, agent, tier: 'standard' as const, routines: [], files: [], reversed: false, limits }
  return findingsOf(assignment, [claimSchema.parse({ ...claim, ...more })])[0]!
}

test('a weakness is as grave as its impact and how easily it is used, however sure the reporter is and whatever they call it', () => {
  for (const confidence of ['high', 'low'] as const)
    for (const severity of severities)
      expect(reported({ impact: 'total', exploitability: 'open', confidence, severity }).severity).toBe('critical')
  expect(reported({ impact: 'limited', exploitability: 'hard', severity: 'critical' }).severity).toBe('low')
})

test('where one of the two is missing, and for what is no weakness, the reporter’s word stands', () => {
  expect(reported({ impact: 'total' }).severity).toBe('low')
  expect(reported({ impact: 'total', exploitability: 'open' }, 'correctness').severity).toBe('low')
  expect(reported({ impact: 'total', exploitability: 'open', cwe: 'CWE-78' }, 'correctness').severity).toBe('critical')
})

test('what is easier, or gains more, is never less grave', () => {
  const at = (impact: number, how: number) =>
    severities.indexOf(severityTable[impacts[impact]!][exploitabilities[how]!])
  for (const [impact] of impacts.entries())
    for (const [how] of exploitabilities.entries()) {
      if (impact > 0) expect(at(impact, how)).toBeGreaterThanOrEqual(at(impact - 1, how))
      if (how > 0) expect(at(impact, how)).toBeGreaterThanOrEqual(at(impact, how - 1))
    }
})
