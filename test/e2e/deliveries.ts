// Deliveries as GitHub would send them to this App: the published examples, re-addressed to a repository that exists here, and harmed copies of them.
import { createHmac, randomUUID } from 'node:crypto'
import { examples, harm, seeded } from '../github/examples.ts'
import type { SimulatedRepository } from '../simulators/github/index.ts'

export interface Sent {
  name: string
  // biome-ignore lint/suspicious/noExplicitAny: any JSON
  payload: any
}

/** All 329, about pull request 1 of this repository and about our own checks on it, each under the App's installation. */
export function addressed(repository: SimulatedRepository, appId: number, head: string): Sent[] {
  const here = {
    id: repository.id,
    name: repository.name,
    full_name: `${repository.owner}/${repository.name}`,
    private: true,
    default_branch: repository.defaultBranch,
  }
  return examples.map(example => {
    const payload = structuredClone(example.payload)
    payload.installation = { id: repository.installationId }
    if (payload.repository)
      payload.repository = {
        ...payload.repository,
        ...here,
        owner: { ...payload.repository.owner, login: repository.owner },
      }
    const pull = payload.pull_request
    if (pull) {
      Object.assign(pull, { number: 1, state: 'open' })
      if (pull.head) pull.head.sha = head
      if (pull.base) pull.base.sha = repository.sha()
    }
    if (payload.issue) payload.issue.number = 1
    for (const check of [payload.check_run, payload.check_suite])
      if (check) {
        Object.assign(check, { head_sha: head, pull_requests: [{ number: 1 }] })
        check.app = { ...check.app, id: appId }
      }
    if (payload.merge_group)
      Object.assign(payload.merge_group, {
        head_sha: head,
        head_ref: `refs/heads/gh-readonly-queue/main/pr-1-${head}`,
      })
    return { name: example.name, payload }
  })
}

/** Copies with fields gone, retyped or huge, the same ones for the same seed; most of them of events that are answered. */
export function harmed(all: Sent[], count: number, seed: number): Sent[] {
  const chance = seeded(seed)
  const answered = all.filter(({ name }) =>
    /^(pull_request|issue_comment|pull_request_review_comment|merge_group|check_run|check_suite)$/.test(name),
  )
  return Array.from({ length: count }, (_, index) => {
    const pool = index % 4 === 0 ? all : answered
    const { name, payload } = pool[Math.floor(chance() * pool.length)]!
    // No two alike, or they would count as the same delivery.
    return { name, payload: { ...(harm(payload, chance) as object), nonce: index } }
  })
}

export interface Post {
  event?: string
  id?: string
  body: string | ReadableStream | Uint8Array
  /** The secret it is signed with; undefined: not signed. */
  secret?: string
  headers?: Record<string, string>
}

export async function post(url: string, { event = 'ping', id = randomUUID(), body, secret, headers }: Post) {
  const signature =
    secret === undefined || body instanceof ReadableStream
      ? {}
      : { 'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` }
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: {
      'content-type': 'application/json',
      'x-github-event': event,
      'x-github-delivery': id,
      ...signature,
      ...headers,
    },
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  } as RequestInit)
  return { id, status: response.status, message: ((await response.json()) as { message: string }).message }
}
