// A review run by hand with a person's token: it posts under that person's name, and leaves alone what that person wrote.
import { afterEach, expect, test } from 'vitest'
import { connectByHand } from '../../src/github/index.ts'
import { asPerson } from '../simulators/github/clients.ts'
import { never, openStage, type Stage, wantedComment, wantedReview } from './stage.ts'

let stage: Stage | undefined
afterEach(async () => {
  await stage?.[Symbol.asyncDispose]()
  stage = undefined
})

async function openHand() {
  stage = await openStage()
  const { github, number, head } = stage
  const token = github.userToken('octocat')
  const apiUrl = `${github.url}/api/v3`
  const host = await connectByHand({ token, apiUrl, webUrl: github.url, waitScale: 0.001 })
  const repository = await host.find('acme', 'app')
  const at = { owner: 'acme', repo: 'app', pull_number: number }
  const publish = () => host.publish(repository, number, wantedReview(head, [wantedComment('a', { line: 1 })]), never)
  return { stage, publish, at, person: asPerson(github, 'octocat').rest }
}

test("a person's own draft is never deleted: the review stops and says what is in its way", async () => {
  const { stage, publish, at, person } = await openHand()
  const comments = [{ path: 'src/new.ts', line: 2, side: 'RIGHT', body: 'Why?' }]
  await person.pulls.createReview({ ...at, comments })
  await expect(publish()).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('submit or discard it first'),
  })
  expect(stage.reviews().map(({ state }) => state)).toEqual(['PENDING'])
  expect(stage.comments().map(({ body }) => body)).toEqual(['Why?'])
})

test('a draft of words alone is kept as well', async () => {
  const { stage, publish, at, person } = await openHand()
  await person.pulls.createReview({ ...at, body: 'Half a thought' })
  await expect(publish()).rejects.toMatchObject({ code: 'conflict' })
  expect(stage.reviews()).toMatchObject([{ state: 'PENDING', body: 'Half a thought' }])
})

test('a trial of our own that was left behind is taken out of the way', async () => {
  const { stage, publish, at, person } = await openHand()
  const body = 'Found.\n\n<!-- watchbill: key=old -->'
  await person.pulls.createReview({ ...at, comments: [{ path: 'src/new.ts', line: 2, side: 'RIGHT', body }] })
  expect((await publish()).placed.map(({ where }) => where)).toEqual(['inline'])
  expect(stage.reviews().map(({ state }) => state)).toEqual(['COMMENTED'])
})
