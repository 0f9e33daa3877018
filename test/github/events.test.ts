// Deliveries become events by pure translation; what is odd becomes nothing, and nothing throws.
import { emitterEventNames } from '@octokit/webhooks'
import { expect, test } from 'vitest'
import { knowsEvent } from '../../src/github/event-names.ts'
import { readEvent, readNames } from '../../src/github/events.ts'
import { exampleOf, examples, harm, reader, seeded } from './examples.ts'

const read = ({ name, payload }: { name: string; payload: unknown }) =>
  readEvent({ id: 'd1', name, payload, at: '2026-11-21T00:00:00.000Z' }, reader)

test('an opened pull request carries its facts', () => {
  const example = exampleOf('pull_request', 'opened')
  const event = read(example)!
  expect(event).toMatchObject({
    id: 'd1',
    kind: 'pull_request',
    action: 'opened',
    own: false,
    number: example.payload.number,
  })
  expect(event.pull).toMatchObject({
    title: example.payload.pull_request.title,
    head: { sha: example.payload.pull_request.head.sha },
    base: { ref: example.payload.pull_request.base.ref },
    fork: false,
    state: 'open',
    changedFiles: example.payload.pull_request.changed_files,
  })
  expect(event.repository).toMatchObject({
    id: example.payload.repository.id,
    installationId: example.payload.installation.id,
  })
})

test('a head in another repository, or in one that is gone, is a fork', () => {
  const example = exampleOf('pull_request', 'opened')
  example.payload.pull_request.head.repo.id += 1
  expect(read(example)?.pull?.fork).toBe(true)
  example.payload.pull_request.head.repo = null
  expect(read(example)?.pull?.fork).toBe(true)
})

test('a label is an event of its own kind', () => {
  const example = exampleOf('pull_request', 'labeled')
  expect(read(example)).toMatchObject({ kind: 'label', label: example.payload.label.name })
})

test('a comment gives its command, and says whether it stands on a pull or on an issue', () => {
  const example = exampleOf('issue_comment', 'created')
  example.payload.comment.body = '@watchbill review the tests, please'
  delete example.payload.issue.pull_request
  const { number, title } = example.payload.issue
  expect(read(example)).toMatchObject({ kind: 'comment', action: 'review', number, issue: { number, title } })
  example.payload.issue.pull_request = { url: 'https://api.github.com/x' }
  expect(read(example)?.issue).toBeUndefined()
  expect(read(example)).toMatchObject({
    kind: 'comment',
    action: 'review',
    number: example.payload.issue.number,
    comment: { id: example.payload.comment.id, kind: 'issue', command: { word: 'review' } },
  })
})

test('a comment on the diff is read with its pull', () => {
  const event = read(exampleOf('pull_request_review_comment', 'created'))
  expect(event).toMatchObject({ kind: 'comment', action: 'created', comment: { kind: 'review' } })
  expect(event?.pull?.number).toBe(event?.number)
})

test('a merge queue names its commit and branches', () => {
  const example = exampleOf('merge_group', 'checks_requested')
  const { head_sha, base_ref, head_ref } = example.payload.merge_group
  expect(read(example)).toMatchObject({
    kind: 'merge_group',
    merge: { head: head_sha, baseRef: base_ref, headRef: head_ref },
  })
})

test('Re-run and buttons count on our checks only', () => {
  const rerun = exampleOf('check_run', 'rerequested')
  expect(read(rerun)).toBeUndefined()
  rerun.payload.check_run.app.id = reader.appId
  rerun.payload.check_run.external_id = 'run-1'
  expect(read(rerun)).toMatchObject({
    kind: 'rerun',
    own: false,
    check: { id: rerun.payload.check_run.id, externalId: 'run-1' },
  })

  const button = exampleOf('check_run', 'requested_action')
  button.payload.check_run.app.id = reader.appId
  button.payload.requested_action = { identifier: 'stop' }
  expect(read(button)).toMatchObject({ kind: 'button', check: { identifier: 'stop' } })

  const suite = exampleOf('check_suite', 'rerequested')
  suite.payload.check_suite.app.id = reader.appId
  expect(read(suite)).toMatchObject({ kind: 'rerun', check: { head: suite.payload.check_suite.head_sha } })
})

test('our own doing is known by number: the app of a comment, the bot account of a sender', () => {
  const example = exampleOf('issue_comment', 'created')
  example.payload.issue.pull_request = {}
  example.payload.comment.performed_via_github_app = { id: reader.appId }
  expect(read(example)?.own).toBe(true)
  example.payload.comment.performed_via_github_app = { id: reader.appId + 1, slug: 'watchbill', name: 'watchbill' }
  example.payload.sender = { id: 1, login: 'watchbill[bot]', type: 'Bot' }
  expect(read(example)?.own).toBe(false)
  example.payload.sender.id = reader.botId
  expect(read(example)?.own).toBe(true)
})

test('every published example is read or passed over, none throws', () => {
  expect(examples).toHaveLength(329)
  const events = examples.map(read)
  expect(events.filter(event => event !== undefined).length).toBeGreaterThan(90)
})

test('five thousand deliveries with missing and retyped fields harm nobody', () => {
  const chance = seeded(20_261_121)
  const answered = examples.filter(example => readNames().includes(example.name))
  for (let times = 0; times < 5000; times++) {
    const pool = times % 4 === 0 ? examples : answered
    const example = pool[Math.floor(chance() * pool.length)]!
    const event = read({ name: example.name, payload: harm(example.payload, chance) })
    if (event) {
      expect(Number.isSafeInteger(event.repository.id) && Number.isSafeInteger(event.actor.id)).toBe(true)
      expect(
        event.pull?.head.sha ??
          event.check?.head ??
          event.merge?.head ??
          event.push?.after ??
          event.outcome?.head ??
          'a',
      ).toMatch(/^[0-9a-f]+$/)
    }
  }
})

test.each([null, undefined, 1, 'text', [], { action: 'opened' }, { action: {} }])(
  'the payload %j is no event',
  payload => {
    expect(read({ name: 'pull_request', payload })).toBeUndefined()
  },
)

test.each(['__proto__', 'constructor', 'toString', 'nonsense'])('an event called %s is unknown', name => {
  expect(read({ name, payload: { action: 'x' } })).toBeUndefined()
  expect(knowsEvent(name)).toBe(false)
})

test('every event of GitHub is known by name', () => {
  for (const name of emitterEventNames) expect(knowsEvent(name.split('.')[0]!)).toBe(true)
})
