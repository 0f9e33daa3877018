// What is offered for committing: only beside a comment on its lines, where whoever verified agrees, and never two that meet.
import { describe, expect, test } from 'vitest'
import { scriptedModel } from '../../src/claude/index.ts'
import type { Finding, Judged } from '../../src/domain/finding.ts'
import type { StoredFinding } from '../../src/domain/store.ts'
import { judge } from '../../src/judge/index.ts'
import { asOffered } from '../../src/judge/suggest.ts'
import { renderComment } from '../../src/publish/comment.ts'
import { planPublication } from '../../src/publish/index.ts'
import { openParsing } from '../../src/scanners/index.ts'
import { factsOf, standingOf } from '../publish/facts-of.ts'
import { workspaces } from '../scanners/range.ts'
import { commitSuggestion, suggestionsIn } from '../simulators/github/suggestions.ts'
import { checkoutOf, findingOf, stored } from './findings.ts'
import { judging, longText } from './judging.ts'

const text = `${longText}\n`

type Replacement = 'fixes' | 'does not fix'

interface Asked {
  /** What each conversation answers for the replacement, in order. */
  answers?: (Replacement | undefined)[]
  earlier?: StoredFinding[]
  parsing?: boolean
}

async function judged(findings: Finding[], { answers = [], earlier = [], parsing = true }: Asked = {}) {
  const briefs: string[] = []
  const all = await judge(
    judging({
      findings,
      checkout: checkoutOf({ 'src/a.ts': text }),
      earlier,
      atOnce: 1,
      model: scriptedModel((conversation, turn) => {
        if (turn > 0) return { text: 'Done.' }
        const replacement = answers.length > 0 ? answers[briefs.length % answers.length] : 'fixes'
        briefs.push(conversation.brief)
        const cited = [{ path: 'src/a.ts', text: 'const value3 = 3' }]
        const input = { verdict: 'VALID', because: 'It does.', cited, ...(replacement && { replacement }) }
        return { calls: [{ name: 'report_verdict', input }] }
      }),
      ...(parsing && { parsing: openParsing(workspaces) }),
    }),
  )
  return { all, one: all[0]!, briefs }
}

/** Proposes other lines for those from `from` to `to`. */
function proposing(id: string, from: number, to: number, more: Partial<Finding> = {}): Finding {
  const lines = Array.from({ length: to - from + 1 }, (_, at) => `const value${from + at} = ${from + at}`)
  const fresh = lines.map(line => `${line} + 1`).join('\n')
  // Far enough apart in words that none is merged into another.
  const title = `${id} ${['alpha beta gamma', 'delta epsilon zeta', 'eta theta iota'][from % 3]}`
  const quote = lines.join('\n')
  return findingOf(id, {
    title,
    claim: `${title} kappa${from}`,
    quote,
    suggestion: { replaces: quote, with: fresh },
    ...more,
  })
}

const because = ({ suggested }: Judged) => suggested?.because
const states = (all: Judged[]) => Object.fromEntries(all.map(one => [one.id, one.suggested?.state]))

describe('a replacement that applies and parses', () => {
  test('is shown to whoever verifies, and offered where they agree: committed, it is what was tried', async () => {
    const { one, briefs } = await judged([proposing('correctness-f1', 3, 4)])
    expect(briefs[0]).toContain('Replacing lines 4 to 5')
    expect(briefs[0]).toContain('const value3 = 3 + 1\nconst value4 = 4 + 1')
    expect(one.suggested).toMatchObject({ state: 'committable', startLine: 4, line: 5 })
    const publication = planPublication({ ...factsOf([one]), standing: standingOf() })
    const [comment] = publication.comments
    const committed = commitSuggestion(Buffer.from(text), { ...comment!, line: comment!.line! }).toString()
    expect(committed).toBe(text.replace('value3 = 3\n', 'value3 = 3 + 1\n').replace('value4 = 4\n', 'value4 = 4 + 1\n'))
    expect(comment!.body).toContain('can be committed as it stands')
  })

  const refusals: [string, Asked, Partial<Finding>, RegExp][] = [
    ['they do not agree', { answers: ['does not fix'] }, {}, /does not agree/],
    ['they say nothing of it', { answers: [undefined] }, {}, /Nobody who verified/],
    [
      'one of a panel does not agree',
      { answers: ['fixes', 'fixes', 'does not fix'] },
      { security: true },
      /does not agree/,
    ],
    ['one of a panel says nothing', { answers: ['fixes', undefined, 'fixes'] }, { security: true }, /does not agree/],
    ['nothing can try it out', { parsing: false }, {}, /could try it out/],
    ['the finding is folded into the review', {}, { severity: 'low' }, /no comment on its lines/],
  ]
  test.each(refusals)('is not offered where %s; the comment shows it, and says why', async (_, asked, more, why) => {
    const { one } = await judged([proposing('correctness-f1', 3, 3, more)], asked)
    expect(one.verdict.verdict).toBe('posted')
    expect(one.suggested).toEqual({ state: 'refused', because: expect.stringMatching(why) })
    const body = renderComment(one, 'a'.repeat(40))
    expect(suggestionsIn(body)).toEqual([])
    expect(body).toContain('const value3 = 3 + 1')
    expect(body).toMatch(why)
  })

  test('that is refused by code is shown to nobody who verifies', async () => {
    const quote = 'const value3 = 3'
    const { one, briefs } = await judged([
      findingOf('correctness-f1', { suggestion: { replaces: quote, with: `${quote} (` } }),
    ])
    expect(briefs[0]).not.toContain('Replacing')
    expect(because(one)).toMatch(/does not parse/)
  })
})

