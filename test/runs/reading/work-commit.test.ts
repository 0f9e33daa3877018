// The commit that a task looks at, by what started it.
import { describe, expect, it } from 'vitest'
import type { Event, Pull, Repository } from '../../../src/domain/event.ts'
import { Problem } from '../../../src/domain/problem.ts'
import type { WorkRun } from '../../../src/domain/run.ts'
import { commitOf, knownHead } from '../../../src/runs/reading/work-commit.ts'

const [a, b, now] = ['a'.repeat(40), 'b'.repeat(40), 'c'.repeat(40)]
const none = '0'.repeat(40)
const pullAt = (sha: string) => ({ number: 7, head: { sha }, base: { sha: b } }) as Pull
const push = { ref: 'refs/heads/main', before: a, after: b, forced: false, title: '' }
const outcome = { name: 'ci', state: 'failure', head: a, id: 1 }
const run = (event: Partial<Event>, pull?: Pull) =>
  ({ event, pull, repository: { defaultBranch: 'main' } as Repository }) as unknown as WorkRun

/** Branches and tags that GitHub knows. */
const host = (refs: Record<string, string>) => ({
  async commit(_: Repository, ref: string) {
    if (refs[ref]) return refs[ref]
    throw new Problem('not_found', `There is no ${ref}.`)
  },
  pull: async () => pullAt(now),
})
const found = (event: Partial<Event>, pull?: Pull) =>
  commitOf(host({ 'heads/main': b, 'tags/v1': a }), run(event, pull))

describe('the commit of a task', () => {
  it.each<[string, Partial<Event>, object]>([
    ['a push, with what it changed', { push }, { head: b, since: a }],
    ['a new branch, without a change', { push: { ...push, before: none } }, { head: b }],
    ['a branch that is gone: the newest of the default branch', { push: { ...push, after: none } }, { head: b }],
    ['a workflow or a deployment', { outcome }, { head: a }],
    ['a workflow on a pull request: what the workflow ran on', { outcome, pull: pullAt(b) }, { head: a }],
    ['a release: its tag', { release: { tag: 'v1' } as Event['release'] }, { head: a }],
    ['a release without its tag: the newest', { release: { tag: 'v2' } as Event['release'] }, { head: b }],
    ['a check that is asked for again', { check: { id: 1, externalId: 'x', head: a } }, { head: a }],
    ['the clock: the newest of the default branch', { kind: 'schedule' }, { head: b }],
  ])('of %s', async (_, event, commit) => {
    expect(await found(event)).toEqual(commit)
  })

  it('of a pull request is its head as it is now, with its change', async () => {
    expect(await found({}, pullAt(a))).toEqual({ head: now, since: b, pull: pullAt(now) })
  })

  it('that GitHub does not give for another reason than being gone is no other one', async () => {
    const away = { ...host({}), commit: () => Promise.reject(new Problem('unavailable', 'GitHub is away.')) }
    await expect(commitOf(away, run({ release: { tag: 'v1' } as Event['release'] }))).rejects.toThrow('GitHub is away.')
  })
})

describe('the commit that is known before anybody is asked', () => {
  it('is where a check can be opened at once', () => {
    expect(knownHead(run({ push }))).toBe(b)
    expect(knownHead(run({}, pullAt(a)))).toBe(a)
    expect(knownHead(run({ push: { ...push, after: none } }))).toBe(undefined)
    expect(knownHead(run({ kind: 'schedule' }))).toBe(undefined)
  })
})
