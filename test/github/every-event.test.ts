// Pushes, issues, releases and what ended elsewhere, read from the published examples.
import { readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { knowsEvent } from '../../src/github/event-names.ts'
import { readEvent, readNames } from '../../src/github/events.ts'
import { type Example, exampleOf, examples, reader } from './examples.ts'

const read = ({ name, payload }: Example) =>
  readEvent({ id: 'd1', name, payload, at: '2026-11-21T00:00:00.000Z' }, reader)

describe('a push', () => {
  const commit = (added: string[], modified: string[] = [], removed: string[] = []) => ({ added, modified, removed })
  /** A push of two commits to a branch that was there before. */
  function pushed(change: object = {}): Example {
    const example = structuredClone(
      examples.find(one => one.name === 'push' && one.payload.ref.startsWith('refs/heads/')),
    )
    if (!example) throw new Error('no example of a push to a branch')
    const commits = [commit(['a.ts'], ['b.ts']), commit([], ['b.ts'], ['old/c.ts'])]
    Object.assign(example.payload, { created: false, before: '1'.repeat(40), commits }, change)
    return example
  }

  it('to a branch names the paths of all its commits, once each, and the first line of the newest message', () => {
    const head_commit = { message: 'Fix the till\n\nIt was open.' }
    expect(read(pushed({ head_commit }))).toMatchObject({
      kind: 'push',
      action: 'pushed',
      push: {
        ref: 'refs/heads/master',
        branch: 'master',
        before: '1'.repeat(40),
        forced: false,
        title: 'Fix the till',
        paths: ['a.ts', 'b.ts', 'old/c.ts'],
      },
    })
  })

  it.each([
    ['is forced', { forced: true }],
    ['makes the branch', { created: true }],
    ['comes from nothing', { before: '0'.repeat(40) }],
    ['names no commit', { commits: [] }],
    ['names as many commits as GitHub ever does', { commits: Array(2048).fill(commit(['a.ts'])) }],
    ['has a commit with as many files as GitHub ever names', { commits: [commit(Array(3000).fill('a.ts'))] }],
    [
      'has more paths than filters look at',
      { commits: [0, 1].map(one => commit(Array.from({ length: 2000 }, (_, at) => `${one}/${at}`))) },
    ],
    ['does not list the files of a commit', { commits: [commit(['a.ts']), { added: ['b.ts'] }] }],
  ])('that %s leaves the paths open', (_, change) => {
    expect(read(pushed(change))?.push).toBeDefined()
    expect(read(pushed(change))?.push?.paths).toBeUndefined()
  })

  it('with one commit less than GitHub ever names is told in full', () => {
    expect(read(pushed({ commits: Array(2047).fill(commit(['a.ts'])) }))?.push?.paths).toEqual(['a.ts'])
  })

  it('of a tag names the tag', () => {
    const example = examples.find(
      one => one.name === 'push' && one.payload.ref === 'refs/tags/simple-tag' && one.payload.created,
    )
    expect(read(example!)?.push).toMatchObject({ tag: 'simple-tag', title: 'Adding a .gitignore file' })
    expect(read(example!)?.push?.branch).toBeUndefined()
  })

  it('that takes a branch or tag away is no event', () => {
    expect(read(pushed({ deleted: true }))).toBeUndefined()
    expect(read(pushed({ after: '0'.repeat(40) }))).toBeUndefined()
  })
})

describe('an issue', () => {
  it('comes with its facts', () => {
    const example = exampleOf('issues', 'opened')
    const { number, title, body } = example.payload.issue
    expect(read(example)).toMatchObject({
      kind: 'issues',
      action: 'opened',
      number,
      own: false,
      issue: { number, title, body, state: 'open' },
    })
  })

  it('whose author is gone was opened by the ghost', () => {
    const example = exampleOf('issues', 'edited')
    example.payload.issue.user = null
    expect(read(example)?.issue?.author.login).toBe('ghost')
  })

  it('that is labeled is an event of its own kind', () => {
    const example = exampleOf('issues', 'labeled')
    expect(read(example)).toMatchObject({
      kind: 'label',
      action: 'labeled',
      label: example.payload.label.name,
      issue: { labels: ['bug'] },
    })
    delete example.payload.label
    expect(read(example)).toBeUndefined()
  })

  it('that this app opened is its own doing, and one that it touches later is not', () => {
    const example = exampleOf('issues', 'opened')
    example.payload.issue.performed_via_github_app = { id: reader.appId }
    expect(read(example)?.own).toBe(true)
    example.payload.action = 'closed'
    expect(read(example)?.own).toBe(false)
  })
})

test('a release has a title even where nobody gave it one', () => {
  const example = exampleOf('release', 'published')
  example.payload.release.name = null
  expect(read(example)).toMatchObject({
    kind: 'release',
    action: 'published',
    release: { tag: '0.0.1', title: '0.0.1', prerelease: false },
  })
  example.payload.release.name = 'First light'
  expect(read(example)?.release?.title).toBe('First light')
})

describe('a workflow run', () => {
  const ended = () => {
    const example = exampleOf('workflow_run', 'completed')
    Object.assign(example.payload.workflow_run, { name: 'tests', conclusion: 'failure', pull_requests: [] })
    return example
  }

  it('that ended names its workflow, conclusion and commit', () => {
    const example = ended()
    const { id, head_sha, head_branch, html_url } = example.payload.workflow_run
    expect(read(example)).toMatchObject({
      kind: 'workflow_run',
      action: 'completed',
      outcome: { id, name: 'tests', state: 'failure', head: head_sha, branch: head_branch, url: html_url },
    })
  })

  it('that was asked for, or has no conclusion, is no event', () => {
    expect(read(exampleOf('workflow_run', 'requested'))).toBeUndefined()
    const example = ended()
    example.payload.workflow_run.conclusion = null
    expect(read(example)).toBeUndefined()
  })

  it('is about a pull only where it belongs to one alone', () => {
    const example = ended()
    expect(read(example)?.number).toBeUndefined()
    const base = { repo: { id: example.payload.repository.id } }
    example.payload.workflow_run.pull_requests = [{ number: 4, base }]
    expect(read(example)?.number).toBe(4)
    example.payload.workflow_run.pull_requests.push({ number: 5, base })
    expect(read(example)?.number).toBeUndefined()
  })

  it('believes no number of another repository, though the same branch has a pull there', () => {
    const example = ended()
    const base = { repo: { id: example.payload.repository.id } }
    const elsewhere = { repo: { id: example.payload.repository.id + 1 } }
    example.payload.workflow_run.pull_requests = [{ number: 4, base: elsewhere }]
    expect(read(example)?.number).toBeUndefined()
    example.payload.workflow_run.pull_requests = [
      { number: 4, base: elsewhere },
      { number: 6, base },
    ]
    expect(read(example)?.number).toBe(6)
  })

  it('tells whether its commit comes from a fork, where GitHub says it', () => {
    const example = ended()
    const { id } = example.payload.repository
    const forkOf = (head_repository: unknown) => {
      example.payload.workflow_run.head_repository = head_repository
      return read(example)?.outcome?.fork
    }
    expect([forkOf({ id }), forkOf({ id: id + 1 }), forkOf(null)]).toEqual([false, true, undefined])
  })
})

describe('a check suite', () => {
  it('of another app that ended is told with the slug of the app', () => {
    const example = exampleOf('check_suite', 'completed')
    Object.assign(example.payload.check_suite, {
      conclusion: 'timed_out',
      app: { id: reader.appId + 1, slug: 'linter' },
    })
    expect(read(example)).toMatchObject({ kind: 'check_suite', outcome: { name: 'linter', state: 'timed_out' } })
  })

  it('of ours that ended is no event, nor one that is only asked for', () => {
    const example = exampleOf('check_suite', 'completed')
    example.payload.check_suite.app.id = reader.appId
    expect(read(example)).toBeUndefined()
    expect(read(exampleOf('check_suite', 'requested'))).toBeUndefined()
    expect(read(exampleOf('check_suite', 'rerequested'))).toBeUndefined()
  })
})

test('a deployment is told by its environment, state and commit', () => {
  const example = exampleOf('deployment_status', 'created')
  expect(read(example)).toMatchObject({
    kind: 'deployment_status',
    outcome: {
      id: example.payload.deployment.id,
      name: 'production',
      state: 'success',
      branch: 'master',
      head: example.payload.deployment.sha,
    },
  })
  example.payload.deployment.ref = example.payload.deployment.sha
  expect(read(example)?.outcome?.branch).toBeUndefined()
})

test('what is read is heard: by default, or with a permission that app.yml names', () => {
  const written = readFileSync(new URL('../../app.yml', import.meta.url), 'utf8')
  const { default_events: heard } = parse(written) as { default_events: string[] }
  const optional = [...written.matchAll(/^# {3}- (\w+) /gm)].map(([, name]) => name)
  expect(optional).toEqual(['workflow_run', 'deployment_status'])
  expect(readNames().filter(name => !heard.includes(name) && !optional.includes(name))).toEqual([])
  for (const name of readNames()) expect(knowsEvent(name)).toBe(true)
})
