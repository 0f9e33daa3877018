// Every trigger once answering and once not, each with the sentence that says why; which events concern a routine at all.
import { describe, expect, it } from 'vitest'
import type { Event, Pull } from '../../src/domain/event.ts'
import { concerns, matchRoutine } from '../../src/routines/index.ts'
import { ended, issue, issued, labeled, named, pressed, pushed, queued, released, robot, said } from './happenings.ts'
import { event, find, load, noSettings, pull, routine, routineFile, settingsFile } from './samples.ts'

const facts = { paths: undefined, settings: noSettings }
const meet = (yaml: string, happened: Event, known: { pull?: Pull; paths?: string[] } = {}) =>
  matchRoutine(routine(`kind: work\non:\n  ${yaml}`), happened, { ...facts, ...known })

const onPull = (action: string) => event({ action, pull: pull({ draft: action === 'converted_to_draft' }) })

/** Trigger, an event that it answers and what it says then, one that it does not and what it says then. */
const triggers: [trigger: string, answered: Event, because: string, other: Event, why: string][] = [
  [
    'pull_request: {}',
    onPull('synchronize'),
    'The pull request was pushed to.',
    onPull('edited'),
    'The action is "edited"; it answers opened, reopened, ready_for_review, synchronize.',
  ],
  [
    'pull_request: { types: [closed, labeled] }',
    onPull('closed'),
    'The pull request was closed.',
    onPull('opened'),
    'The action is "opened"; it answers closed, labeled.',
  ],
  [
    'pull_request: { types: [labeled] }',
    { ...labeled('bug'), pull: pull() },
    'The pull request got a label.',
    labeled('bug', 'issue'),
    'It does not answer labels.',
  ],
  [
    'push: {}',
    pushed(),
    'The branch main was pushed to.',
    pushed({ branch: 'next' }),
    'branches: "next" is not the default branch, main.',
  ],
  [
    'push: { branches: ["release/**"] }',
    pushed({ branch: 'release/1/2' }),
    'The branch release/1/2 was pushed to.',
    pushed(),
    'branches: "main" matches none of release/**.',
  ],
  [
    'push: { tags: ["v*"] }',
    pushed({ tag: 'v2' }),
    'The tag v2 was pushed.',
    pushed({ tag: 'nightly' }),
    'tags: "nightly" matches none of v*.',
  ],
  [
    'push: { tags: ["v*"] }',
    pushed({ tag: 'v2' }),
    'The tag v2 was pushed.',
    pushed(),
    'The branch "main" was pushed to; it answers tags.',
  ],
  [
    'push: {}',
    pushed(),
    'The branch main was pushed to.',
    pushed({ tag: 'v2' }),
    'The tag "v2" was pushed; it answers branches.',
  ],
  [
    'push: { paths: ["src/**"] }',
    pushed(),
    'The branch main was pushed to.',
    pushed({ paths: ['docs/a.md'] }),
    'paths: none of the 1 changed files matches src/**.',
  ],
  [
    'push: { author: { is_not: ADA } }',
    { ...pushed(), actor: robot },
    'The branch main was pushed to.',
    pushed(),
    'author: "ada" is what `is_not` rules out.',
  ],
  [
    'push: { title: { starts_with: Add } }',
    pushed(),
    'The branch main was pushed to.',
    pushed({ title: 'Fix' }),
    'title: "Fix" does not start with "Add".',
  ],
  [
    'issues: {}',
    issued('opened'),
    'The issue was opened.',
    issued('closed'),
    'The action is "closed"; it answers opened, reopened.',
  ],
  [
    'issues: { types: [labeled] }',
    labeled('bug', 'issue'),
    'The issue got a label.',
    issued('opened'),
    'The action is "opened"; it answers labeled.',
  ],
  [
    'issues: { author: { is: ADA } }',
    issued('opened'),
    'The issue was opened.',
    issued('opened', { author: robot }),
    'author: "helper[bot]" is not "ADA".',
  ],
  [
    'issues: { title: { contains: lost } }',
    issued('opened'),
    'The issue was opened.',
    issued('opened', { title: 'Help' }),
    'title: "Help" does not contain "lost".',
  ],
  [
    'issues: { body: { matches: "Since .*" } }',
    issued('opened'),
    'The issue was opened.',
    issued('opened', { body: '' }),
    'body: "" does not match `Since .*` as a whole.',
  ],
  [
    'issues: { labels: { any: [BUG] } }',
    issued('reopened'),
    'The issue was opened again.',
    issued('opened', { labels: [] }),
    'labels: it carries none of "BUG".',
  ],
  [
    'label: needs-review',
    labeled('Needs-Review'),
    'The label "needs-review" was set.',
    labeled('bug'),
    'The label set is "bug", not "needs-review".',
  ],
  [
    'label: { name: triage, on: [issue] }',
    labeled('triage', 'issue'),
    'The label "triage" was set.',
    labeled('triage'),
    'The label "triage" was set on a pull request; it answers issues.',
  ],
  [
    'label: { name: triage, on: [pull_request] }',
    labeled('triage'),
    'The label "triage" was set.',
    labeled('triage', 'issue'),
    'The label "triage" was set on an issue; it answers pull requests.',
  ],
  ['comment: review', said('review'), 'Asked for by "review".', said('stop'), 'The command is "stop", not "review".'],
  ['comment: review', said('review'), 'Asked for by "review".', said(undefined), 'The comment gives no command.'],
  [
    'release: {}',
    released('published'),
    'The release was published.',
    released('created'),
    'The action is "created"; it answers published.',
  ],
  [
    'release: { tag: { matches: "v[0-9.]+" } }',
    released('published'),
    'The release was published.',
    released('published', { tag: 'nightly' }),
    'tag: "nightly" does not match `v[0-9.]+` as a whole.',
  ],
  [
    'release: { title: { is_not: Refunds } }',
    released('published', { title: 'Vouchers' }),
    'The release was published.',
    released('published'),
    'title: "Refunds" is what `is_not` rules out.',
  ],
  [
    'release: { author: { not_one_of: ["helper[bot]"] } }',
    released('published'),
    'The release was published.',
    released('published', { author: robot }),
    'author: "helper[bot]" is one of those that `not_one_of` rules out.',
  ],
  [
    'release: { prerelease: false, types: [released, prereleased] }',
    released('released'),
    'The release was published, or is a pre-release no longer.',
    released('prereleased', { prerelease: true }),
    'prerelease: it is a pre-release, and `prerelease: false` is set.',
  ],
  [
    'release: { prerelease: true }',
    released('published', { prerelease: true }),
    'The release was published.',
    released('published'),
    'prerelease: it is no pre-release, and `prerelease: true` is set.',
  ],
  [
    'workflow_run: {}',
    ended('workflow_run', 'failure'),
    'The workflow "tests" ended with failure.',
    ended('workflow_run', 'success'),
    'conclusions: it is "success"; it answers failure.',
  ],
  [
    'workflow_run: { workflows: [tests, build] }',
    ended('workflow_run', 'failure'),
    'The workflow "tests" ended with failure.',
    ended('workflow_run', 'failure', { name: 'docs' }),
    'workflows: "docs" is not one of "tests", "build".',
  ],
  [
    'workflow_run: { branches: [main] }',
    ended('workflow_run', 'failure'),
    'The workflow "tests" ended with failure.',
    { ...ended('workflow_run', 'failure'), outcome: { id: 9, name: 'tests', state: 'failure', head: 'b'.repeat(40) } },
    'branches: none is named, and it asks for main.',
  ],
  [
    'check_suite: { conclusions: [timed_out] }',
    ended('check_suite', 'timed_out'),
    'The checks of linter ended with timed_out.',
    ended('check_suite', 'failure'),
    'conclusions: it is "failure"; it answers timed_out.',
  ],
  [
    'check_suite: { app: { is: linter } }',
    ended('check_suite', 'failure'),
    'The checks of linter ended with failure.',
    ended('check_suite', 'failure', { name: 'scanner' }),
    'app: "scanner" is not "linter".',
  ],
  [
    'check_suite: { branches: ["!dependabot/**"] }',
    ended('check_suite', 'failure'),
    'The checks of linter ended with failure.',
    ended('check_suite', 'failure', { branch: 'dependabot/npm/a' }),
    'branches: "dependabot/npm/a" matches none of !dependabot/**.',
  ],
  [
    'deployment_status: {}',
    ended('deployment_status', 'success'),
    'The deployment to production is "success".',
    ended('deployment_status', 'in_progress'),
    'states: it is "in_progress"; it answers success, failure.',
  ],
  [
    'deployment_status: { states: [error], environments: ["prod*"] }',
    ended('deployment_status', 'error'),
    'The deployment to production is "error".',
    ended('deployment_status', 'error', { name: 'preview-7' }),
    'environments: "preview-7" matches none of prod*.',
  ],
  [
    'merge_group: true',
    queued('main'),
    'The merge queue of main asks for checks.',
    pushed(),
    'It does not answer pushes.',
  ],
  [
    'merge_group: { branches: [main] }',
    queued('main'),
    'The merge queue of main asks for checks.',
    queued('next'),
    'branches: "next" matches none of main.',
  ],
  ['api: true', named('api'), 'Fired by a call of the API.', named('api', 'other'), 'It is for `other` alone.'],
  [
    'schedule: nightly',
    named('schedule'),
    'Its time has come.',
    named('schedule', 'other'),
    'It is for `other` alone.',
  ],
]

