// Earlier findings that nobody reported again: what code can tell is told by code, the rest is asked, and what stands is carried on.
import { describe, expect, test } from 'vitest'
import { type ScriptedTurn, scriptedModel } from '../../src/claude/index.ts'
import type { Change, Since } from '../../src/domain/change.ts'
import type { Conversation } from '../../src/domain/conversation.ts'
import type { Placement } from '../../src/domain/finding.ts'
import type { StoredFinding } from '../../src/domain/store.ts'
import { judge, recheck } from '../../src/judge/index.ts'
import { renderCheck } from '../../src/publish/index.ts'
import { unsettled } from '../../src/runs/ending/coverage.ts'
import { codeReview } from '../agents/cast.ts'
import { changeOf, fileOf } from '../agents/change-of.ts'
import { factsOf, judgedOf } from '../publish/facts-of.ts'
import { checkoutOf, findingOf, stored } from './findings.ts'
import { judging } from './judging.ts'

const change = changeOf(fileOf('src/a.ts', [' const kept = 1', '-const removed = 2', '+const added = 3']))
const text = 'const kept = 1\nconst added = 3\nconst far = 9'
const routines = [codeReview]
const at = (side: 'LEFT' | 'RIGHT', path = 'src/a.ts'): Placement => ({
  at: 'line',
  path,
  side,
  line: 2,
  how: 'exact',
  because: 'x',
})
const about = (quote: string, more: Partial<StoredFinding> = {}) =>
  stored(judgedOf({ quote, placement: at('RIGHT') }), more)
/** Nothing of it lies in the way of `src/a.ts`. */
const elsewhere: Since = {
  commit: 'c'.repeat(40),
  ancestor: true,
  change: changeOf(fileOf('src/b.ts', ['+const b = 1'])),
}
const here: Since = {
  ...elsewhere,
  change: changeOf(fileOf('src/a.ts', [' const kept = 1', '-const was = 5', '+const added = 3'])),
}

const says =
  (verdict: string, cited = 'const added = 3') =>
  (_: Conversation, turn: number): ScriptedTurn =>
    turn > 0
      ? { text: 'Done.' }
      : {
          calls: [
            {
              name: 'report_verdict',
              input: { verdict, because: `It is ${verdict}.`, cited: [{ path: 'src/a.ts', text: cited }] },
            },
          ],
        }

function input(
  earlier: StoredFinding[],
  more: { since?: Since | undefined; change?: Change; script?: Parameters<typeof scriptedModel>[0] } = {},
) {
  const asked: Conversation[] = []
  const script = more.script ?? says('INVALID')
  const given = judging({
    change: more.change ?? change,
    checkout: { ...checkoutOf({ 'src/a.ts': text }), hides: (path: string) => path === 'src/private.ts' },
    routines,
    model: scriptedModel((conversation, turn) => {
      if (turn === 0) asked.push(conversation)
      return script(conversation, turn)
    }),
    earlier,
    firstReview: false,
    since: 'since' in more ? more.since : elsewhere,
    goesOn: true,
  })
  return { given, asked }
}

async function checked(earlier: StoredFinding[], more: Parameters<typeof input>[1] = {}, judged = [judgedOf()]) {
  const { given, asked } = input(earlier, more)
  const { rechecked, judged: carried } = await recheck({ ...given, judged })
  return {
    became: rechecked.map(one => one.became),
    rechecked,
    carried,
    asked: asked.map(one => one.name),
    heard: asked,
  }
}

test('whoever is asked again is told the rules as whoever was asked at first: each with the folder that it holds for', async () => {
  const { given, asked } = input([about('const was = 5')], { since: here })
  const rule = { path: 'src/api/CLAUDE.md', from: 'main', text: 'Quote all names.' }
  await recheck({ ...given, rules: [rule], judged: [] })
  expect(asked[0]?.system).toContain('## src/api/CLAUDE.md (main), for what is in src/api/\n\nQuote all names.')
})

