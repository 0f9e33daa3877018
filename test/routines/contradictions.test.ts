// What is said of a routine whose keys contradict each other, and that it is not said of one whose keys do not.
import { describe, expect, it } from 'vitest'
import { load, messages, routineFile } from './samples.ts'

function said(yaml: string): string[] {
  const { problems, notes } = load([routineFile('mine', `description: Mine\n${yaml}`)])
  const own = [...problems, ...notes].filter(problem => problem.file.endsWith('mine.md'))
  return messages({ problems: own }).map(one => one.replace(/^\S+ /, ''))
}

/** What is right, what contradicts itself, and what is said of that. */
const pairs: [right: string, wrong: string, sentence: string][] = [
  [
    'on: { pull_request: { base: { is: main, contains: ai } } }',
    'on: { pull_request: { base: { is: main, starts_with: rel } } }',
    'on.pull_request.base: lets nothing past: "main" and its other operators rule each other out.',
  ],
  [
    'on: { issues: { title: { one_of: [a, b], is_not: a } } }',
    'on: { issues: { title: { one_of: [a, b], not_one_of: [b, a] } } }',
    'on.issues.title: lets nothing past: "a", "b" and its other operators rule each other out.',
  ],
  [
    'on: { push: { author: { is: Ada, one_of: [ADA] } } }',
    'on: { push: { title: { is: Ada, one_of: [ADA] } } }',
    'on.push.title: lets nothing past: "Ada" and its other operators rule each other out.',
  ],
  [
    'on: { release: { tag: { is: v1, matches: "v[0-9]" } } }',
    'on: { release: { tag: { is: v1, matches: "v" } } }',
    'on.release.tag: lets nothing past: "v1" and its other operators rule each other out.',
  ],
  [
    'on: { issues: { labels: { all: [bug], none: [wip] } } }',
    'on: { issues: { labels: { all: [bug], none: [Bug] } } }',
    'on.issues.labels: asks for "bug" and rules it out with `none`.',
  ],
  [
    'on: { pull_request: { labels: { any: [a, b], none: [a] } } }',
    'on: { pull_request: { labels: { any: [a, b], none: [b, a] } } }',
    'on.pull_request.labels: asks for "a", "b" and rules it out with `none`.',
  ],
  [
    'on: { pull_request: { types: [closed], merged: true } }',
    'on: { pull_request: { merged: true } }',
    'on.pull_request.merged: is true of no pull request that was only just opened or pushed to; add `types: [closed]`.',
  ],
  [
    'on: { pull_request: { types: [converted_to_draft] } }',
    'on: { pull_request: { types: [converted_to_draft], draft: false } }',
    'on.pull_request.draft: rules out drafts, and `converted_to_draft` is about nothing else; leave it out.',
  ],
  [
    'on: { release: { types: [released, prereleased], prerelease: true } }',
    'on: { release: { types: [released], prerelease: true } }',
    'on.release.prerelease: rules out all that `released` is about; leave it out.',
  ],
  [
    'on: { push: { tags: ["v*"], branches: [main], paths: ["src/**"] } }',
    'on: { push: { tags: ["v*"], paths: ["src/**"] } }',
    'on.push.paths: is asked of branches alone, and only `tags` are given.',
  ],
  [
    'kind: review\non: { workflow_run: { conclusions: [success] } }',
    'kind: review\non: { merge_group: true, label: { name: x, on: [issue] } }',
    'kind: is review, and nothing under `on` comes with a pull request; say `kind: work`, or answer pull requests, a label or a comment.',
  ],
  [
    'kind: work\non: { schedule: nightly, push: {} }',
    'kind: review\non: { schedule: nightly, push: {} }',
    'kind: is review, and nothing under `on` comes with a pull request; say `kind: work`, or answer pull requests, a label or a comment.',
  ],
  [
    'on: { release: {} }\nruns: { day: 5, month: 5 }',
    'on: { release: {} }\nruns: { day: 5, month: 4 }',
    'runs: lets 5 run in a `day`, and only 4 in a `month`.',
  ],
  [
    'on: { release: {} }\nonly_if: { search: a }\nskip_if: { search: a, at_least: 5 }',
    'on: { release: {} }\nonly_if: { search: a, at_least: 5 }\nskip_if: { search: a }',
    'only_if: never lets it run: `skip_if` holds back all that this search lets through.',
  ],
]

describe('a routine that contradicts itself is told so:', () => {
  it.each(pairs)('not `%s`, but `%s`', (right, wrong, sentence) => {
    expect(said(right)).toEqual([])
    expect(said(wrong)).toEqual([sentence])
  })
})

it('a trigger that can start no review is worth a note, and the others hold', () => {
  const { notes, routines } = load([
    routineFile('mine', 'description: Mine\non: { pull_request: {}, schedule: nightly, push: {} }'),
  ])
  const start =
    'starts no review, since it comes without a pull request; say `kind: work`, or give that a routine of its own.'
  expect(notes.map(({ path, message, note }) => [path, message, note])).toEqual(
    expect.arrayContaining([
      ['on.push', start, true],
      ['on.schedule', start, true],
    ]),
  )
  expect(routines.find(one => one.name === 'mine')?.off).toBeUndefined()
})

it('what a routine takes over from another is not held against what it does not say', () => {
  expect(said('extends: code-review\nkind: review\non: { schedule: nightly }')).toEqual([
    'on.schedule: starts no review, since it comes without a pull request; say `kind: work`, or give that a routine of its own.',
  ])
  expect(said('extends: code-review\non: { pull_request: { merged: true } }')).toEqual([])
})

describe('expressions and lists', () => {
  it('are held to their limits in every trigger', () => {
    expect(said('on: { release: { tag: { matches: "(a{1000}){2}" } } }')[0]).toContain(
      'is not a regular expression of RE2',
    )
    expect(said('on: { issues: { body: { matches: "(abcdefgh){1000}" } } }')).toEqual([
      'on.issues.body.matches: unfolds to more than 1000 steps; use smaller counts in its braces.',
    ])
    expect(said('on: { deployment_status: { environments: ["prod/"] } }')[0]).toContain('names a folder')
    expect(said('on: { push: { tags: ["v(1|2)"] } }')[0]).toContain('brackets of regular expressions')
    expect(said('on: { workflow_run: { workflows: [a, a] } }')).toEqual([
      'on.workflow_run.workflows[1]: `a` is given twice.',
    ])
  })
})
