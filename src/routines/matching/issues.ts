// The trigger on issues.
import type { Event } from '../../domain/event.ts'
import type { Match, Routine } from '../../domain/routine.ts'
import { no, unless } from './answer.ts'
import { labelsFail, textFails } from './filters.ts'

type IssuesTrigger = NonNullable<Routine['on']['issues']>
const defaultIssueTypes: NonNullable<IssuesTrigger['types']> = ['opened', 'reopened']

export function matchIssue(trigger: IssuesTrigger, { action, issue }: Event): Match {
  if (!issue) return no('The issue is not known.')
  const types = trigger.types ?? defaultIssueTypes
  if (!types.some(type => type === action)) return no(`The action is "${action}"; it answers ${types.join(', ')}.`)
  const failed = [
    ...textFails('author', trigger.author, issue.author.login, true),
    ...textFails('title', trigger.title, issue.title),
    ...textFails('body', trigger.body, issue.body),
    ...labelsFail(trigger.labels, issue.labels),
  ]
  return unless(failed, sentenceOf(action))
}

const happened: Record<string, string> = {
  opened: 'was opened',
  edited: 'was edited',
  deleted: 'was deleted',
  transferred: 'was moved to another repository',
  pinned: 'was pinned',
  unpinned: 'was unpinned',
  closed: 'was closed',
  reopened: 'was opened again',
  assigned: 'was assigned',
  unassigned: 'was unassigned',
  labeled: 'got a label',
  unlabeled: 'lost a label',
  locked: 'was locked',
  unlocked: 'was unlocked',
  milestoned: 'got a milestone',
  demilestoned: 'lost its milestone',
  typed: 'got a type',
  untyped: 'lost its type',
}

function sentenceOf(action: string): string {
  const what = Object.hasOwn(happened, action) ? happened[action] : undefined
  return what ? `The issue ${what}.` : `The issue's action was "${action}".`
}