describe('code tells by itself, and nobody is asked', () => {
  test.each([
    ['lines of the change', about('const added = 3')],
    ['lines far from it', about('const far = 9')],
    ['removed lines, of which it was said so', about('const removed = 2', { placement: at('LEFT') })],
    ['lines whose quote is forgotten', about('')],
    ['the name of a file', about('src/a.ts', { placement: { at: 'file', path: 'src/a.ts', because: 'x' } })],
    ['a file that is private now', about('gone', { placement: at('RIGHT', 'src/private.ts') })],
  ])('that %s stand as they did', async (_, finding) => {
    const { became, carried, asked } = await checked([finding])
    expect([became, asked]).toEqual([['unchanged'], []])
    expect(carried).toMatchObject([
      {
        fingerprint: finding.fingerprint,
        id: `earlier-${finding.fingerprint.slice(0, 12)}`,
        verdict: { verdict: 'posted' },
      },
    ])
  })

  test('that a file is no part of the pull any more: stale', async () => {
    const finding = about('const b = 1', { placement: at('RIGHT', 'src/b.ts') })
    const { rechecked, carried, asked } = await checked([finding])
    expect(rechecked).toMatchObject([
      { became: 'stale', because: expect.stringContaining('not changed by this pull request') },
    ])
    expect([carried, asked]).toEqual([[], []])
  })

  test('that a file was deleted: fixed', async () => {
    const deleted = changeOf({ ...fileOf('src/b.ts', ['-const b = 1']), status: 'deleted' })
    const finding = about('const b = 1', { placement: at('RIGHT', 'src/b.ts') })
    expect((await checked([finding], { change: deleted })).rechecked).toMatchObject([
      { became: 'fixed', because: 'Its file was deleted in aaaaaaa.' },
    ])
  })

  test('that it has not to be told again: of what was never open, is settled, or was found again', async () => {
    const merged = about('x', { verdict: { verdict: 'merged into', because: 'x', shown: 'no' } })
    const found = about('const was = 5')
    const all = [about('x', { state: 'fixed' }), about('x', { state: 'dismissed' }), merged, found]
    const { rechecked, carried } = await checked(all, {}, [judgedOf({ fingerprint: found.fingerprint })])
    expect([rechecked, carried]).toEqual([[], []])
  })

  test('that a weakness which somebody dismissed stays on the checks, whatever came near it; all else that is dismissed does not', async () => {
    const dismissed = { state: 'dismissed' as const, stateBecause: 'dismissed by olive: by design', security: true }
    const weakness = about('const added = 3', { ...dismissed, outOfGate: true, agents: ['paths'] })
    for (const since of [elsewhere, here]) {
      const { carried, asked } = await checked([weakness], { since })
      const [one] = carried
      expect([asked, one?.fingerprint, one?.routines]).toEqual([[], weakness.fingerprint, weakness.routines])
      expect(one?.verdict).toMatchObject({ verdict: 'suppressed', shown: 'check' })
      expect(one?.verdict.because).toContain('dismissed by olive: by design')
      const check = renderCheck({ ...factsOf(carried), routine: codeReview, checkName: 'watchbill: code-review' })
      expect(check.text).toContain('### Dismissed earlier')
      expect(check.summary).toContain('dismissed by olive: by design')
      // As that review stored it, the next one knows it again.
      const next = await checked([stored(one!, { ...dismissed, outOfGate: true })], { since })
      expect(next.carried.map(({ fingerprint }) => fingerprint)).toEqual([weakness.fingerprint])
    }
    const near = await checked([weakness], { since: here })
    expect(near.rechecked[0]?.because).toContain('Nobody was asked whether it still holds, since it is dismissed.')
    const others = [
      about('const added = 3', { ...dismissed, outOfGate: true, security: false }),
      about('const added = 3', { ...dismissed, outOfGate: true, routines: ['paths-review'] }),
      about('const added = 3', { ...dismissed, elsewhere: 'A sweep has it.', outOfGate: true }),
    ]
    expect((await checked(others)).carried).toEqual([])
  })

  test('and one that was refuted where it stands is over, a nit too only by lines that stand there', async () => {
    const finding = about('const added = 3', { severity: 'nit' })
    const verdict = { verdict: 'refuted' as const, because: 'x', shown: 'check' as const }
    const by = (cited: { path: string; text: string }[]) =>
      judgedOf({
        fingerprint: finding.fingerprint,
        verification: { state: 'invalid', because: 'rates.ts says 4.', cited },
        verdict,
      })
    const shown = await checked([finding], {}, [by([{ path: 'src/a.ts', text: 'const far = 9' }])])
    expect(shown.rechecked).toMatchObject([
      { became: 'fixed', because: 'A verifier refutes it at aaaaaaa: rates.ts says 4.' },
    ])
    const said = await checked([finding], {}, [by([])])
    expect([said.became, said.carried.map(one => one.fingerprint)]).toEqual([['not settled'], [finding.fingerprint]])
  })
})

