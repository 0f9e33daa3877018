// The terminal: plain lines that say what was found, refuted, not verified, not looked at, and what it cost.
import { expect, test } from 'vitest'
import { renderTerminal } from '../../src/publish/index.ts'
import { factsOf, judgedOf, plan } from './facts-of.ts'

test('findings come with place, severity’s word and reason; refuted and unverified ones are listed', () => {
  const out = renderTerminal(
    factsOf([
      judgedOf({ severity: 'high', fix: 'Use 4.' }),
      judgedOf({
        title: 'Nobody knows',
        verification: { state: 'unverified', because: 'x', cited: [] },
        verdict: { verdict: 'unverified', because: 'No answer.', shown: 'check' },
      }),
      judgedOf({
        title: 'Not so',
        verification: { state: 'invalid', because: 'x', cited: [] },
        verdict: { verdict: 'refuted', because: 'The guard.', shown: 'check' },
      }),
    ]),
  )
  for (const part of [
    'src/a.ts:4  High  The rate is wrong',
    '  For exports',
    '  Use 4.',
    'Not verified:\n  src/a.ts:4  Medium  Nobody knows: No answer.',
    'Refuted:\n  src/a.ts:4  Medium  Not so: The guard.',
    'yarn.lock: skipped, a lock file',
    'Found 1 high.',
    '$0.12, 7 model calls, 1 min 5 s.',
  ]) {
    expect(out).toContain(part)
  }
})

test('a clean complete review says so, an incomplete one does not', () => {
  expect(renderTerminal(factsOf())).toContain('Nothing found.')
  const partial = renderTerminal(
    factsOf([], { complete: false, incompleteBecause: ['security did not finish: no money.'] }),
  )
  expect(partial).toContain('No verified finding, and not everything was looked at.')
  expect(partial).toContain('no money')
  expect(renderTerminal(factsOf([], { plan: { ...plan, assignments: [] }, reports: [] }))).not.toContain(
    'Nothing found',
  )
})

test('escape sequences and secrets do not reach the terminal', () => {
  const out = renderTerminal(
    factsOf([judgedOf({ title: 'a\u001b[2Jb', claim: `ghp_${'a1B2'.repeat(9)}` })], { rehearsed: true }),
  )
  expect(out).not.toMatch(/\u001b|ghp_/)
  expect(out).toMatch(/^Rehearsed:/)
})
