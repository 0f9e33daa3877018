// The wanted review: what is new is posted once, what is fixed is marked, and a clean complete review says nothing.
import { describe, expect, test } from 'vitest'
import type { Rechecked } from '../../src/domain/plan.ts'
import { gaps } from '../../src/publish/facts.ts'
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
    for (const less of ['@watchbill quiet', 'inline: high']) expect(body.split('\n\n').at(-1)).toContain(less)
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
    expect(edits).toEqual([{ commentId: 1, body: expect.stringMatching(/^\*\*Fixed in `abc1234`\.\*\* /) }])
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
  const fixedBody = '**Fixed in 1234567.** The lines this was about are gone.\n\n<details>What was found.</details>'
  const back = /Marked as fixed earlier, came back in `abc1234`/

  test('is said again in its comment, where that is still seen', () => {
    const finding = judgedOf()
    const { edits, comments, body, fixed } = wanted(
      factsOf([finding]),
      standingOf({ key: finding.fingerprint, body: fixedBody }),
    )
    expect(edits).toEqual([{ commentId: 1, body: expect.stringMatching(/^\*\*Medium\*\*/) }])
    expect(edits[0]!.body).toMatch(back)
    expect([comments, body, fixed]).toEqual([[], '', []])
    const next = wanted(factsOf([finding]), standingOf({ key: finding.fingerprint, body: edits[0]!.body }))
    expect(next.edits).toEqual([])
  })

  test.each([
    ['its thread is resolved', { resolved: true }],
    ['its lines are no longer shown', { outdated: true }],
  ])('is said anew when %s, and the old comment makes room', (_, state) => {
    const finding = judgedOf()
    const old = { key: finding.fingerprint, body: fixedBody, ...state }
    const { edits, comments, body, fixed } = wanted(factsOf([finding]), standingOf(old))
    expect(comments).toMatchObject([{ key: finding.fingerprint, body: expect.stringMatching(back) }])
    expect(body).toContain('Watchbill found 1 medium')
    expect(edits).toEqual([
      {
        commentId: 1,
        body: expect.stringMatching(
          /^\*\*Fixed in 1234567\.\*\* It came back in `abc1234`, and is said again there\.\n/,
        ),
        key: `${finding.fingerprint}.until-abc1234`,
      },
    ])
    expect(edits[0]!.body).toContain('What was found.')
    expect(fixed).toEqual([])
    const next = wanted(
      factsOf([finding]),
      standingOf({ ...old, ...edits[0] }, { key: finding.fingerprint, body: comments[0]!.body }),
    )
    expect(next).toMatchObject({ edits: [], comments: [], body: '', fixed: [] })
  })

  test('on a pull that is to be quiet is said in its old comment alone', () => {
    const finding = judgedOf()
    const standing = standingOf({ key: finding.fingerprint, body: fixedBody, outdated: true })
    const { edits, comments, body } = wanted(factsOf([finding], { quiet: true }), standing)
    expect(edits).toEqual([{ commentId: 1, body: expect.stringMatching(back) }])
    expect([comments, body]).toEqual([[], ''])
  })

  test('and has no room for a comment is listed, and its old comment says that it came back', () => {
    const finding = judgedOf({ verdict: { verdict: 'posted', because: 'x', shown: 'body' } })
    const { edits, comments, body } = wanted(
      factsOf([finding]),
      standingOf({ key: finding.fingerprint, body: fixedBody, outdated: true }),
    )
    expect(body).toMatch(new RegExp(`The rate is wrong.*${back.source}`))
    expect(edits[0]).toMatchObject({ body: expect.stringContaining('It came back in `abc1234`') })
    expect(comments).toEqual([])
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

  describe('and was only listed', () => {
    const finding = judgedOf({ severity: 'low', verdict: { verdict: 'posted', because: 'x', shown: 'body' } })
    const reviews = [{ id: 1, key: 'run-0', body: wanted(factsOf([finding])).body, head: 'c'.repeat(40) }]

    test('is listed again, once it had been mended', () => {
      const { body } = wanted(factsOf([{ ...finding, returned: true }]), { ...standingOf(), reviews })
      expect(body).toMatch(new RegExp(`The rate is wrong.*${back.source}`))
    })

    test('is not, when it never was', () => {
      expect(wanted(factsOf([finding]), { ...standingOf(), reviews }).body).toBe('')
    })
  })

  describe('and stood in the text of a review, since GitHub took no comment', () => {
    const finding = judgedOf()
    const reviews = [{ id: 1, key: 'run-0', body: `x\n\n<!-- watchbill: key=${finding.fingerprint} -->`, head: 'x' }]

    test('stands there: no review is made for it again', () => {
      expect(wanted(factsOf([finding]), { ...standingOf(), reviews })).toMatchObject({ body: '', comments: [] })
    })

    test('is listed in the next one, once it had been mended', () => {
      const { body, comments } = wanted(factsOf([{ ...finding, returned: true }]), { ...standingOf(), reviews })
      expect(body).toMatch(new RegExp(`The rate is wrong.*${back.source}`))
      expect(comments).toEqual([])
    })
  })
})

