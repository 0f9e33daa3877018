// The trigger on pull requests.
import type { Event, Pull } from '../../domain/event.ts'
import type { Match, Routine } from '../../domain/routine.ts'
import { no, unless } from './answer.ts'
import { labelsFail, nameFails, pathsFail, textFails, unasked } from './filters.ts'

export type PullTrigger = NonNullable<Routine['on']['pull_request']>

export function matchPull(
  trigger: PullTrigger,
  kind: Routine['kind'],
  event: Event,
  pull: Pull | undefined,
  paths: string[] | undefined,
): Match {
  if (!pull) return no('The pull request is not known.')
  if (!trigger.types.some(type => type === event.action))
    return no(`The action is "${event.action}"; it answers ${trigger.types.join(', ')}.`)
  const failed = [
    ...draftFails(trigger, kind, event, pull),
    ...forkFails(trigger, pull),
    ...mergedFails(trigger, pull),
    ...textFails('author', trigger.author, pull.author.login, true),
    ...textFails('title', trigger.title, pull.title),
    ...textFails('body', trigger.body, pull.body),
    ...textFails('base', trigger.base, pull.base.ref),
    ...textFails('head', trigger.head, pull.head.ref),
    ...labelsFail(trigger.labels, pull.labels),
    ...nameFails('branches', trigger.branches, pull.base.ref),
    ...sizeFails(trigger.size, pull),
    ...pathsFail(trigger.paths, paths),
  ]
  const blind = trigger.size && pull.additions === undefined ? ' Its size is not known, so `size` was not asked.' : ''
  return unless(failed, `${sentenceOf(event.action)}${blind}${unasked(trigger.paths, paths)}`)
}

const happened: Record<string, string> = {
  opened: 'was opened',
  reopened: 'was opened again',
  ready_for_review: 'is ready for review',
  synchronize: 'was pushed to',
  edited: 'was edited',
  closed: 'was closed',
  labeled: 'got a label',
  unlabeled: 'lost a label',
  assigned: 'was assigned',
  unassigned: 'was unassigned',
  converted_to_draft: 'became a draft',
  review_requested: 'got a request for review',
  review_request_removed: 'lost a request for review',
  locked: 'was locked',
  unlocked: 'was unlocked',
  milestoned: 'got a milestone',
  demilestoned: 'lost its milestone',
  auto_merge_enabled: 'is to be merged automatically',
  auto_merge_disabled: 'is no longer to be merged automatically',
  enqueued: 'joined the merge queue',
  dequeued: 'left the merge queue',
}

function sentenceOf(action: string): string {
  const what = Object.hasOwn(happened, action) ? happened[action] : undefined
  return what ? `The pull request ${what}.` : `The pull request's action was "${action}".`
}

/** Reviews leave drafts alone unless they say otherwise; what answers the turning into a draft means drafts. */
function draftFails(trigger: PullTrigger, kind: Routine['kind'], event: Event, pull: Pull): string[] {
  if (!pull.draft || trigger.draft === true) return []
  if (trigger.draft === false) return ['draft: the pull request is a draft, and `draft: false` is set.']
  return kind === 'review' && event.action !== 'converted_to_draft'
    ? ['draft: the pull request is a draft, and `draft: true` is not set.']
    : []
}

function forkFails(trigger: PullTrigger, pull: Pull): string[] {
  if (trigger.fork === undefined || trigger.fork === pull.fork) return []
  return pull.fork
    ? ['fork: the pull request comes from a fork, and `fork: false` is set.']
    : ['fork: the pull request does not come from a fork, and `fork: true` is set.']
}

function mergedFails(trigger: PullTrigger, pull: Pull): string[] {
  if (trigger.merged === undefined || trigger.merged === pull.merged) return []
  return pull.merged
    ? ['merged: the pull request is merged, and `merged: false` is set.']
    : ['merged: the pull request is not merged, and `merged: true` is set.']
}

function sizeFails(filter: PullTrigger['size'], pull: Pull): string[] {
  if (!filter || pull.additions === undefined) return []
  const lines = pull.additions + (pull.deletions ?? 0)
  if (filter.min !== undefined && lines < filter.min)
    return [`size: ${lines} changed lines are fewer than ${filter.min}.`]
  return filter.max !== undefined && lines > filter.max
    ? [`size: ${lines} changed lines are more than ${filter.max}.`]
    : []
}
