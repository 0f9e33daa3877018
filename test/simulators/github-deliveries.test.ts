// What the simulated GitHub delivers: signed, in order, remembered, sent again, and shaped as GitHub's own examples.
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhooks } from '@octokit/webhooks'
import examples from '@octokit/webhooks-examples' with { type: 'json' }
import { afterEach, beforeEach, expect, test } from 'vitest'
import { asApp, asInstallation } from './github/clients.ts'
import {
  type Delivery,
  type GitHubSimulator,
  type RecordedRequest,
  type SimulatedRepository,
  startGitHub,
} from './github/index.ts'

let github: GitHubSimulator
let repository: SimulatedRepository
let receiver: Server
let received: { event: string; id: string; action: unknown; verified: boolean }[]
let answers: number

beforeEach(async () => {
  github = await startGitHub()
  repository = await github.createRepository({ owner: 'acme', name: 'shop', files: { 'a.txt': 'a\n' } })
  await repository.commit({ branch: 'feature', files: { 'a.txt': 'b\n' } })
  received = []
  answers = 202
  const webhooks = new Webhooks({ secret: github.app.webhookSecret })
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks).toString()
    const verified = await webhooks.verify(body, String(request.headers['x-hub-signature-256']))
    const id = String(request.headers['x-github-delivery'])
    received.push({ event: String(request.headers['x-github-event']), id, action: JSON.parse(body).action, verified })
    response.writeHead(answers).end('thanks')
  })
  await new Promise<void>(resolve => receiver.listen(0, '127.0.0.1', resolve))
  github.deliverTo(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/api/github/webhooks`)
})

afterEach(async () => {
  await github[Symbol.asyncDispose]()
  receiver.close()
})

test("a pull's life is delivered in its order, each signed", async () => {
  const { number } = await repository.openPull({ head: 'feature', author: 'alice' })
  await repository.label(number, 'needs-review', 'bob')
  repository.comment(number, '@watchbill review', 'bob')
  await repository.updatePull(number, { title: 'Better' })
  await repository.commit({ branch: 'feature', files: { 'a.txt': 'c\n' } })
  await repository.setDraft(number, true)
  await repository.setDraft(number, false)
  await repository.enqueueMerge(number)
  await repository.mergePull(number)
  await github.settled()
  const told = received
    .filter(({ event }) => !['push', 'check_suite'].includes(event))
    .map(({ event, action }) => `${event}.${action}`)
  expect(told).toEqual([
    'pull_request.opened',
    'pull_request.labeled',
    'issue_comment.created',
    'pull_request.edited',
    'pull_request.synchronize',
    'pull_request.converted_to_draft',
    'pull_request.ready_for_review',
    'merge_group.checks_requested',
    'pull_request.closed',
  ])
  expect(received.every(({ verified }) => verified)).toBe(true)
  expect(github.deliveries.at(-1)!.payload.pull_request).toMatchObject({ merged: true, state: 'closed' })
})

test('what fails is remembered with its status, listed, and sent again under the same id', async () => {
  answers = 500
  const { number } = await repository.openPull({ head: 'feature' })
  await github.settled()
  const rest = asApp(github).rest
  const { data } = await rest.apps.listWebhookDeliveries()
  expect(data).toMatchObject([{ event: 'pull_request', action: 'opened', status_code: 500, redelivery: false }])
  answers = 200
  await rest.apps.redeliverWebhookDelivery({ delivery_id: data[0]!.id })
  await github.settled()
  expect(received.map(({ id }) => id)).toEqual([data[0]!.guid, data[0]!.guid])
  expect(github.deliveries.at(-1)).toMatchObject({ status: 200, attempts: 2 })
  github.deliverTo('http://127.0.0.1:9/nobody')
  await repository.closePull(number)
  await github.settled()
  const failed = await rest.apps.listWebhookDeliveries({ per_page: 1 })
  expect(failed.data).toMatchObject([{ action: 'closed', status_code: 0 }])
  expect(failed.headers.link).toContain('cursor=')
})

test('any payload can be delivered, under any id, with a wrong secret or a broken body', async () => {
  const good = await github.deliver('ping', { zen: 'x' }, { id: 'fixed' })
  expect(good).toEqual({ status: 202, body: 'thanks', id: 'fixed' })
  await github.deliver('ping', { zen: 'x' }, { id: 'fixed', secret: 'wrong' })
  await github.deliver('ping', {}, { raw: '{"action": "edited"}' })
  expect(received.map(({ id, verified, action }) => [id === 'fixed', verified, action])).toEqual([
    [true, true, undefined],
    [true, false, undefined],
    [false, true, 'edited'],
  ])
})

test('the App hears of what it does itself, and only of what it is subscribed to', async () => {
  const { number } = await repository.openPull({ head: 'feature' })
  const { rest } = asInstallation(github, repository)
  await rest.pulls.createReview({
    owner: 'acme',
    repo: 'shop',
    pull_number: number,
    event: 'COMMENT',
    body: 'x',
    comments: [{ path: 'a.txt', line: 1, body: 'y' }],
  })
  const own = github.deliveries.slice(-1)
  expect(own).toMatchObject([
    { event: 'pull_request_review_comment', payload: { sender: { login: 'watchbill[bot]', type: 'Bot' } } },
  ])
  expect(github.deliveries.some(isReview)).toBe(false)
})

test('a test waits for what it expects, and reads the last events when it does not come', async () => {
  const { rest } = asInstallation(github, repository)
  const seen = github.waitFor(({ requests }) => requests.find(answered))
  await rest.repos.get({ owner: 'acme', repo: 'shop' })
  expect((await seen).status).toBe(200)
  await expect(github.waitFor(() => false, 20)).rejects.toThrow(
    /waited 20 ms in vain[\s\S]*GET \/repos\/acme\/shop → 200/,
  )
})

test("payloads have what GitHub's own examples have", async () => {
  const { number } = await repository.openPull({ head: 'feature', author: 'alice', labels: ['bug'] })
  await repository.label(number, 'x')
  await repository.unlabel(number, 'x')
  repository.comment(number, 'hello')
  const { id } = await repository.commentOnLine(number, { path: 'a.txt', line: 1 }, 'here')
  repository.replyTo(id, 'there')
  repository.resolve(id)
  await repository.updatePull(number, { title: 'Another' })
  await repository.openIssue({ title: 'A bug' })
  const { rest } = asInstallation(github, repository)
  const actions = [{ label: 'Again', description: 'Look again', identifier: 'again' }]
  const { data } = await rest.checks.create({
    owner: 'acme',
    repo: 'shop',
    name: 'Review',
    head_sha: repository.sha('feature'),
    actions,
  })
  repository.requestCheckRerun(data.id)
  repository.clickCheckButton(data.id, 'again')
  await repository.commit({ branch: 'feature', files: { 'a.txt': 'd\n' } })
  await repository.enqueueMerge(number)
  await repository.closePull(number)
  const missing = new Set<string>()
  for (const { event, action, payload } of github.deliveries) {
    const known = (examples as unknown as { name: string; examples: Json[] }[]).find(({ name }) => name === event)!
    const same = known.examples.filter(example => example.action === action)
    const names = same.map(example => paths(example))
    for (const name of names[0] ?? [])
      if (names.every(all => all.has(name)) && !paths(payload).has(name)) missing.add(`${event}.${action} ${name}`)
  }
  // what GitHub has dropped since the examples were recorded, and what belongs to the example's own installation
  expect(
    [...missing].filter(
      name =>
        !/organization|permissions\.|issue\.draft|master_branch|stargazers|\.license|milestone\.|auto_merge\.|assignee\.|_links\.|active_lock_reason/.test(
          name,
        ),
    ),
  ).toEqual([])
})

type Json = Record<string, unknown>

function answered({ operation, status }: RecordedRequest): boolean {
  return operation === 'repos/get' && status !== undefined
}

function isReview({ event }: Delivery): boolean {
  return event === 'pull_request_review'
}

/** Every name in an object, with where it stands; nothing under null or in lists. */
function paths(value: unknown, prefix = '', found = new Set<string>()): Set<string> {
  if (!value || typeof value !== 'object' || Array.isArray(value)) return found
  for (const [key, inner] of Object.entries(value)) {
    found.add(`${prefix}${key}`)
    paths(inner, `${prefix}${key}.`, found)
  }
  return found
}
