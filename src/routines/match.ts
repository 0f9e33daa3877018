// Whether a routine answers an event, with the sentence that says why; pure, and each filter that fails has its own sentence.
import type { Event, Pull } from '../domain/event.ts'
import type { Match, RepositorySettings, Routine } from '../domain/routine.ts'
import { no, yes } from './matching/answer.ts'
import { pathsFail } from './matching/filters.ts'
import { matchIssue } from './matching/issues.ts'
import { matchDeployment, matchQueue, matchSuite, matchWorkflow } from './matching/outcomes.ts'
import { matchPull } from './matching/pulls.ts'
import { matchPush } from './matching/pushes.ts'
import { matchRelease } from './matching/releases.ts'
import { matchComment, matchLabel, matchPress } from './matching/words.ts'

export interface MatchFacts {
  /** The pull that the event is about, as the event or GitHub tells it; undefined where it is about none. */
  pull?: Pull | undefined
  /** Changed paths of the pull or the push; undefined when they are not known (then a path filter lets the event pass, and says so). */
  paths: string[] | undefined
  settings: RepositorySettings
}

/** Whether the routine could have answered an event of this kind at all: only then the event has an occurrence with it. */
export function concerns(routine: Routine, event: Event): boolean {
  if (event.routine !== undefined) return event.routine === routine.name
  return event.kind === 'manual' || triggersOf(event).some(trigger => routine.on[trigger] !== undefined)
}

export function matchRoutine(routine: Routine, event: Event, facts: MatchFacts): Match {
  const match = answers(routine, event, facts)
  if (!match.matched || routine.kind === 'work' || (facts.pull ?? event.pull)) return match
  return no(withoutPull(routine, event))
}

/** As `matchRoutine`, but without asking that a review has a pull: what is known before anything is fetched. */
export function answers(routine: Routine, event: Event, facts: Pick<MatchFacts, 'pull' | 'paths'>): Match {
  if (event.own) return no('This app caused it itself.')
  if (event.routine !== undefined && event.routine !== routine.name) return no(`It is for \`${event.routine}\` alone.`)
  if (routine.off) return no(routine.off)
  if (event.routine !== undefined) return matchNamed(routine, event)
  return matchTriggers(routine, event, facts)
}

/** Whether a pull request that changes these paths would not start it, whatever else it is. */
export function shunsPaths({ on }: Pick<Routine, 'on'>, paths: string[]): boolean {
  return pathsFail(on.pull_request?.paths, paths).length > 0
}

/** Triggers that answer such an event, the one that people think of first. */
function triggersOf(event: Event): (keyof Routine['on'])[] {
  if (event.kind === 'label') return ['label', event.issue ? 'issues' : 'pull_request']
  if (event.kind === 'rerun' || event.kind === 'button') return ['comment', 'pull_request']
  if (event.kind === 'manual' || event.kind === 'schedule' || event.kind === 'api' || event.kind === 'thread') return []
  return [event.kind]
}

/** Why the clock starts what nothing more is to be said of. */
export const itsTime = 'Its time has come.'

function matchNamed(routine: Routine, event: Event): Match {
  if (event.kind === 'schedule')
    return routine.on.schedule
      ? yes(event.due?.because ?? itsTime)
      : no('It has no schedule any more, or is on standby.')
  if (event.kind === 'api')
    return routine.on.api
      ? yes('Fired by a call of the API.')
      : no('It may not be fired by the API: `on.api: true` is not set, or it is on standby.')
  if (event.kind !== 'manual') return yes(`Asked for by ${event.actor.login}, by name.`)
  const lost = routine.kind === 'review' && event.text !== undefined
  const ofText = lost ? ' A review is given no text: the one that came with it reached nobody.' : ''
  return yes(`Started by hand by ${event.actor.login}.${ofText}`)
}

function matchTriggers(routine: Routine, event: Event, facts: Pick<MatchFacts, 'pull' | 'paths'>): Match {
  const { on } = routine
  const pull = facts.pull ?? event.pull
  const onPull = () =>
    on.pull_request ? matchPull(on.pull_request, routine.kind, event, pull, facts.paths) : undefined
  const onIssue = () => (on.issues ? matchIssue(on.issues, event) : undefined)
  const none = (what: string) => no(`It does not answer ${what}.`)
  switch (event.kind) {
    case 'pull_request':
      return onPull() ?? none('pull requests by itself')
    case 'issues':
      return onIssue() ?? none('issues')
    case 'thread':
      return none('review threads')
    case 'label':
      return (
        either(on.label ? matchLabel(on.label, event) : undefined, event.issue ? onIssue() : onPull()) ?? none('labels')
      )
    case 'comment':
      return on.comment ? matchComment(on.comment, event) : none('comments')
    case 'rerun':
    case 'button':
      return on.comment || on.pull_request ? matchPress(routine, event) : none('comments')
    case 'push':
      return on.push ? matchPush(on.push, event, facts.paths) : none('pushes')
    case 'release':
      return on.release ? matchRelease(on.release, event) : none('releases')
    case 'workflow_run':
      return on.workflow_run ? matchWorkflow(on.workflow_run, event) : none('workflow runs')
    case 'check_suite':
      return on.check_suite ? matchSuite(on.check_suite, event) : none('check suites')
    case 'deployment_status':
      return on.deployment_status ? matchDeployment(on.deployment_status, event) : none('deployments')
    case 'merge_group':
      return on.merge_group ? matchQueue(on.merge_group, event) : none('merge queues')
    case 'manual':
      return yes('Started by hand.')
    case 'schedule':
    case 'api':
      return no('It does not say which routine it is for.')
  }
}

/** Of two triggers that one event may pull, the one that answers; else what both say. */
function either(one: Match | undefined, other: Match | undefined): Match | undefined {
  if (!one || !other || one.matched) return one ?? other
  return other.matched ? other : no(`${one.because} ${other.because}`)
}

function withoutPull(routine: Routine, { kind, repository, issue }: Event): string {
  if (kind === 'merge_group') return 'It reviews pull requests; the queue gets the conclusion that their reviews had.'
  if (issue)
    return 'It reviews pull requests, and this is about an issue; say `kind: work` for what does a task of its own.'
  return `It reviews pull requests, and none is named: \`watchbill run ${routine.name} --repo ${repository.owner}/${repository.name} --pull NUMBER\` names one; say \`kind: work\` for what does a task of its own.`
}
