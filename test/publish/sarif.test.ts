// SARIF: what is in it and what is not, told where it stands, known again, and without anybody's secret.
import { expect, test } from 'vitest'
import type { Judged } from '../../src/domain/finding.ts'
import { renderSarif } from '../../src/publish/index.ts'
import { judgedOf } from './facts-of.ts'

const render = (judged: Judged[], gaps: string[] = []) =>
  renderSarif({ judged, gaps, version: '1.2.3', category: 'watchbill/pull-7' }).runs[0]!

const verdict = (kind: Judged['verdict']['verdict'], shown: Judged['verdict']['shown'] = 'check') => ({
  verdict: { verdict: kind, because: 'Because.', shown },
})

test('names the tool with its version, and has a rule for each weakness or category, as bad as its worst finding', () => {
  const { tool, automationDetails, results } = render([
    judgedOf({ security: true, cwe: 'CWE-89', severity: 'medium' }),
    judgedOf({ security: true, cwe: 'CWE-89', severity: 'critical' }),
    judgedOf({ category: 'Error handling', severity: 'low' }),
  ])
  expect(tool.driver).toMatchObject({ name: 'Watchbill', version: '1.2.3' })
  expect(automationDetails.id).toBe('watchbill/pull-7/')
  expect(tool.driver.rules).toMatchObject([
    {
      id: 'CWE-89',
      helpUri: 'https://cwe.mitre.org/data/definitions/89.html',
      defaultConfiguration: { level: 'error' },
      properties: { tags: ['security', 'external/cwe/cwe-089'], 'security-severity': '9.5' },
    },
    { id: 'error-handling', properties: { tags: [] } },
  ])
  expect(results.map(({ ruleIndex, level }) => [ruleIndex, level])).toEqual([
    [0, 'warning'],
    [0, 'error'],
    [1, 'note'],
  ])
})

test('says where: a relative address with every part encoded, lines, and columns where the quote is whole lines', () => {
  const at = (placement: Partial<Judged['placement']>, quote = '  const a = 1\n  return a  ') =>
    render([
      judgedOf({
        quote,
        placement: {
          at: 'line',
          side: 'RIGHT',
          how: 'exact',
          path: 'src/a.ts',
          line: 5,
          startLine: 4,
          because: '',
          ...placement,
        } as Judged['placement'],
      }),
    ]).results[0]!.locations[0]!.physicalLocation
  expect(at({})).toEqual({
    artifactLocation: { uri: 'src/a.ts', uriBaseId: '%SRCROOT%' },
    region: {
      startLine: 4,
      endLine: 5,
      startColumn: 3,
      endColumn: 11,
      snippet: { text: '  const a = 1\n  return a  ' },
    },
  })
  expect(at({ how: 'substring' } as object).region).not.toHaveProperty('startColumn')
  const one: Judged['placement'] = { at: 'line', side: 'RIGHT', how: 'exact', path: 'a', line: 5, because: '' }
  const hidden = render([judgedOf({ placement: one, quote: "const key = '[secret removed]'" })])
  expect(hidden.results[0]!.locations[0]!.physicalLocation.region).not.toHaveProperty('startColumn')
  expect(at({ side: 'LEFT' } as object).region).toBeUndefined()
  expect(at({ at: 'file', path: '../../http://x/[a] b.ts', line: 9 }).artifactLocation.uri).toBe(
    'http%3A/x/%5Ba%5D%20b.ts',
  )
})

test('is known again by its fingerprint, whatever else changes', () => {
  const fingerprint = 'ab'.repeat(32)
  const one = render([judgedOf({ fingerprint, title: 'One' })]).results[0]!
  const two = render([judgedOf({ fingerprint, title: 'Other words' })]).results[0]!
  expect(one.partialFingerprints).toEqual({
    primaryLocationLineHash: `${'ab'.repeat(8)}:1`,
    'watchbillFinding/v1': fingerprint,
  })
  expect(two.partialFingerprints).toEqual(one.partialFingerprints)
})

test('holds what is shown, what was dismissed as suppressed, and what is not verified as that; nothing that was refuted, merged or held back', () => {
  const { results } = render([
    judgedOf({ title: 'Shown' }),
    judgedOf({ title: 'Dismissed', ...verdict('suppressed', 'no') }),
    judgedOf({
      title: 'Open',
      ...verdict('unverified'),
      verification: { state: 'unverified', because: '', cited: [] },
    }),
    judgedOf({ title: 'Refuted', ...verdict('refuted') }),
    judgedOf({ title: 'Merged', ...verdict('merged into', 'no') }),
    judgedOf({ title: 'Below', ...verdict('held', 'no') }),
  ])
  expect(results.map(({ message, suppressions }) => [message.text.split('\n')[0], suppressions.length])).toEqual([
    ['Shown', 0],
    ['Dismissed', 1],
    ['Not verified. Open', 0],
  ])
})

test('holds no secret, no link of somebody’s and no control character, and what was not looked at is told', () => {
  const secret = `ghp_${'a1B2'.repeat(9)}`
  const { results, invocations } = render(
    [
      judgedOf({
        title: 'A token',
        claim: `It is ${secret}; see [here](https://evil.example) \u001b[31m`,
        quote: `const t = '${secret}'`,
      }),
    ],
    ['`src/b.ts` was looked at in part.'],
  )
  expect(JSON.stringify(results)).not.toContain(secret)
  expect(results[0]!.message.text).toContain('[secret removed]')
  expect(results[0]!.message.text).not.toMatch(/\]\(|\u001b/)
  expect(results[0]!.locations[0]!.physicalLocation.region).not.toHaveProperty('startColumn')
  expect(invocations[0]!.toolExecutionNotifications).toMatchObject([
    { message: { text: '`src/b.ts` was looked at in part.' } },
  ])
})
