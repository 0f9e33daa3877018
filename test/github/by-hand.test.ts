// A review run by hand with a person's token: it posts under that person's name, and leaves alone what that person wrote.
import { afterEach, expect, test } from 'vitest'
import { readBuiltIns } from '../../src/builtins.ts'
import { connectByHand } from '../../src/github/index.ts'
import { readConfiguration } from '../../src/runs/configuration/configuration.ts'
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

test('what routines start from in another repository is read with the token at hand, or refused in a sentence', async () => {
  const { stage } = await openHand()
  const { github } = stage
  const text = (yaml: string) => `---\ndescription: API\n${yaml}\n---\nLook.\n`
  const files = { 'api.md': text('on: { pull_request: {} }\nagents: [security]') }
  const rules = await github.createRepository({
    owner: 'acme',
    name: 'rules',
    private: true,
    files: { ...files, '.github/watchbill.yml': 'readable_by: [acme/shop]\n' },
    collaborators: { octocat: 'read' },
  })
  const hidden = await github.createRepository({ owner: 'acme', name: 'hidden', private: true, files })
  const starting = (name: string, sha: string) => text(`extends: acme/${name}/api.md@${sha}`)
  await github.createRepository({
    owner: 'acme',
    name: 'shop',
    private: true,
    files: {
      '.github/routines/api.md': starting('rules', rules.sha()),
      '.github/routines/hidden.md': starting('hidden', hidden.sha()),
    },
    collaborators: { octocat: 'write' },
  })
  const options = { apiUrl: `${github.url}/api/v3`, webUrl: github.url, waitScale: 0.001 }
  const host = await connectByHand({ token: github.userToken('octocat'), ...options })
  const repository = await host.find('acme', 'shop')
  const { routines } = await readConfiguration({ host, builtIn: readBuiltIns() }, repository)
  const named = (name: string) => routines.find(one => one.name === name)
  expect(named('api')).toMatchObject({ agents: ['security'] })
  expect(named('api')?.off).toBeUndefined()
  expect(named('hidden')?.off).toContain('the token at hand may not see acme/hidden, or there is no such repository.')
})