describe('of two that meet', () => {
  test.each([
    ['on the same lines', 10, 12, 12, 14],
    ['right beside each other', 10, 11, 12, 14],
  ])('%s, the more important one is offered', async (_, a, b, c, d) => {
    const { all } = await judged([
      proposing('correctness-f1', a, b),
      proposing('contracts-f1', c, d, { severity: 'high', category: 'contracts' }),
      proposing('tests-f1', 100, 101, { category: 'tests' }),
    ])
    expect(states(all)).toEqual({
      'contracts-f1': 'committable',
      'correctness-f1': 'refused',
      'tests-f1': 'committable',
    })
    expect(because(all.find(one => one.id === 'correctness-f1')!)).toMatch(/Another suggestion/)
  })

  test('the one that stands on the pull stays', async () => {
    const { one } = await judged([proposing('correctness-f1', 10, 12)])
    const before = stored(
      {
        ...one,
        fingerprint: 'f'.repeat(64),
        quote: 'const value12 = 12',
        title: 'Old omega',
        claim: 'Old omega.',
        cwe: 'CWE-1',
      },
      { commentId: 7, where: 'inline' },
    )
    const { all } = await judged([proposing('contracts-f1', 13, 14, { category: 'contracts' })], { earlier: [before] })
    expect(states(all)).toEqual({ 'contracts-f1': 'refused' })
    const { all: apart } = await judged([proposing('contracts-f1', 14, 15, { category: 'contracts' })], {
      earlier: [before],
    })
    expect(states(apart)).toEqual({ 'contracts-f1': 'committable' })
    const carried = { ...before, ...asOffered(before) }
    const { all: later } = await judged([proposing('contracts-f1', 13, 14, { category: 'contracts' })], {
      earlier: [carried],
    })
    expect(states(later)).toEqual({ 'contracts-f1': 'refused' })
    expect(suggestionsIn(renderComment({ ...one, ...asOffered(one) }, 'a'.repeat(40)))).toEqual([])
  })
})

test('a comment that is marked as fixed offers nothing any more', async () => {
  const { one } = await judged([proposing('correctness-f1', 3, 3)])
  const standing = standingOf({ key: one.fingerprint, body: renderComment(one, 'a'.repeat(40)) })
  expect(suggestionsIn(standing.comments[0]!.body)).toHaveLength(1)
  const rechecked = [{ fingerprint: one.fingerprint, became: 'fixed' as const, because: 'It is gone.' }]
  const { edits } = planPublication({ ...factsOf([], { rechecked }), standing })
  expect(edits[0]?.body).toContain('const value3 = 3 + 1')
  expect(suggestionsIn(edits[0]!.body)).toEqual([])
})

describe('the path of a security claim', () => {
  const ends = (sink: string) => ({
    security: true,
    preconditions: 'Anybody who may sign in.',
    source: { file: 'src/a.ts', quote: 'const value1 = 1' },
    sink: { file: 'src/a.ts', quote: sink },
  })

  test('that stands as quoted is shown to the panel and to people', async () => {
    const { one, briefs } = await judged([findingOf('security-f1', ends('const value9  =  9'))])
    expect(briefs[0]).toContain('The source, in src/a.ts: const value1 = 1')
    expect(one.verdict.verdict).toBe('posted')
    const body = renderComment(one, 'a'.repeat(40))
    expect(body).toContain('**Path:** `const value1 = 1` (`src/a.ts`) → `const value9 = 9` (`src/a.ts`)')
    expect(body).toContain('**Needs:** Anybody who may sign in.')
  })

  test.each([
    ['stands nowhere', 'query(value)', /as the sink does not stand there/],
    ['is a bracket', '}', /too short/],
  ])('an end of which %s is held with that reason, and nobody is asked', async (_, sink, why) => {
    const { one, briefs } = await judged([findingOf('security-f1', ends(sink))])
    expect(briefs).toEqual([])
    expect(one.verdict).toMatchObject({ verdict: 'held', shown: 'check', because: expect.stringMatching(why) })
  })
})
