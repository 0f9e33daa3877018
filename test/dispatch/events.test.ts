// Every kind of event meets the routines that could answer it: one that does, one that does not, and none of the others.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { WorkRun } from '../../src/domain/run.ts'
import { usualPermissions } from '../simulators/github/app.ts'
import { openStage, type Scene, type Stage, type Told } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

const person = { id: 4, login: 'ada', type: 'User' }
const release = (change: object) => ({
  action: 'published',
  release: {
    id: 1,
    tag_name: 'v1.0',
    name: 'One',
    body: '',
    author: person,
    prerelease: false,
    html_url: 'https://x/r',
    ...change,
  },
})
const workflow = (head: string, conclusion = 'failure') => ({
  action: 'completed',
  workflow_run: { id: 9, name: 'CI', conclusion, head_sha: head, head_branch: 'main', html_url: 'https://x/w' },
  workflow: { name: 'CI' },
})
const suite = (head: string, conclusion = 'failure') => ({
  action: 'completed',
  check_suite: {
    id: 8,
    conclusion,
    head_sha: head,
    head_branch: 'main',
    app: { id: 77, slug: 'other-ci' },
    pull_requests: [],
  },
})
const deployment = (head: string, environment = 'production') => ({
  action: 'created',
  deployment: { id: 7, sha: head, ref: 'main', environment },
  deployment_status: { id: 6, state: 'success', environment },
})

interface Case {
  kind: string
  yes: string
  no: string
  because: RegExp
  refuses: RegExp
  key: string
  happen(scene: Scene): Promise<Told>
}

const cases: Case[] = [
  {
    kind: 'push',
    yes: 'push: { branches: [main] }',
    no: 'push: { branches: ["release/*"] }',
    because: /^The branch main was pushed to\. It starts now\.$/,
    refuses: /^branches: "main" matches none of release\/\*\.$/,
    key: 'yes:branch:main',
    async happen({ repo, last }) {
      await repo.commit({ branch: 'main', files: { 'src/a.ts': 'export const a = 2\n' } })
      return last('push')
    },
  },
  {
    kind: 'issues',
    yes: 'issues: { title: { contains: broke } }',
    no: 'issues: { types: [closed] }',
    because: /^The issue was opened\. It starts now\.$/,
    refuses: /^The action is "opened"; it answers closed\.$/,
    key: 'yes:issue:1',
    async happen({ repo, last }) {
      await repo.openIssue({ title: 'It broke' })
      return last('issues', 'opened')
    },
  },
  {
    kind: 'release',
    yes: 'release: { tag: { starts_with: v } }',
    no: 'release: { prerelease: true }',
    because: /^The release .+\. It starts now\.$/,
    refuses: /pre-?release/,
    key: 'yes:tag:v1.0',
    happen: ({ send }) => send('release', release({})),
  },
  {
    kind: 'workflow_run',
    yes: 'workflow_run: { workflows: [CI] }',
    no: 'workflow_run: { conclusions: [success] }',
    because: /failure.*\. It starts now\.$/,
    refuses: /"?failure"?.*success/,
    key: 'yes:branch:main',
    happen: ({ repo, send }) => send('workflow_run', workflow(repo.sha())),
  },
  {
    kind: 'check_suite',
    yes: 'check_suite: { app: { is: other-ci } }',
    no: 'check_suite: { app: { is: another } }',
    because: /other-ci.*\. It starts now\.$/,
    refuses: /app: "other-ci" is not "another"\./,
    key: 'yes:branch:main',
    happen: ({ repo, send }) => send('check_suite', suite(repo.sha())),
  },
  {
    kind: 'deployment_status',
    yes: 'deployment_status: { environments: [production] }',
    no: 'deployment_status: { environments: ["staging-*"] }',
    because: /production.*\. It starts now\.$/,
    refuses: /"production" matches none of staging-\*/,
    key: 'yes:branch:main',
    happen: ({ repo, send }) => send('deployment_status', deployment(repo.sha())),
  },
  {
    kind: 'merge_group',
    yes: 'merge_group: true',
    no: 'merge_group: { branches: [develop] }',
    because: /merge queue.*\. It starts now\.$/,
    refuses: /"main" matches none of develop\./,
    key: 'yes:branch:gh-readonly-queue/main/pr-1-',
    async happen({ repo, last }) {
      await repo.commit({ branch: 'feature', files: { 'src/a.ts': 'export const a = 3\n' } })
      const { number } = await repo.openPull({ head: 'feature' })
      await repo.enqueueMerge(number)
      return last('merge_group')
    },
  },
]

