// Every filter on pull requests once open and once shut, with the sentence that says so.
import { describe, expect, it } from 'vitest'
import type { Pull } from '../../src/domain/event.ts'
import { matchRoutine } from '../../src/routines/index.ts'
import { event, noSettings, pull, routine } from './samples.ts'

function meet(filters: string, change: Partial<Pull> = {}, paths?: string[]) {
  const one = routine(`on:\n  pull_request: {${filters}}`)
  return matchRoutine(one, event({ action: filters.includes('closed') ? 'closed' : 'opened' }), {
    pull: pull(change),
    paths,
    settings: noSettings,
  })
}

/** Filter, what it lets through, what it stops, the sentence. */
const gates: [filter: string, open: Partial<Pull>, shut: Partial<Pull>, sentence: string][] = [
  ['title: { is: Add refunds }', {}, { title: 'Add' }, 'title: "Add" is not "Add refunds".'],
  ['title: { is_not: WIP }', {}, { title: 'WIP' }, 'title: "WIP" is what `is_not` rules out.'],
  [
    'base: { one_of: [main, next] }',
    {},
    { base: { ref: 'old', sha: '' } },
    'base: "old" is not one of "main", "next".',
  ],
  [
    'head: { not_one_of: [gh-pages] }',
    {},
    { head: { ref: 'gh-pages', sha: '' } },
    'head: "gh-pages" is one of those that `not_one_of` rules out.',
  ],
  ['body: { contains: "Closes #" }', {}, { body: '' }, 'body: "" does not contain "Closes #".'],
  ['title: { starts_with: Add }', {}, { title: 'Fix' }, 'title: "Fix" does not start with "Add".'],
  [
    'title: { matches: "(Add|Fix) .*" }',
    {},
    { title: 'Re-Add it' },
    'title: "Re-Add it" does not match `(Add|Fix) .*` as a whole.',
  ],
  ['author: { is: ADA }', {}, { author: { id: 4, login: 'bob', type: 'User' } }, 'author: "bob" is not "ADA".'],
  ['labels: { any: [bug, risk] }', { labels: ['Risk'] }, {}, 'labels: it carries none of "bug", "risk".'],
  ['labels: { all: [a, b] }', { labels: ['a', 'b'] }, { labels: ['a'] }, 'labels: it lacks "b".'],
  ['labels: { none: [skip] }', {}, { labels: ['skip'] }, 'labels: it carries "skip", which `none` rules out.'],
  [
    'branches: ["release/**"]',
    { base: { ref: 'release/1/2', sha: '' } },
    {},
    'branches: "main" matches none of release/**.',
  ],
  ['', {}, { draft: true }, 'draft: the pull request is a draft, and `draft: true` is not set.'],
  ['fork: true', { fork: true }, {}, 'fork: the pull request does not come from a fork, and `fork: true` is set.'],
  ['fork: false', {}, { fork: true }, 'fork: the pull request comes from a fork, and `fork: false` is set.'],
  [
    'types: [closed], merged: true',
    { merged: true },
    {},
    'merged: the pull request is not merged, and `merged: true` is set.',
  ],
  [
    'types: [closed], merged: false',
    {},
    { merged: true },
    'merged: the pull request is merged, and `merged: false` is set.',
  ],
  ['size: { min: 10 }', {}, { additions: 1, deletions: 1 }, 'size: 2 changed lines are fewer than 10.'],
  ['size: { max: 50 }', {}, { additions: 51, deletions: 0 }, 'size: 51 changed lines are more than 50.'],
]

describe('a filter', () => {
  it.each(gates)('%s lets through what it names, and says why it stops the rest', (filter, open, shut, sentence) => {
    const happened = `The pull request was ${filter.includes('closed') ? 'closed' : 'opened'}.`
    expect(meet(filter, open)).toEqual({ matched: true, because: happened })
    expect(meet(filter, shut)).toEqual({ matched: false, because: sentence })
  })

  it('on drafts can be opened', () => {
    expect(meet('draft: true', { draft: true }).matched).toBe(true)
  })

  it('on paths asks whether any changed file is picked', () => {
    const paths = ['docs/a.md', '.github/workflows/ci.yml', 'src/gen/x.ts']
    expect(meet('paths: ["**/*.yml"]', {}, paths).matched).toBe(true)
    expect(meet('paths: ["src/**", "!src/gen/**"]', {}, paths).because).toBe(
      'paths: none of the 3 changed files matches src/**, !src/gen/**.',
    )
    expect(meet('paths: ["!docs/**"]', {}, ['docs/a.md']).matched).toBe(false)
    expect(meet('paths: ["!docs/**"]', {}, ['docs/a.md', 'b.ts']).matched).toBe(true)
  })

  it('on paths lets the event pass while the paths are not known, and says so', () => {
    expect(meet('paths: ["src/**"]').because).toContain('The changed paths are not known')
  })

  it('on paths is not asked where they are too long to be compared, and says so', () => {
    const paths = Array.from({ length: 2000 }, (_, at) => `docs/${'x'.repeat(250)}${at}`)
    expect(meet('paths: ["src/**"]', {}, paths).because).toBe(
      'The pull request was opened. The changed paths are too long to be compared, so `paths` was not asked.',
    )
    expect(meet('paths: ["src/**"]', {}, paths.slice(0, 1900)).matched).toBe(false)
  })

  it('on the size lets the event pass while nobody knows it, and says so', () => {
    const { additions: _, deletions: __, ...rest } = pull()
    const one = routine('on:\n  pull_request: { size: { max: 1 } }')
    expect(matchRoutine(one, event(), { pull: rest, paths: undefined, settings: noSettings }).because).toBe(
      'The pull request was opened. Its size is not known, so `size` was not asked.',
    )
  })

  it('that fails beside others is named beside them', () => {
    const { because } = meet('title: { one_of: [xy], contains: y }, fork: true', { draft: true })
    expect(because).toContain('draft: ')
    expect(because).toContain('fork: ')
    expect(because).toContain('is not one of "xy".')
    expect(because).toContain('does not contain "y".')
  })

  it('with an expression is not asked of a text too long for it, and says so', () => {
    const body = 'x'.repeat(60_000)
    expect(meet('body: { matches: "(a|b){0,100}" }', { body }).because).toMatch(
      /^body: "x{60}…" has 60000 characters, too many to hold against an expression as large as `\(a\|b\)\{0,100\}`\.$/,
    )
    expect(meet('body: { matches: "x*" }', { body }).matched).toBe(true)
  })
})
