// Every trigger once answering and once not, each with the sentence that says why; which events concern a routine at all.
import { describe, expect, it } from 'vitest'
import type { Event, Pull } from '../../src/domain/event.ts'
import { concerns, matchRoutine } from '../../src/routines/index.ts'
import { ended, issue, issued, labeled, named, pressed, pushed, queued, released, said } from './happenings.ts'
import { event, find, load, noSettings, pull, routine, routineFile, settingsFile } from './samples.ts'
import { triggers } from './triggers-table.ts'

const facts = { paths: undefined, settings: noSettings }
const meet = (yaml: string, happened: Event, known: { pull?: Pull; paths?: string[] } = {}) =>
  matchRoutine(routine(`kind: work\non:\n  ${yaml}`), happened, { ...facts, ...known })

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

  it('and brings a review a text says that nobody is given it', () => {
    const because = (one: typeof base) =>
      matchRoutine(one, { ...named('manual'), text: 'Look at this.' }, { ...facts, pull: pull() }).because
    const base = routine('on:\n  pull_request: {}')
    expect(because(base)).toBe(
      'Started by hand by ada. A review is given no text: the one that came with it reached nobody.',
    )
    expect(because(routine('kind: work\non:\n  pull_request: {}'))).toBe('Started by hand by ada.')
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
