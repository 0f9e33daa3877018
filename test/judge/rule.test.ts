// Findings about written rules: only with the rule quoted as it stands, for its own folder, on a line that the change brought.
import { describe, expect, test } from 'vitest'
import { scriptedModel } from '../../src/claude/index.ts'
import type { Finding } from '../../src/domain/finding.ts'
import type { Rule } from '../../src/domain/plan.ts'
import { judge } from '../../src/judge/index.ts'
import { codeReview } from '../agents/cast.ts'
import { changeOf, fileOf } from '../agents/change-of.ts'
import { checkoutOf, findingOf } from './findings.ts'
import { judging } from './judging.ts'

const lines = [' export function one() {', '-  return load()', '+  console.log(request.headers)', '   const old = any']
const change = changeOf(fileOf('src/api/a.ts', lines), fileOf('web/b.ts', lines))
const text = 'export function one() {\n  console.log(request.headers)\n  const old = any\n'
const rules: Rule[] = [
  { path: 'CLAUDE.md', from: 'main', text: '# Rules\n\n- Never log request\n  headers.\n- Run `make all` to build.\n' },
  { path: 'src/api/CLAUDE.md', from: 'main', text: 'Every handler names its caller.\n' },
]
const rule = { file: 'CLAUDE.md', quote: 'Never log request headers.', state: 'broken' as const }
const broken = (more: Partial<Finding> = {}) =>
  findingOf('repository-rules-f1', {
    file: 'src/api/a.ts',
    quote: '  console.log(request.headers)',
    category: 'rules',
    severity: 'medium',
    rule,
    ...more,
  })

async function judged(...findings: Finding[]) {
  const asked: string[] = []
  const all = await judge(
    judging({
      findings,
      change,
      checkout: checkoutOf({ 'src/api/a.ts': text, 'web/b.ts': text }),
      routines: [codeReview],
      rules,
      model: scriptedModel((conversation, turn) => {
        if (turn > 0) return { text: 'Done.' }
        asked.push(conversation.brief)
        const cited = [{ path: 'src/api/a.ts', text: 'console.log(request.headers)' }]
        return { calls: [{ name: 'report_verdict', input: { verdict: 'VALID', because: 'It does.', cited } }] }
      }),
    }),
  )
  return { all, first: all[0]!, asked }
}

describe('a broken rule', () => {
  test('that stands as quoted, on a line of the change, is verified with the rule in sight and posted', async () => {
    const { first, asked } = await judged(broken())
    expect(first.verdict).toMatchObject({ verdict: 'posted', shown: 'inline' })
    expect(asked).toHaveLength(1)
    expect(asked[0]).toContain('Never log request headers.')
  })

  const held: [string, Partial<Finding>, RegExp][] = [
    ['without a rule', { rule: undefined }, /quotes none/],
    ['of a rule that nobody wrote', { rule: { ...rule, quote: 'Never log anything at all.' } }, /does not stand there/],
    ['of a few letters', { rule: { ...rule, quote: 'Rules' } }, /too short/],
    ['of a file that holds nothing here', { rule: { ...rule, file: 'docs/CLAUDE.md' } }, /no such file of rules/],
    ['by a word that is no path', { rule: { ...rule, file: '../../etc/passwd' } }, /no such file of rules/],
    [
      'of another folder',
      {
        file: 'web/b.ts',
        rule: { file: 'src/api/CLAUDE.md', quote: 'Every handler names its caller.', state: 'broken' },
      },
      /lies elsewhere/,
    ],
    ['that was there before', { origin: 'pre_existing' }, /there before/],
    ['on a line that only stands beside', { quote: '  const old = any' }, /did not bring the line/],
    ['on no line', { quote: 'nothing like it' }, /did not bring the line/],
  ]
  test.each(held)('%s is held with its reason, and nobody is paid to verify it', async (_, more, why) => {
    const { first, asked } = await judged(broken(more))
    expect(first.verdict).toMatchObject({ verdict: 'held', shown: 'check', because: expect.stringMatching(why) })
    expect(asked).toEqual([])
  })

  test('is more than that where another lens found a defect there too', async () => {
    const same = { title: 'Headers are logged', claim: 'The headers of the request are logged with the token in them.' }
    const { all } = await judged(
      broken({ ...same, rule: undefined }),
      broken({ ...same, id: 'security-f1', agents: ['correctness'], rule: undefined, category: 'correctness' }),
    )
    expect(all.map(one => one.verdict.verdict).toSorted()).toEqual(['merged into', 'posted'])
  })

  test('of the lens that also looks at tests is one where it says so; its tests are not', async () => {
    const tests = broken({ agents: ['rules-and-tests'], rule: undefined, category: 'tests' })
    expect((await judged(tests)).first.verdict.verdict).toBe('posted')
    expect((await judged({ ...tests, category: 'rules' })).first.verdict.verdict).toBe('held')
  })
})

test('a statement that the change makes untrue is pointed out on the changed line, wherever its file lies', async () => {
  const untrue = { file: 'src/api/CLAUDE.md', quote: 'Every handler names its caller.', state: 'untrue' as const }
  const { first } = await judged(broken({ file: 'web/b.ts', severity: 'nit', rule: untrue }))
  expect(first).toMatchObject({ verdict: { verdict: 'held', because: expect.stringContaining('floor') } })
  const { first: low } = await judged(broken({ file: 'web/b.ts', severity: 'low', rule: untrue }))
  expect(low).toMatchObject({ placement: { at: 'line', line: 2 }, verdict: { verdict: 'posted', shown: 'body' } })
})
