// Every filter and trigger once open and once shut, with the sentence that says so.
import { describe, expect, it } from 'vitest'
import type { Pull } from '../../src/domain/event.ts'
import { matchRoutine, needsPaths } from '../../src/routines/index.ts'
import { event, find, load, noSettings, pull, routine, routineFile, settingsFile } from './samples.ts'

function meet(filters: string, change: Partial<Pull> = {}, paths?: string[]) {
  const one = routine(`on:\n  pull_request: {${filters}}`)
  return matchRoutine(one, event(), { pull: pull(change), paths, settings: noSettings })
}

const long = 'x'.repeat(5000)

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
  ['size: { min: 10 }', {}, { additions: 1, deletions: 1 }, 'size: 2 changed lines are fewer than 10.'],
  ['size: { max: 50 }', {}, { additions: 51, deletions: 0 }, 'size: 51 changed lines are more than 50.'],
]

describe('a filter', () => {
  it.each(gates)('%s lets through what it names, and says why it stops the rest', (filter, open, shut, sentence) => {
    expect(meet(filter, open)).toEqual({ matched: true, because: 'The pull request was opened.' })
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
    expect(needsPaths(routine('on:\n  pull_request: { paths: ["src/**"] }'))).toBe(true)
    expect(needsPaths(routine('on:\n  pull_request: {}'))).toBe(false)
  })

  it('that fails beside others is named beside them', () => {
    const { because } = meet('title: { is: x, contains: y }, fork: true', { draft: true })
    expect(because).toContain('draft: ')
    expect(because).toContain('fork: ')
    expect(because).toContain('is not "x".')
    expect(because).toContain('does not contain "y".')
  })

  it('with a dangerous expression takes linear time on hostile text', () => {
    const began = performance.now()
    expect(meet('title: { matches: "(x+x+)+y" }', { title: long }).matched).toBe(false)
    expect(performance.now() - began).toBeLessThan(1000)
  })
})

describe('a trigger', () => {
  const facts = { pull: pull(), paths: undefined, settings: noSettings }

  it('answers the types it names, and by default not an edit', () => {
    const one = routine('on:\n  pull_request: {}')
    expect(matchRoutine(one, event({ action: 'synchronize' }), facts).because).toBe('The pull request was pushed to.')
    expect(matchRoutine(one, event({ action: 'edited' }), facts).because).toBe(
      'The action is "edited"; it answers opened, reopened, ready_for_review, synchronize.',
    )
  })

  it('on a label answers that label alone', () => {
    const one = routine('on:\n  label: needs-review')
    const set = (label: string) => matchRoutine(one, event({ kind: 'label', action: 'labeled', label }), facts)
    expect(set('Needs-Review')).toEqual({ matched: true, because: 'The label "needs-review" was set.' })
    expect(set('bug').because).toBe('The label set is "bug", not "needs-review".')
    expect(matchRoutine(one, event(), facts).because).toBe('It does not answer pull requests by itself.')
  })

  it('on a comment answers its word alone', () => {
    const one = routine('on:\n  comment: review')
    const say = (word: string) =>
      matchRoutine(
        one,
        event({ kind: 'comment', comment: { id: 1, kind: 'issue', body: '', command: { word, rest: '' } } }),
        facts,
      )
    expect(say('review').matched).toBe(true)
    expect(say('stop').because).toBe('The command is "stop", not "review".')
    expect(matchRoutine(routine('on:\n  label: x'), event({ kind: 'comment' }), facts).because).toBe(
      'It does not answer comments.',
    )
  })

  it('is not asked about what this app caused, nor of a routine that is off', () => {
    const one = routine('on:\n  pull_request: {}')
    expect(matchRoutine(one, event({ own: true }), facts).because).toBe('This app caused it itself.')
    const off = load([settingsFile('disable: [security-review]\n')])
    expect(matchRoutine(find(off, 'security-review'), event(), facts).because).toContain('`disable`')
    const broken = load([routineFile('mine', 'description: x\nagnets: [security]\non: { pull_request: {} }')])
    expect(matchRoutine(find(broken, 'mine'), event(), facts).because).toContain('did you mean `agents`?')
    expect(needsPaths(find(broken, 'mine'))).toBe(false)
  })
})
