// `watchbill replay`: what a delivery would start is told from its payload, and what only GitHub knows is said to depend on it.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { replay, showReplay } from '../../src/commands/replay.ts'
import { exampleOf, examples } from '../github/examples.ts'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'watchbill-replay-'))
  await mkdir(join(dir, '.github/routines'), { recursive: true })
})
afterAll(() => rm(dir, { recursive: true, force: true }))

async function replayed(name: string, payload: object, yaml: string) {
  await writeFile(join(dir, '.github/routines/mine.md'), `---\ndescription: Mine\n${yaml}\n---\nLook.\n`)
  await writeFile(join(dir, 'payload.json'), JSON.stringify(payload))
  return replay(name, join(dir, 'payload.json'), dir)
}
const mine = async (...given: Parameters<typeof replayed>) =>
  (await replayed(...given)).routines.find(one => one.routine === 'mine')

test('a push answers for itself', async () => {
  const tag = examples.find(
    one => one.name === 'push' && one.payload.created && one.payload.ref === 'refs/tags/simple-tag',
  )!
  expect(await mine('push', tag.payload, 'on: { push: { tags: ["simple-*"] } }')).toEqual({
    routine: 'mine',
    answers: true,
    because: 'The tag simple-tag was pushed.',
  })
  expect(await mine('push', tag.payload, 'on: { push: { tags: ["v*"] } }')).toMatchObject({
    answers: false,
    because: 'tags: "simple-tag" matches none of v*.',
  })
})

test('what only GitHub knows is said to depend on it', async () => {
  const { payload } = exampleOf('pull_request', 'opened')
  expect(await mine('pull_request', payload, 'on: { pull_request: { paths: ["src/**"] } }')).toMatchObject({
    answers: undefined,
    because: expect.stringContaining('The changed paths are not in the payload'),
  })
  const gated = 'kind: work\non: { pull_request: {} }\nonly_if: { search: "label:bug" }'
  expect(await mine('pull_request', payload, gated)).toMatchObject({
    answers: undefined,
    because: expect.stringContaining('what the search "label:bug" finds'),
  })
  const { payload: said } = exampleOf('issue_comment', 'created')
  said.comment.body = '@watchbill review'
  said.issue.pull_request = { url: 'https://api.github.com/x' }
  expect(await mine('issue_comment', said, 'on: { comment: review }')).toMatchObject({
    answers: undefined,
    because: 'The payload does not carry the pull request; the server asks GitHub for it.',
  })
})

test('a task that leaves forks alone depends on where the pull request comes from, which a comment does not tell', async () => {
  const { payload } = exampleOf('issue_comment', 'created')
  payload.comment.body = '@watchbill review'
  const task = 'kind: work\non: { comment: review }'
  expect(await mine('issue_comment', payload, `${task}\nforks: false`)).toMatchObject({ answers: true })
  payload.issue.pull_request = { url: 'https://api.github.com/x' }
  expect(await mine('issue_comment', payload, `${task}\nforks: false`)).toMatchObject({
    answers: undefined,
    because: expect.stringContaining('Whether the pull request comes from a fork is not in the payload'),
  })
  expect(await mine('issue_comment', payload, task)).toMatchObject({ answers: true })
})

test('gates that need nothing hold back', async () => {
  const { payload } = exampleOf('issues', 'opened')
  payload.sender.type = 'Bot'
  expect(await mine('issues', payload, 'on: { issues: {} }')).toMatchObject({
    answers: false,
    because: expect.stringContaining('bots start nothing'),
  })
})

test('routines that the event does not concern are not in the list', async () => {
  const { payload } = exampleOf('release', 'published')
  const found = await replayed('release', payload, 'on: { issues: {} }')
  expect(found).toEqual({ event: 'release published', routines: [] })
  expect(showReplay(found)).toContain('No routine here answers such events.')
})

test('a payload that is not there is one sentence', () => {
  expect(() => replay('push', join(dir, 'gone.json'), dir)).toThrow(/^There is no file \S+gone\.json; give the payload/)
})

test('a delivery that nothing reads is told so', async () => {
  const { payload } = exampleOf('star', 'created')
  await expect(replayed('star', payload, 'on: { issues: {} }')).rejects.toThrow('Nothing here answers star deliveries')
})

test('an event that nobody knows is answered with the nearest that may start something', async () => {
  const { payload } = exampleOf('pull_request', 'opened')
  await expect(replayed('pull_requst', payload, 'on: { issues: {} }')).rejects.toThrow(
    'Nothing here answers pull_requst deliveries; did you mean `pull_request`?',
  )
  await expect(replayed('nothing_like_it', payload, 'on: { issues: {} }')).rejects.toThrow(
    /nothing_like_it deliveries; these may start something: pull_request, issues/,
  )
})

test('what the payload lacks is named', async () => {
  const { payload } = exampleOf('pull_request', 'opened')
  const { installation: _, ...bare } = payload
  await expect(replayed('pull_request', bare, 'on: { issues: {} }')).rejects.toThrow(
    /payload\.json lacks `installation`, which pull_request deliveries carry; an App's own deliveries have/,
  )
  const { pull_request: __, sender: ___, ...less } = payload
  await expect(replayed('pull_request', less, 'on: { issues: {} }')).rejects.toThrow(
    /payload\.json lacks `sender`, `pull_request`, which pull_request deliveries carry\./,
  )
  const { payload: deployed } = exampleOf('deployment_status', 'created')
  const { deployment_status: ____, ...none } = deployed
  await expect(replayed('deployment_status', none, 'on: { issues: {} }')).rejects.toThrow(/lacks `deployment_status`/)
})