describe('a trigger', () => {
  it.each(triggers)(
    '`%s` answers what it names, and says why it does not answer the rest',
    (yaml, happened, because, other, why) => {
      expect(meet(yaml, happened)).toEqual({ matched: true, because })
      expect(meet(yaml, other)).toEqual({ matched: false, because: why })
    },
  )

  it.each([
    ['issues', issued('opened')],
    ['pull requests by itself', event({ pull: pull() })],
    ['labels', labeled('bug')],
    ['comments', said('review')],
    ['comments', pressed('rerun')],
    ['pushes', pushed()],
    ['releases', released('published')],
    ['workflow runs', ended('workflow_run', 'failure')],
    ['check suites', ended('check_suite', 'failure')],
    ['deployments', ended('deployment_status', 'failure')],
    ['merge queues', queued('main')],
  ])('that a routine lacks is said so: %s', (what, happened) => {
    expect(meet('api: true', happened)).toEqual({ matched: false, because: `It does not answer ${what}.` })
  })

  it('of two for one event, either is enough, and where none answers both say why', () => {
    const both = 'label: hot\n  issues: { types: [labeled], title: { is: Fire } }'
    expect(meet(both, labeled('hot', 'issue')).because).toBe('The label "hot" was set.')
    const fire = { ...labeled('cold', 'issue'), issue: issue({ title: 'Fire' }) }
    expect(meet(both, fire).because).toBe('The issue got a label.')
    expect(meet(both, labeled('cold', 'issue')).because).toBe(
      'The label set is "cold", not "hot". title: "Refunds are lost" is not "Fire".',
    )
  })

  it('on pushes lets those pass whose paths nobody knows, asks those fetched, and asks none of tags', () => {
    const { paths: _, ...push } = pushed().push!
    const vague = { ...pushed(), push }
    expect(meet('push: { paths: ["src/**"] }', vague).because).toContain('The changed paths are not known')
    expect(meet('push: { paths: ["src/**"] }', vague, { paths: ['docs/a.md'] }).matched).toBe(false)
    expect(meet('push: { paths: ["src/**"], tags: ["*"] }', pushed({ tag: 'v1', paths: [] })).because).toBe(
      'The tag v1 was pushed. `paths` is not asked of tags.',
    )
  })

  it('that names neither branches nor tags means the default branch by its name, whatever stars are in it', () => {
    const odd = pushed({ branch: 'm*' })
    expect(meet('push: {}', { ...odd, repository: { ...odd.repository, defaultBranch: 'm*' } }).matched).toBe(true)
    expect(meet('push: {}', { ...pushed(), repository: { ...odd.repository, defaultBranch: 'm*' } }).matched).toBe(
      false,
    )
  })
})

