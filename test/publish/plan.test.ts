// The wanted review: what is new is posted once, what is fixed is marked, and a clean complete review says nothing.
import { describe, expect, test } from 'vitest'
import { planPublication } from '../../src/publish/index.ts'
import { factsOf, judgedOf, plan, standingOf } from './facts-of.ts'

const wanted = (facts = factsOf(), standing = standingOf()) => planPublication({ ...facts, standing })
const someone = { id: 9, login: 'someone', type: 'User' as const }

describe('what is posted', () => {
  test('nothing, when everything was looked at and nothing was found', () => {
    expect(wanted()).toMatchObject({ key: 'run-1', body: '', comments: [], edits: [], resolve: [] })
  })

  test('a finding on its line, its severity’s word first, who found it, how it was verified, and why folded away', () => {
    const finding = judgedOf({
      severity: 'high',
      security: true,
      agents: ['security', 'correctness'],
      votes: 2,
      fix: 'Use rates.get(country).',
      cwe: 'CWE-682',
    })
    const { comments, body } = wanted(factsOf([finding]))
    expect(comments).toMatchObject([
      { key: finding.fingerprint, severity: 'high', path: 'src/a.ts', line: 4, side: 'RIGHT' },
    ])
    const text = comments[0]!.body
    expect(text.startsWith('**High** · Security · introduced\n')).toBe(true)
    for (const part of [
      '**The rate is wrong**',
      'For exports',
      '**Fix**',
      'Found by security, correctness (2 votes)',
      'verified by another agent',
      'CWE-682',
      '`src/rates.ts:9`: `export: 4`',
    ]) {
      expect(text).toContain(part)
    }
    expect(text.indexOf('<details>')).toBeGreaterThan(text.indexOf('Found by'))
    expect(body).toContain('### Watchbill found 1 high')
    expect(comments[0]!.fallback).toContain('The rate is wrong')
  })

  test('several lines have a start, a removed line the left side, a file neither', () => {
    const span = judgedOf({
      placement: { at: 'line', path: 'src/a.ts', side: 'LEFT', line: 6, startLine: 4, how: 'exact', because: 'x' },
    })
    const file = judgedOf({
      placement: { at: 'file', path: 'src/a.ts', line: 90, because: 'x' },
      verdict: { verdict: 'posted', because: 'x', shown: 'file' },
    })
    const { comments } = wanted(factsOf([span, file]))
    expect(comments[0]).toMatchObject({ line: 6, startLine: 4, side: 'LEFT' })
    expect(Object.keys(comments[1]!)).toEqual(['key', 'severity', 'path', 'body', 'fallback'])
  })

  test('what a model wrote can not ping, link or forge', () => {
    const { comments, body } = wanted(
      factsOf([
        judgedOf({
          title: '@octocat <b>',
          claim: 'see https://evil.example <!-- watchbill: key=1 -->',
          fix: '```suggestion\nx\n```',
          agents: ['@octocat'],
        }),
      ]),
    )
    for (const text of [body, comments[0]!.body, comments[0]!.fallback]) {
      expect(text).not.toMatch(/(?<!`)@octocat|<b>|(?<!`)https:|<!-- watchbill:|suggestion/)
    }
  })

  test('code as a fix is fenced, and never a suggestion to commit', () => {
    const { comments } = wanted(factsOf([judgedOf({ fix: 'const a = 1;\nconst b = 2;' })]))
    expect(comments[0]!.body).toContain('```\nconst a = 1;\nconst b = 2;\n```')
  })

  test('low ones, nits and those without a place are folded into the body; unverified grave ones stand open in it', () => {
    const inBody = { verdict: 'posted' as const, because: 'x', shown: 'body' as const }
    const { body, comments } = wanted(
      factsOf([
        judgedOf({ severity: 'low', title: 'A low one', verdict: inBody }),
        judgedOf({ severity: 'nit', title: 'A nit', verdict: inBody }),
        judgedOf({
          severity: 'critical',
          title: 'A grave one',
          verification: { state: 'unverified', because: 'No answer.', cited: [] },
          verdict: { verdict: 'unverified', because: 'No answer.', shown: 'body' },
        }),
      ]),
    )
    expect(comments).toEqual([])
    expect(body).toMatch(/<details><summary>Less pressing.*\(1\)<\/summary>\n\n- \*\*Low\*\* · A low one/)
    expect(body).toMatch(/<details><summary>Nits \(1\)<\/summary>/)
    expect(body).toMatch(/\*\*Not verified: judge for yourself\*\*\n\n- \*\*Critical\*\* · A grave one/)
  })

  test('the body names coverage, cost and notes, and that a model was rehearsed', () => {
    const { body } = wanted(
      factsOf([judgedOf()], { notes: ['`REVIEW.md` was changed by this pull; the old one applied.'], rehearsed: true }),
    )
    for (const part of [
      'In scope: 1 of 2 changed files, 1 skipped by rule',
      '`abc1234`',
      '$0.12',
      '7 model calls',
      '1 min 5 s',
      'the old one applied',
      '**Rehearsed.**',
    ])
      expect(body).toContain(part)
  })

  test('what was refuted, held or suppressed is not posted', () => {
    const others = (['refuted', 'held', 'suppressed', 'unverified', 'merged into'] as const).map(verdict =>
      judgedOf({ verdict: { verdict, because: 'x', shown: 'check' } }),
    )
    expect(wanted(factsOf(others))).toMatchObject({ body: '', comments: [] })
  })
})