describe('a verifier is asked', () => {
  test.each([
    ['whose lines are gone', about('const was = 5'), { since: here }],
    ['whose lines are gone, and what came since is unknown', about('const was = 5'), { since: undefined }],
    [
      'around which something changed',
      about('const kept = 1', { placement: { ...at('RIGHT'), line: 1 } as Placement }),
      { since: here },
    ],
    [
      'that no verifier has settled',
      about('const far = 9', { verdict: { verdict: 'unverified', because: 'x', shown: 'check' } }),
      {},
    ],
    [
      'that a line elsewhere decided, which is gone',
      about('const far = 9', {
        verification: { state: 'valid', because: 'x', cited: [{ path: 'src/b.ts', text: 'const gone = 1' }] },
      }),
      {},
    ],
  ])('about one %s', async (_, finding, more) => {
    const { asked, rechecked, carried } = await checked([finding], more)
    expect(asked).toEqual([`verify earlier-${finding.fingerprint.slice(0, 12)}`])
    expect(rechecked).toMatchObject([{ became: 'fixed', because: expect.stringMatching(/It is INVALID\.$/) }])
    expect(carried).toEqual([])
  })

  test('with the claim as it was made, and what was pushed since', async () => {
    const { heard } = await checked([about('const was = 5')], { since: here })
    expect(heard[0]?.brief).toMatch(/^Found earlier at src\/a\.ts:2/)
    expect(heard[0]?.brief).toContain('- const was = 5')
  })

  test('and of a security finding it is told what mended it, not only how the panel voted', async () => {
    const { rechecked } = await checked([about('const was = 5', { security: true })], { since: here })
    expect(rechecked).toMatchObject([{ became: 'fixed', because: expect.stringMatching(/panel.* It is INVALID\.$/) }])
  })

  test('and where it still holds it stands, where its code is now', async () => {
    const finding = about('const was = 5', { where: 'inline', commentId: 7 })
    const { rechecked, carried } = await checked([finding], { since: here, script: says('VALID') })
    expect(rechecked).toMatchObject([{ became: 'moved', placement: { path: 'src/a.ts', line: 2 } }])
    expect(carried).toMatchObject([{ fingerprint: finding.fingerprint, quote: 'const added = 3', stood: true }])
  })

  test('and where nobody can tell it stays open, as sure as it was; no answer is said', async () => {
    const finding = about('const was = 5')
    const unclear = await checked([finding], { since: here, script: says('AMBIGUOUS') })
    expect([unclear.became, unclear.rechecked[0]?.unanswered]).toEqual([['not settled'], undefined])
    expect(unclear.carried).toMatchObject([{ verification: { state: 'valid' } }])
    const silent = await checked([finding], { since: here, script: () => ({ text: 'Hm.' }) })
    expect(silent.rechecked).toMatchObject([{ became: 'not settled', unanswered: true }])
  })
})