describe.each(cases)('$kind', ({ yes, no, because, refuses, key, happen }) => {
  it('starts the routine whose filters hold, tells the other why not, and leaves the rest alone', async () => {
    const scene = await stage.open({
      yes: `kind: work\non:\n  ${yes}`,
      no: `kind: work\non:\n  ${no}`,
      other: 'kind: work\non: { schedule: nightly }',
    })
    const { met, status } = await happen(scene)
    expect(status).toBe('dispatched')
    expect(Object.keys(met).sort()).toEqual(['no', 'yes'])
    expect(met.yes).toMatchObject({ verdict: 'queued', because: expect.stringMatching(because) })
    expect(met.no).toMatchObject({ verdict: 'skipped', because: expect.stringMatching(refuses) })
    expect(met.no?.runId).toBeUndefined()
    const run = (await stage.store.runs.get(met.yes!.runId!)) as WorkRun
    expect(run).toMatchObject({ kind: 'work', status: 'queued', asked: false, key: expect.stringContaining(key) })
    expect(run.event.id).toBe(met.yes?.eventId)
  })

  it('of which no routine knows anything is ignored in one sentence, and kept for replays', async () => {
    const scene = await stage.open({ other: 'kind: work\non: { schedule: nightly }' })
    const { met, status, because: why, id } = await happen(scene)
    expect(met).toEqual({})
    expect({ status, why }).toEqual({ status: 'ignored', why: expect.stringMatching(/^[A-Z].*\.$/) })
    const kept = await stage.store.events.since(scene.repository.id, '2020-01-01T00:00:00.000Z', 50)
    expect(kept.map(({ event }) => event.id)).toContain(id)
  })
})

describe('a word on an issue', () => {
  it('starts the task that answers it, or the one that it names, about the issue', async () => {
    const scene = await stage.open({
      answers: 'kind: work\non: { comment: review }',
      named: 'kind: work\non: { schedule: nightly }',
    })
    scene.repo.setCollaborator('wendy', 'write')
    await scene.repo.openIssue({ title: 'It broke' })
    await scene.tell()
    scene.repo.comment(1, '@watchbill review', 'wendy')
    const { met } = await scene.last('issue_comment')
    expect(Object.keys(met).sort()).toEqual(['answers', 'code-review', 'security-review'])
    expect(met.answers).toMatchObject({ verdict: 'queued', number: 1, because: expect.stringContaining('"review"') })
    expect(met['code-review']).toMatchObject({
      verdict: 'skipped',
      because: expect.stringContaining('It reviews pull requests, and this is about an issue'),
    })
    stage.github.setPermissions('acme', { ...usualPermissions, issues: 'write' })
    scene.repo.comment(1, '@watchbill run named with care', 'wendy')
    const second = await scene.last('issue_comment')
    expect(Object.keys(second.met)).toEqual(['named'])
    expect(await stage.store.runs.get(second.met.named!.runId!)).toMatchObject({
      kind: 'work',
      key: 'named:issue:1',
      number: 1,
      asked: true,
      event: { text: 'with care' },
    })
    stage.github.setPermissions('acme', usualPermissions)
    expect(scene.repo.issue(1).issueComments.at(-1)?.body).toContain(`\`named\`, run ${second.met.named!.runId}`)
  })
})

