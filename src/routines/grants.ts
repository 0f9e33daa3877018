// What a routine needs the App to hold, which its settings on GitHub give: for what it answers, for what it does, and for what it reads. Pure.
import type { Granted } from '../domain/host.ts'
import type { Reads, Routine } from '../domain/routine.ts'
import type { Triggers } from '../domain/triggers.ts'

type Asking = Pick<Routine, 'kind' | 'on' | 'can'>

interface Need {
  /** "answers `workflow_run`" */
  because: string
  event?: string
  /** Any one of them is enough; that of the first is asked for. */
  permissions: string[]
  level?: 'write'
}

/** By permission where the event has the trigger's name: https://docs.github.com/en/webhooks/webhook-events-and-payloads says of each which one it comes with. */
const ofTriggers: Record<keyof Triggers, string | ((routine: Asking) => Need[])> = {
  pull_request: 'pull_requests',
  push: 'contents',
  release: 'contents',
  issues: 'issues',
  workflow_run: 'actions',
  check_suite: 'checks',
  deployment_status: 'deployments',
  merge_group: 'merge_queues',
  label: ofLabel,
  comment: ofComment,
  schedule: () => [],
  api: () => [],
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

/** Everything that is missing, each once, in a sentence with the pages where it is granted. */
export function missingGrants(routine: Routine, granted: Granted): string[] {
  if (isAsleep(routine)) return []
  const triggers = (Object.keys(routine.on) as (keyof Triggers)[]).filter(trigger => routine.on[trigger] !== undefined)
  const needs = [
    ...triggers.flatMap(trigger => ofTrigger(trigger, routine)),
    ...routine.reads.map(needOfRead),
    ...ofSearches(routine),
    ...ofWork(routine),
  ]
  const said = new Set<string>()
  return atHighestLevel(needs, granted).flatMap(need => {
    const fresh = lacksOf(need, granted).filter(lack => !said.has(lack))
    for (const lack of fresh) said.add(lack)
    return fresh.length > 0 ? [sayLacks(routine, need, fresh, granted)] : []
  })
}

/** What it does without, though it could do more with it; each in such a sentence. */
export function usefulGrants(routine: Routine, granted: Granted): string[] {
  if (isAsleep(routine)) return []
  const needs: Need[] = [
    ...(routine.each === undefined ? [] : [asks('has results for code scanning', 'security_events', 'write')]),
    ...(routine.owner?.includes('/') ? [asks('has a team as its owner', 'members')] : []),
  ]
  return needs.filter(need => !isMet(need, granted)).map(need => wordsOf(routine, need, granted))
}

/** What is not held at all is asked for once, at the level that does for everything. */
function atHighestLevel(needs: Need[], granted: Granted): Need[] {
  const written = needs.filter(({ level }) => level === 'write').flatMap(({ permissions }) => permissions)
  return needs.map(need =>
    need.permissions.some(one => granted.permissions[one] !== undefined || !written.includes(one))
      ? need
      : { ...need, level: 'write' },
  )
}

function isAsleep({ off, standby }: Routine): boolean {
  return off !== undefined || standby !== undefined
}

function ofTrigger(trigger: keyof Triggers, routine: Asking): Need[] {
  const needs = ofTriggers[trigger]
  if (typeof needs !== 'string') return needs(routine)
  return [{ because: `answers \`${trigger}\``, event: trigger, permissions: [needs] }]
}

/** Reviews are started on pull requests alone. An issue that is no pull is out of reach of the permission for pulls. */
function ofLabel({ kind, on, can }: Asking): Need[] {
  const { on: where = ['pull_request', 'issue'], keep = false } = typeof on.label === 'object' ? on.label : {}
  const takes = !keep && can.includes('label')
  const need = (what: string, event: string, permission: string): Need => ({
    ...asks(`answers \`label\` on ${what}${takes ? ' and takes it off' : ''}`, permission, takes ? 'write' : undefined),
    event,
  })
  return [
    ...(where.includes('pull_request') ? [need('pull requests', 'pull_request', 'pull_requests')] : []),
    ...(kind === 'work' && where.includes('issue') ? [need('issues', 'issues', 'issues')] : []),
  ]
}

/** Who gives a command gets a reaction, and an answer in the thread. Comments on pulls, too, come as `issue_comment`. */
function ofComment({ kind }: Asking): Need[] {
  const onIssues =
    kind === 'work'
      ? asks('answers comments, those on issues too', 'issues', 'write')
      : asks('answers comments', 'issues')
  const onPulls = asks('answers comments on pull requests', 'pull_requests', 'write')
  return [
    { ...onIssues, event: 'issue_comment' },
    { ...onPulls, event: 'pull_request_review_comment' },
  ]
}

/** A search counts issues and pull requests, by a token for both. */
function ofSearches({ gates, intent }: Routine): Need[] {
  const searches = gates.skip_if !== undefined || gates.only_if !== undefined
  return [
    ...(searches
      ? [asks('asks what a search finds', 'issues'), asks('asks what a search finds', 'pull_requests')]
      : []),
    ...(intent ? [asks('reads the issues that a pull request closes', 'issues')] : []),
  ]
}

/** What every routine does. */
function ofWork({ kind, can }: Asking): Need[] {
  return [
    asks('looks at the code', 'contents'),
    ...(can.includes('check') ? [asks('has a check', 'checks', 'write')] : []),
    ...(kind === 'review'
      ? can.includes('review')
        ? [asks('posts reviews', 'pull_requests', 'write')]
        : [asks('reads pull requests', 'pull_requests')]
      : []),
  ]
}

function asks(because: string, permission: string, level?: 'write'): Need {
  return { because, permissions: [permission], ...(level && { level }) }
}

function needOfRead(what: Reads): Need {
  return { because: `reads \`${what}\``, permissions: ofReads[what] }
}

function isMet(need: Need, granted: Granted): boolean {
  return lacksOf(need, granted).length === 0
}

function lacksOf({ event, permissions, level }: Need, granted: Granted): string[] {
  const held = permissions.some(permission => {
    const has = granted.permissions[permission]
    return level === 'write' ? has === 'write' || has === 'admin' : has !== undefined
  })
  return [
    ...(held ? [] : [`the permission \`${permissions[0]}: ${level ?? 'read'}\``]),
    ...(event === undefined || granted.events.includes(event) ? [] : [`the event \`${event}\``]),
  ]
}

function wordsOf(routine: Pick<Routine, 'name'>, need: Need, granted: Granted): string {
  return sayLacks(routine, need, lacksOf(need, granted), granted)
}

function sayLacks({ name }: Pick<Routine, 'name'>, { because }: Need, lacks: string[], granted: Granted): string {
  return `\`${name}\` ${because}, for which the App needs ${lacks.join(' and ')}: add it at ${granted.pages.add}, then accept it at ${granted.pages.accept}.`
}