describe('in a review that goes on', () => {
  const quote = 'const far = 9'
  const again = findingOf('correctness-f1', {
    quote,
    title: 'The rate is wrong',
    claim: 'For exports, the rate is 3 where it has to be 4.',
  })

  test('what is reported again, and has not changed, keeps its verification: nobody is asked twice', async () => {
    const { given, asked } = input([about(quote)])
    const [one] = await judge({ ...given, findings: [again] })
    expect(one).toMatchObject({ verification: { because: 'rates.ts says 4.' }, verdict: { verdict: 'posted' } })
    expect(asked).toEqual([])
  })

  test('it is asked about anew when all is reviewed again', async () => {
    const { given, asked } = input([about(quote)])
    await judge({ ...given, goesOn: false, findings: [again] })
    expect(asked.map(one => one.name)).toEqual(['verify correctness-f1'])
  })

  test('nits, and what is low on lines that were reviewed, are held back unasked; low on lines that came since is not', async () => {
    const low = findingOf('a-f1', { quote: 'const far = 9', severity: 'low' })
    const claim = 'Quite another thing.'
    const fresh = findingOf('b-f1', { quote: 'const added = 3', severity: 'low', title: 'Another', claim })
    const nit = findingOf('c-f1', { quote: 'const kept = 1', severity: 'nit', title: 'A name', claim: 'It misleads.' })
    const { given, asked } = input([], { since: here, script: says('VALID') })
    const all = [{ ...codeReview, severity: { ...codeReview.severity, floor: 'nit' as const } }]
    const judged = await judge({ ...given, routines: all, findings: [low, fresh, nit] })
    const shown = Object.fromEntries(judged.map(one => [one.id, `${one.verdict.verdict}, ${one.verdict.shown}`]))
    expect(shown).toEqual({ 'a-f1': 'held, check', 'b-f1': 'posted, body', 'c-f1': 'held, check' })
    expect(asked.map(one => one.name)).toEqual(['verify b-f1'])
    // Nobody was asked, so nobody failed to answer: such a review is complete.
    expect(unsettled(judged)).toEqual([])
  })

  test.each([
    [true, 'suppressed', undefined],
    [false, 'posted', ['verify correctness-f1']],
  ])('what was dismissed is asked about in other words: the same is %s', async (same, verdict, others) => {
    const dismissed = about('const added = 3', { state: 'dismissed', stateBecause: 'dismissed by ada: no' })
    const words = findingOf('correctness-f1', {
      quote: 'const kept = 1',
      title: 'Quite other talk',
      claim: 'Nothing of it is like before.',
    })
    const script = (conversation: Conversation, turn: number): ScriptedTurn =>
      conversation.name.startsWith('same ')
        ? { calls: [{ name: 'report_same', input: { same, because: 'x' } }] }
        : says('VALID')(conversation, turn)
    const { given, asked } = input([dismissed], { script })
    const [one] = await judge({ ...given, findings: [words] })
    expect(one?.verdict.verdict).toBe(verdict)
    expect(asked.map(one => one.name).filter(name => !name.startsWith('same '))).toEqual(others ?? [])
  })

  test('what stood there before and a sweep has on record is not raised twice', async () => {
    const record = about(quote, { number: 0, runId: 'sweep-1' })
    const { given } = input([], { script: says('VALID') })
    const before = { ...again, origin: 'pre_existing' as const }
    const [one] = await judge({ ...given, elsewhere: [record], findings: [before] })
    expect(one).toMatchObject({ verdict: { verdict: 'suppressed' }, elsewhere: expect.stringContaining('sweep-1') })
    const [mine] = await judge({ ...given, elsewhere: [record], findings: [again] })
    expect(mine?.verdict.verdict).toBe('posted')
  })
})