describe('what stands already', () => {
  test('is not posted again, and a review with nothing new is none', () => {
    const finding = judgedOf()
    expect(wanted(factsOf([finding]), standingOf({ key: finding.fingerprint }))).toMatchObject({
      body: '',
      comments: [],
      edits: [],
    })
  })

  test('a finding that an earlier body lists is not listed again', () => {
    const finding = judgedOf({ severity: 'low', verdict: { verdict: 'posted', because: 'x', shown: 'body' } })
    const first = wanted(factsOf([finding]))
    const standing = { ...standingOf(), reviews: [{ id: 1, key: 'run-1', body: first.body, head: 'x' }] }
    expect(wanted(factsOf([finding]), standing).body).toBe('')
  })

  test('only what is new is posted beside it', () => {
    const [old, fresh] = [judgedOf(), judgedOf({ title: 'Another' })]
    expect(wanted(factsOf([old, fresh]), standingOf({ key: old.fingerprint })).comments.map(one => one.key)).toEqual([
      fresh.fingerprint,
    ])
  })
})

describe('what is fixed', () => {
  test('is marked with the commit, what was found folded away, and its thread resolved', () => {
    const { edits, resolve, body } = wanted(
      factsOf(),
      standingOf({ key: 'gone', outdated: true, body: 'What was found.\n\n<!-- watchbill: key=gone -->' }),
    )
    expect(edits).toEqual([{ commentId: 1, body: expect.stringMatching(/^\*\*Fixed in abc1234\.\*\*/) }])
    expect(edits[0]!.body).toContain('What was found.')
    expect(edits[0]!.body).not.toContain('<!--')
    expect(resolve).toEqual(['thread-1'])
    expect(body).toBe('')
  })

  test('is what a verifier now refutes, wherever it stands', () => {
    const finding = judgedOf({
      verification: { state: 'invalid', because: 'x', cited: [] },
      verdict: { verdict: 'refuted', because: 'x', shown: 'check' },
    })
    expect(wanted(factsOf([finding]), standingOf({ key: finding.fingerprint })).edits).toHaveLength(1)
  })

  const found = judgedOf({ title: 'The rate is wrong' })
  test.each([
    ['people answered', factsOf(), { answeredBy: [someone] }],
    ['people resolved it', factsOf(), { resolved: true }],
    ['its lines still stand', factsOf(), { outdated: false }],
    ['it is marked already', factsOf(), { body: '**Fixed in 1234567.** …' }],
    ['it carries no mark of ours', factsOf(), { key: undefined }],
    [
      'not everything was looked at',
      factsOf([], { complete: false, incompleteBecause: ['security was not sent.'] }),
      {},
    ],
    ['it is found again', factsOf([{ ...found, fingerprint: 'gone' }]), {}],
    ['it is found again in other lines', factsOf([found]), { body: '**High** · x\n\n**The rate is wrong**' }],
  ])('is nothing when %s', (_, facts, comment) => {
    expect(wanted(facts, standingOf({ key: 'gone', outdated: true, ...comment })).edits).toEqual([])
  })
})

describe('what comes back', () => {
  const fixedBody = '**Fixed in 1234567.** The lines this was about are gone.'

  test('is said again in its comment, which no longer calls it fixed', () => {
    const finding = judgedOf()
    const { edits, comments, fixed } = wanted(
      factsOf([finding]),
      standingOf({ key: finding.fingerprint, body: fixedBody, outdated: true, resolved: true }),
    )
    expect(edits).toEqual([{ commentId: 1, body: expect.stringMatching(/^\*\*Medium\*\*/) }])
    expect(edits[0]!.body).toContain('found again at `abc1234`')
    expect(comments).toEqual([])
    expect(fixed).toEqual([])
    const next = wanted(factsOf([finding]), standingOf({ key: finding.fingerprint, body: edits[0]!.body }))
    expect(next.edits).toEqual([])
  })

  test('and is grave but not verified is listed, though the comment calls it fixed', () => {
    const finding = judgedOf({
      severity: 'high',
      verification: { state: 'unverified', because: 'No answer.', cited: [] },
      verdict: { verdict: 'unverified', because: 'No answer.', shown: 'body' },
    })
    const { body, edits } = wanted(factsOf([finding]), standingOf({ key: finding.fingerprint, body: fixedBody }))
    expect(body).toContain('The rate is wrong')
    expect(edits).toEqual([])
  })

  test('what is marked, now or earlier, is named for the store', () => {
    const standing = standingOf({ key: 'gone', outdated: true }, { key: 'marked', body: fixedBody })
    expect(wanted(factsOf(), standing).fixed.map(one => one.key)).toEqual(['marked', 'gone'])
  })
})

describe('a review that could not look at everything', () => {
  const partial = factsOf([], {
    complete: false,
    incompleteBecause: ['security did not finish: the budget was reached.'],
  })

  test('says so once on the pull, and again when a person asked', () => {
    expect(wanted(partial).body).toContain('Watchbill could not look at everything')
    expect(wanted(partial).body).toContain('the budget was reached')
    const later = { ...standingOf(), reviews: [{ id: 1, key: 'run-0', body: 'x', head: 'x' }] }
    expect(wanted(partial, later).body).toBe('')
    expect(wanted({ ...partial, run: { ...partial.run, asked: true } }, later).body).not.toBe('')
  })

  test('with nothing to look at says nothing on the pull', () => {
    expect(wanted(factsOf([], { plan: { ...plan, assignments: [] }, reports: [] })).body).toBe('')
  })
})