describe('what the store is told of as fixed', () => {
  const because = 'The guard came in.'
  const partial = { complete: false, incompleteBecause: ['security was not sent.'] }
  const keys = (...of: Parameters<typeof wanted>) => wanted(...of).fixed.map(one => one.key)

  test('is what is marked, now or earlier', () => {
    const fixedBody = '**Fixed in 1234567.** The lines this was about are gone.'
    const standing = standingOf({ key: 'gone', outdated: true }, { key: 'marked', body: fixedBody })
    expect(keys(factsOf(), standing)).toEqual(['marked', 'gone'])
  })

  test('is what has no comment of its own too, once it was checked again and is over', () => {
    const rechecked: Rechecked[] = [
      { fingerprint: 'folded', became: 'fixed', because },
      { fingerprint: 'elsewhere', became: 'stale', because: 'Its file is not changed any more.' },
      { fingerprint: 'standing', became: 'unchanged', because: 'Nothing changed.' },
    ]
    expect(wanted(factsOf([], { rechecked })).fixed).toEqual([
      { key: 'folded', because },
      { key: 'elsewhere', because: 'Its file is not changed any more.', state: 'stale' },
    ])
  })

  test('holds of what a verifier answered for, however incomplete the look was; not of what nobody found again', () => {
    const rechecked: Rechecked[] = [{ fingerprint: 'folded', became: 'fixed', because }]
    const standing = standingOf({ key: 'lost', outdated: true })
    expect(keys(factsOf([], { ...partial, rechecked }), standing)).toEqual(['folded'])
  })

  test('is a comment that people answered or resolved too: it is marked, and its thread is left to them', () => {
    const rechecked: Rechecked[] = [{ fingerprint: 'talked-about', became: 'fixed', because }]
    for (const more of [{ answeredBy: [someone] }, { resolved: true }]) {
      const { edits, resolve, fixed } = wanted(
        factsOf([], { rechecked }),
        standingOf({ key: 'talked-about', threadId: 'T', ...more }),
      )
      expect(edits).toMatchObject([{ body: expect.stringContaining('**Fixed in `abc1234`.** The guard came in.') }])
      expect([resolve, fixed.map(one => one.key)]).toEqual([[], ['talked-about']])
    }
  })

  test('is a comment on a file, whose lines GitHub does not follow', () => {
    const rechecked: Rechecked[] = [{ fingerprint: 'on-file', became: 'fixed', because }]
    const { edits, fixed, resolve } = wanted(
      factsOf([], { rechecked }),
      standingOf({ key: 'on-file', outdated: false, threadId: 'T' }),
    )
    expect(edits).toMatchObject([{ commentId: 1, body: expect.stringContaining('**Fixed in `abc1234`.**') }])
    expect([fixed.map(one => one.key), resolve]).toEqual([['on-file'], ['T']])
  })

  test('is not what the store has on record otherwise, though GitHub shows its lines no more', () => {
    const standing = standingOf({ key: 'dismissed', outdated: true })
    expect(wanted(factsOf([], { onRecord: ['dismissed'] }), standing)).toMatchObject({ edits: [], fixed: [] })
  })
})

