// What a routine needs the App to hold, which its settings on GitHub give: for the events that it answers, and for what it reads beside the code. Pure.
import type { Granted } from '../domain/host.ts'
import type { Reads, Routine } from '../domain/routine.ts'
import type { Triggers } from '../domain/triggers.ts'

interface Need {
  /** "answers `workflow_run`" */
  because: string
  event?: string
  /** Any one of them is enough; that of the first is asked for. */
  permissions: string[]
}

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads says of each event which permission it comes with. What people ask for comes in several ways. */
const ofTriggers: Partial<Record<keyof Triggers, string>> = {
  pull_request: 'pull_requests',
  push: 'contents',
  release: 'contents',
  issues: 'issues',
  workflow_run: 'actions',
  check_suite: 'checks',
  deployment_status: 'deployments',
  merge_group: 'merge_queues',
}

/** https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps */
const ofReads: Record<Reads, string[]> = {
  issues: ['issues'],
  alerts: ['vulnerability_alerts', 'security_events', 'secret_scanning_alerts'],
  workflow_logs: ['actions'],
  deployments: ['deployments'],
  changes: ['contents'],
}

/** Whether the App may hold less than its agents are to be given: one that reads nothing but what every App may is not asked about. */
export function readsMore({ reads }: Pick<Routine, 'reads'>): boolean {
  return reads.some(what => what !== 'issues' && what !== 'changes')
}

/** Why it does nothing by itself until somebody grants what it reads; undefined when it has all. */
export function lacksGrant(routine: Routine, granted: Granted): string | undefined {
  const [missing] = routine.reads.map(needOfRead).filter(need => !isMet(need, granted))
  return missing && `${wordsOf(routine, missing, granted)} Until then it answers what people ask for, and nothing else.`
}

/** Everything that is missing, each in a sentence with the pages where it is granted. */
export function missingGrants(routine: Routine, granted: Granted): string[] {
  if (routine.off !== undefined || routine.standby !== undefined) return []
  const needs = [...Object.keys(routine.on).flatMap(needOfTrigger), ...routine.reads.map(needOfRead)]
  return needs.filter(need => !isMet(need, granted)).map(need => wordsOf(routine, need, granted))
}

function needOfTrigger(trigger: string): Need[] {
  const permission = ofTriggers[trigger as keyof Triggers]
  return permission ? [{ because: `answers \`${trigger}\``, event: trigger, permissions: [permission] }] : []
}

function needOfRead(what: Reads): Need {
  return { because: `reads \`${what}\``, permissions: ofReads[what] }
}

function isMet({ event, permissions }: Need, granted: Granted): boolean {
  return isHeld(permissions, granted) && (event === undefined || granted.events.includes(event))
}

function isHeld(permissions: string[], granted: Granted): boolean {
  return permissions.some(permission => granted.permissions[permission] !== undefined)
}

function wordsOf({ name }: Pick<Routine, 'name'>, { because, event, permissions }: Need, granted: Granted): string {
  const lacks = [
    ...(isHeld(permissions, granted) ? [] : [`the permission \`${permissions[0]}: read\``]),
    ...(event === undefined || granted.events.includes(event) ? [] : [`the event \`${event}\``]),
  ].join(' and ')
  return `\`${name}\` ${because}, for which the App needs ${lacks}: add it at ${granted.pages.add}, then accept it at ${granted.pages.accept}.`
}