describe('the check of a routine with a task of its own', () => {
  it('stands where the event names a commit, from the start', async () => {
    const scene = await stage.open({ ci: 'kind: work\non: { workflow_run: {} }' })
    const head = scene.repo.sha()
    const { met } = await scene.send('workflow_run', workflow(head))
    expect(scene.repo.checkRuns(head)).toMatchObject([
      { name: 'Watchbill / ci', status: 'queued', externalId: met.ci?.runId },
    ])
  })

  it('that can not stand, on a commit that is gone, keeps nothing from running', async () => {
    const scene = await stage.open({ ci: 'kind: work\non: { workflow_run: {} }' })
    const { met, status } = await scene.send('workflow_run', workflow('f'.repeat(40)))
    expect({ status, verdict: met.ci?.verdict }).toEqual({ status: 'dispatched', verdict: 'queued' })
    expect(stage.lines.find(line => line.occurrence === met.ci?.id && 'problem' in line)).toMatchObject({
      sentence: 'its check could not be opened',
      problem: expect.stringContaining('No commit found'),
    })
  })
})

describe('a pull request that is closed', () => {
  it('has its reviews stopped, and then meets who answers that', async () => {
    const scene = await stage.open({
      'after-merge': 'kind: work\non: { pull_request: { types: [closed], merged: true } }',
      unmerged: 'kind: work\non: { pull_request: { types: [closed], merged: false } }',
    })
    await scene.repo.commit({ branch: 'feature', files: { 'src/a.ts': 'export const a = 3\n' } })
    const { number } = await scene.repo.openPull({ head: 'feature' })
    const opened = await scene.last('pull_request', 'opened')
    await scene.repo.mergePull(number)
    const { met } = await scene.last('pull_request', 'closed')
    expect(await stage.store.runs.get(opened.met['code-review']!.runId!)).toMatchObject({
      end: 'stopped',
      because: 'The pull request was closed.',
    })
    expect(met['after-merge']).toMatchObject({ verdict: 'queued', number })
    expect(met.unmerged?.because).toBe('merged: the pull request is merged, and `merged: false` is set.')
    expect(met['code-review']).toMatchObject({ verdict: 'skipped', because: expect.stringContaining('"closed"') })
  })

  it('is reviewed by a review that answers the close', async () => {
    const scene = await stage.open({ late: 'on: { pull_request: { types: [closed] } }' })
    await scene.repo.commit({ branch: 'feature', files: { 'src/a.ts': 'export const a = 3\n' } })
    const { number } = await scene.repo.openPull({ head: 'feature' })
    await scene.repo.closePull(number)
    const { met, id } = await scene.last('pull_request', 'closed')
    expect(met.late?.verdict).toBe('queued')
    const [run] = (await scene.runs()).filter(one => one.status === 'queued')
    expect(run).toMatchObject({ kind: 'review', eventId: id, routines: [{ routine: { name: 'late' } }] })
  })

  it('is not reviewed for a label or a word any more, and that is said where it was asked', async () => {
    const scene = await stage.open({})
    await scene.repo.commit({ branch: 'feature', files: { 'src/a.ts': 'export const a = 3\n' } })
    const { number } = await scene.repo.openPull({ head: 'feature' })
    await scene.repo.closePull(number)
    await scene.tell()
    scene.repo.setCollaborator('wendy', 'write')
    scene.repo.comment(number, '@watchbill review', 'wendy')
    const { met } = await scene.last('issue_comment')
    expect(met['code-review']).toMatchObject({
      verdict: 'skipped',
      because: 'Asked for by "review". The pull request is closed.',
    })
    const [answer] = scene.repo.pull(number).issueComments.filter(comment => comment.byApp)
    expect(answer?.body).toContain('Nothing was started.')
    expect(answer?.body).toContain('`code-review`: Asked for by "review". The pull request is closed.')
  })
})
