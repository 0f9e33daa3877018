// One event of every kind that is not about a pull request, for the tests of triggers and gates.
import type { Actor, Event, Issue, Outcome, Push, Release } from '../../src/domain/event.ts'
import { event } from './samples.ts'

const ada: Actor = { id: 10, login: 'ada', type: 'User' }
export const robot: Actor = { id: 50, login: 'helper[bot]', type: 'Bot' }

export function issue(change: Partial<Issue> = {}): Issue {
  return {
    number: 6,
    title: 'Refunds are lost',
    body: 'Since Monday.',
    author: ada,
    state: 'open',
    labels: ['bug'],
    url: 'https://github.com/acme/shop/issues/6',
    ...change,
  }
}

export function issued(action: string, change: Partial<Issue> = {}): Event {
  return event({ kind: 'issues', action, number: 6, issue: issue(change) })
}

export function labeled(label: string, on: 'pull_request' | 'issue' = 'pull_request'): Event {
  return event({ kind: 'label', action: 'labeled', label, ...(on === 'issue' ? { number: 6, issue: issue() } : {}) })
}

export function said(word: string | undefined, change: Partial<Event> = {}): Event {
  const comment = { id: 1, kind: 'issue' as const, body: '', ...(word ? { command: { word, rest: '' } } : {}) }
  return event({ kind: 'comment', action: word ?? 'created', comment, ...change })
}

export function pressed(kind: 'rerun' | 'button', identifier?: string, id = 4): Event {
  const check = { id, externalId: '', head: 'b'.repeat(40), ...(identifier ? { identifier } : {}) }
  return event({ kind, action: kind === 'rerun' ? 'rerequested' : 'requested_action', check })
}

export function pushed(change: Partial<Push> = {}): Event {
  const push: Push = {
    ref: `refs/heads/${change.branch ?? 'main'}`,
    ...(change.tag === undefined ? { branch: 'main' } : {}),
    before: 'a'.repeat(40),
    after: 'b'.repeat(40),
    forced: false,
    title: 'Add refunds',
    paths: ['src/refund.ts', 'docs/refund.md'],
    ...change,
  }
  return about({ kind: 'push', action: 'pushed', push })
}

export function released(action: string, change: Partial<Release> = {}): Event {
  const release: Release = {
    tag: 'v1.2.0',
    title: 'Refunds',
    body: '',
    author: ada,
    prerelease: false,
    url: 'https://github.com/acme/shop/releases/1',
    ...change,
  }
  return about({ kind: 'release', action, release })
}

export function ended(
  kind: 'workflow_run' | 'check_suite' | 'deployment_status',
  state: string,
  change: Partial<Outcome> = {},
): Event {
  const name = { workflow_run: 'tests', check_suite: 'linter', deployment_status: 'production' }[kind]
  const outcome: Outcome = { id: 9, name, state, head: 'b'.repeat(40), branch: 'main', ...change }
  return about({ kind, action: kind === 'deployment_status' ? 'created' : 'completed', outcome })
}

export function queued(base: string): Event {
  const merge = {
    head: 'c'.repeat(40),
    baseRef: `refs/heads/${base}`,
    headRef: 'refs/heads/gh-readonly-queue/main/pr-7',
  }
  return about({ kind: 'merge_group', action: 'checks_requested', merge })
}

/** Started by its name. */
export function named(
  kind: 'schedule' | 'api' | 'manual' | 'comment',
  routine = 'mine',
  change: Partial<Event> = {},
): Event {
  return about({ kind, action: 'run', routine, ...change })
}

function about(change: Partial<Event>): Event {
  const { number: _, ...rest } = event(change)
  return { ...rest, ...(change.number === undefined ? {} : { number: change.number }) }
}
