// Rows for the store's tests, as plain as they can be.
import { randomUUID } from 'node:crypto'
import type { Pull, Repository } from '../../src/domain/event.ts'
import type { Judged } from '../../src/domain/finding.ts'
import type { NewDelivery, NewRun } from '../../src/domain/store.ts'

export const now = (): string => new Date().toISOString()

export const repository: Repository = {
  id: 11,
  owner: 'acme',
  ownerId: 7,
  ownerType: 'Organization',
  name: 'widgets',
  private: false,
  defaultBranch: 'main',
  installationId: 3,
}

export const pull: Pull = {
  number: 5,
  title: 'Add a thing',
  body: '',
  author: { id: 1, login: 'ada', type: 'User' },
  draft: false,
  state: 'open',
  merged: false,
  fork: false,
  labels: [],
  base: { ref: 'main', sha: 'a'.repeat(40) },
  head: { ref: 'thing', sha: 'b'.repeat(40) },
  url: 'https://github.com/acme/widgets/pull/5',
}

export function newDelivery(change: Partial<NewDelivery> = {}): NewDelivery {
  const id = randomUUID()
  return { id, name: 'pull_request', bodyHash: `hash of ${id}`, payload: { action: 'opened' }, at: now(), ...change }
}

type NewReview = Extract<NewRun, { kind: 'review' }>
export function newRun(change: Partial<NewReview> = {}): NewReview {
  return {
    id: randomUUID(),
    kind: 'review',
    repository,
    number: 5,
    pull,
    routines: [],
    asked: false,
    eventId: 'event',
    requestedAt: now(),
    notBefore: now(),
    estimate: 60_000,
    supersededInRow: 0,
    expireInSeconds: 600,
    ...change,
  }
}

export function newFinding(id: string, change: Partial<Judged> = {}): Judged {
  return {
    id,
    file: 'src/a.ts',
    quote: 'secret code',
    title: `Finding ${id}`,
    claim: 'It breaks.',
    severity: 'high',
    confidence: 'high',
    origin: 'introduced',
    fix: 'better code',
    agents: ['correctness'],
    routines: ['code-review'],
    security: false,
    placement: { at: 'line', path: 'src/a.ts', side: 'RIGHT', line: 3, how: 'exact', because: 'It stands there once.' },
    votes: 1,
    verification: { state: 'valid', because: 'It holds.', cited: [{ path: 'src/a.ts', line: 3, text: 'secret code' }] },
    verdict: { verdict: 'posted', because: 'It is valid.', shown: 'inline' },
    fingerprint: `print of ${id}`,
    ...change,
  }
}
