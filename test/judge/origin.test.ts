// What a change brought is told by its lines: calling them old takes nothing out of the gate, and out of nobody's sight.
import { describe, expect, test } from 'vitest'
import { planReview } from '../../src/agents/index.ts'
import { scriptedModel } from '../../src/claude/index.ts'
import type { Finding } from '../../src/domain/finding.ts'
import { isWithheld, judge } from '../../src/judge/index.ts'
import { originOf } from '../../src/judge/origin.ts'
import { place } from '../../src/judge/place.ts'
import { shutsGate } from '../../src/publish/facts.ts'
import { rememberInProcess } from '../../src/runs/journal.ts'
import { agents, codeReview, settings } from '../agents/cast.ts'
import { changeOf, fileOf } from '../agents/change-of.ts'
import { toolsThatAnswer } from '../agents/looks.ts'
import { words } from '../agents/words.ts'
import { checkoutOf, findingOf } from './findings.ts'

const change = changeOf(
  fileOf('src/a.ts', [
    ' // moved here as it always was',
    '-const safe = quote(given)',
    '+const open = query(given)',
    '+  const moved = kept(given)',
    ' const old = query(other)',
    '+twice(given)',
    ' between()',
    '+twice(given)',
    '+}',
  ]),
  fileOf('src/b.ts', ['-const moved = kept(given)', ' }']),
)

function told(quote: string, more: Partial<Finding> = {}) {
  const finding = findingOf('security-f1', { file: 'src/a.ts', quote, origin: 'pre_existing', ...more })
  return originOf(finding, place(finding, change), change)
}

describe('a finding that is called old', () => {
  test.each([
    ['on a line that the change adds', 'const open = query(given)'],
    ['on that line and an old one', '  const moved = kept(given)\nconst old = query(other)\n'.concat('twice(given)')],
    ['on a line that it adds twice', 'twice(given)'],
    ['on a part of such a line', 'query(given)'],
  ])('is new: %s', (_, quote) => {
    expect(told(quote)).toBe('introduced')
  })

  test.each<[string, string, Partial<Finding>?]>([
    ['on a line that stood there', 'const old = query(other)'],
    ['on one that it took from elsewhere', '  const moved = kept(given)'],
    ['on one that it takes away', 'const safe = quote(given)'],
    ['on old lines and a bracket', '}'],
    ['in a file that it does not touch', 'anything', { file: 'src/c.ts' }],
  ])('stays old: %s', (_, quote, more = {}) => {
    expect(told(quote, more)).toBe('pre_existing')
  })
})

test('a finding that is called new stays new wherever it stands', () => {
  expect(told('const old = query(other)', { origin: 'introduced' })).toBe('introduced')
})

test('one that is called old against its lines shuts the gate, and is told in public', async () => {
  const text = 'const open = query(given)\n'
  const added = changeOf(fileOf('src/a.ts', ['+const open = query(given)']))
  const strict = { ...codeReview, severity: { ...codeReview.severity, gate: 'high' as const } }
  const routines = [strict]
  const [one] = await judge({
    findings: [
      findingOf('security-f1', { quote: 'const open = query(given)', origin: 'pre_existing', severity: 'high' }),
    ],
    change: added,
    checkout: checkoutOf({ 'src/a.ts': text }),
    plan: planReview({ change: added, settings, routines, agents, serverRunUsd: 5 }),
    ...{ routines, rules: [], words, earlier: [], tools: toolsThatAnswer(), firstReview: true },
    model: scriptedModel((_, turn) => {
      if (turn > 0) return { text: 'Done.' }
      const cited = [{ path: 'src/a.ts', text: 'query(given)' }]
      return { calls: [{ name: 'report_verdict', input: { verdict: 'VALID', because: 'It does.', cited } }] }
    }),
    journal: rememberInProcess().journal,
    signal: new AbortController().signal,
  })
  expect(one).toMatchObject({ origin: 'introduced', verdict: { verdict: 'posted' } })
  expect([shutsGate(one!, strict), isWithheld({ ...one!, security: true })]).toEqual([true, false])
})