describe('Re-run and buttons', () => {
  const review = routine('on:\n  pull_request: {}')
  const work = routine('kind: work\non:\n  pull_request: {}')
  const press = (one: typeof review, happened: Event) => matchRoutine(one, happened, { ...facts, pull: pull() })

  it('ask again for reviews', () => {
    expect(press(review, pressed('rerun')).because).toBe('Asked for by "review".')
    expect(press(review, pressed('button', 'review')).matched).toBe(true)
    expect(press(review, pressed('button', 'stop')).because).toBe('The command is "stop", not "review".')
  })

  it('start a task from its own check, or where all checks are asked for again', () => {
    expect(press(work, pressed('rerun')).because).toBe('Re-run and buttons start it from its own check alone.')
    expect(press(work, { ...pressed('rerun'), routine: 'mine' }).because).toBe('Asked for by ada, by name.')
    expect(press(work, pressed('rerun', undefined, 0)).matched).toBe(true)
  })
})

describe('an event that names its routine', () => {
  it('starts that one alone, and says how', () => {
    expect(meet('label: x', named('manual')).because).toBe('Started by hand by ada.')
    expect(meet('label: x', named('comment')).because).toBe('Asked for by ada, by name.')
    expect(meet('label: x', named('manual', 'other')).because).toBe('It is for `other` alone.')
  })

  it('by clock or API needs that trigger', () => {
    expect(meet('label: x', named('api')).because).toContain('`on.api: true` is not set')
    expect(meet('label: x', named('schedule')).because).toContain('It has no schedule any more')
  })

  it('starts a review only with a pull, and says how one is given', () => {
    const review = routine('on:\n  pull_request: { draft: false }')
    const started = (known: { pull?: Pull }) => matchRoutine(review, named('manual'), { ...facts, ...known })
    expect(started({}).because).toBe(
      'It reviews pull requests, and none is named: `watchbill run mine --repo acme/shop --pull NUMBER` names one; say `kind: work` for what does a task of its own.',
    )
    expect(started({ pull: pull({ draft: true }) }).matched).toBe(true)
  })
})