describe('a finding of an earlier review that still holds', () => {
  const finding = judgedOf({ stood: true })

  test('is not said again, be its comment there or taken away', () => {
    for (const standing of [standingOf({ key: finding.fingerprint }), standingOf()])
      expect(wanted(factsOf([finding]), standing)).toMatchObject({ body: '', comments: [], edits: [] })
  })

  test('and moved keeps its comment, which says where it is now, once', () => {
    const placement = { ...finding.placement, line: 40 } as typeof finding.placement
    const rechecked: Rechecked[] = [
      { fingerprint: finding.fingerprint, became: 'moved', because: 'Still true.', placement },
    ]
    const facts = factsOf([{ ...finding, placement }], { rechecked })
    const { edits, comments } = wanted(facts, standingOf({ key: finding.fingerprint }))
    expect(comments).toEqual([])
    expect(edits).toEqual([
      { commentId: 1, body: '*Still true at `abc1234`, now at `src/a.ts:40`.*\n\nWhat was found.' },
    ])
    const [next] = wanted(facts, standingOf({ key: finding.fingerprint, body: edits[0]!.body })).edits
    expect(next?.body).toBe(edits[0]!.body)
  })
})

describe('how much was looked at', () => {
  const reviewed = {
    path: 'src/b.ts',
    coverage: 'reviewed' as const,
    because: 'unchanged since 1111111, reviewed there',
  }
  const going = { ...plan, since: '1'.repeat(40), manifest: [...plan.manifest, reviewed] }

  test('is said of a review that goes on, with the commit and what is unchanged since', () => {
    const { body } = wanted(factsOf([judgedOf()], { plan: going }))
    expect(body).toContain(
      'Goes on from `1111111`, the last commit that was reviewed completely. In scope: 1 of 3 changed files, 1 unchanged since `1111111`, reviewed there, 1 skipped by rule, at `abc1234`.',
    )
  })

  test('names the reason where all of it was looked at again', () => {
    const inFull = 'force-push; rules changed (REVIEW.md)'
    const { body } = wanted(factsOf([judgedOf()], { plan: { ...plan, inFull } }))
    expect(body).toContain('Reviewed in full: force-push; rules changed (REVIEW.md).')
  })

  test('is everything, where nothing that is looked at has changed since', () => {
    const facts = factsOf([], { plan: { ...going, assignments: [], manifest: [reviewed] }, reports: [] })
    expect(gaps(facts)).toEqual([])
    expect(wanted(facts).body).toBe('')
  })
})

describe('a review that could not look at everything', () => {
  const partial = factsOf([], {
    complete: false,
    incompleteBecause: ['security did not finish: the budget was reached.'],
  })

  test('says so once on the pull, and again when a person asked', () => {
    expect(wanted(partial).body).toContain('Watchbill could not look at everything')
    expect(wanted(partial).body).not.toContain('@watchbill quiet')
    expect(wanted(partial).body).toContain('the budget was reached')
    const later = { ...standingOf(), reviews: [{ id: 1, key: 'run-0', body: 'x', head: 'x' }] }
    expect(wanted(partial, later).body).toBe('')
    expect(wanted({ ...partial, run: { ...partial.run, asked: true } }, later).body).not.toBe('')
  })

  test('with nothing to look at says nothing on the pull', () => {
    expect(wanted(factsOf([], { plan: { ...plan, assignments: [] }, reports: [] })).body).toBe('')
  })
})