describe('a review', () => {
  const review = (yaml: string) => routine(`kind: review\non:\n  ${yaml}`)

  it('is not started by what happens to issues and queues, and says so', () => {
    expect(matchRoutine(review('comment: review'), said('review', { issue: issue() }), facts).because).toContain(
      'this is about an issue',
    )
    expect(matchRoutine(review('{ merge_group: true, label: x }'), queued('main'), facts).because).toBe(
      'It reviews pull requests; the queue gets the conclusion that their reviews had.',
    )
  })

  it('leaves drafts alone unless it says otherwise, but not the turning into a draft; a task does not', () => {
    const draft = (yaml: string, action = 'opened') =>
      matchRoutine(review(yaml), event({ action, pull: pull({ draft: true }) }), facts)
    expect(draft('pull_request: {}').because).toContain('`draft: true` is not set')
    expect(draft('pull_request: { types: [converted_to_draft] }', 'converted_to_draft').because).toBe(
      'The pull request became a draft.',
    )
    const task = (yaml: string) => meet(yaml, event({ pull: pull({ draft: true }) }))
    expect(task('pull_request: {}').matched).toBe(true)
    expect(task('pull_request: { draft: false }').because).toBe(
      'draft: the pull request is a draft, and `draft: false` is set.',
    )
  })
})

describe('an event concerns', () => {
  const one = (yaml: string) => routine(`kind: work\non:\n  ${yaml}`)
  it('the routines with a trigger of its kind, whatever their filters say', () => {
    expect(concerns(one('push: { branches: [x] }'), pushed())).toBe(true)
    expect(concerns(one('issues: {}'), pushed())).toBe(false)
    expect(concerns(one('issues: {}'), labeled('x', 'issue'))).toBe(true)
    expect(concerns(one('issues: {}'), labeled('x'))).toBe(false)
    expect(concerns(one('pull_request: {}'), labeled('x'))).toBe(true)
    expect(concerns(one('label: y'), labeled('x'))).toBe(true)
    expect(concerns(one('pull_request: {}'), pressed('rerun'))).toBe(true)
    expect(concerns(one('comment: review'), said('review'))).toBe(true)
  })

  it('the one that it names, and no other', () => {
    expect(concerns(one('label: x'), named('manual'))).toBe(true)
    expect(concerns(one('api: true'), named('api', 'other'))).toBe(false)
    expect(concerns(one('schedule: nightly'), named('schedule'))).toBe(true)
  })
})

describe('whatever its triggers, a routine does not answer', () => {
  it('what this app caused', () => {
    expect(meet('pull_request: {}', event({ own: true, pull: pull() })).because).toBe('This app caused it itself.')
  })

  it('while it is off or its file is broken', () => {
    const off = load([settingsFile('disable: [security-review]\n')])
    const known = { ...facts, pull: pull() }
    expect(matchRoutine(find(off, 'security-review'), event(), known).because).toContain('`disable`')
    const broken = load([routineFile('mine', 'description: x\nagnets: [security]\non: { pull_request: {} }')])
    expect(matchRoutine(find(broken, 'mine'), event(), known).because).toContain('did you mean `agents`?')
    expect(matchRoutine(find(broken, 'mine'), named('manual'), known).because).toContain('did you mean `agents`?')
  })
})
