// A delivery as an Event: pure translation; whatever is not as GitHub documents it is no event of ours.
import type { Event } from '../domain/event.ts'
import { readCheckSuite, readDeployment, readWorkflowRun } from './outcomes.ts'
import {
  type Fields,
  fields,
  id,
  list,
  name,
  readActor,
  readIssue,
  readPull,
  readRelease,
  readRepository,
  readSha,
  text,
} from './payloads.ts'
import { readPush } from './pushes.ts'

export interface Reader {
  appId: number
  /** The bot account's id, once it is known. */
  botId?: number | undefined
  /** What people call the App at the start of a comment. */
  names: string[]
  readCommand: ReadCommand
}

export type ReadCommand = (body: string, names: string[]) => { word: string; rest: string } | undefined

export type Delivery = { id: string; name: string; payload: unknown; at: string }
type Part = Partial<Event> & Pick<Event, 'kind' | 'action'>

/** undefined for what nothing here answers, and for what lacks a field it should have. Never throws. */
export function readEvent(delivery: Delivery, reader: Reader): Event | undefined {
  const payload = fields(delivery.payload)
  // A push is the one event here that comes without an action.
  const action = delivery.name === 'push' ? 'pushed' : name(payload?.action)
  const translate = Object.hasOwn(translations, delivery.name) ? translations[delivery.name] : undefined
  if (!payload || !action || !translate) return undefined
  const repository = readRepository(payload.repository, id(fields(payload.installation)?.id))
  const actor = readActor(payload.sender)
  const part = translate(payload, action, reader)
  if (!repository || !actor || !part) return undefined
  const own = part.own === true || actor.id === reader.botId
  return { id: delivery.id, at: delivery.at, repository, actor, ...part, own }
}

/** Comments say through which app they came: https://docs.github.com/en/rest/issues/comments. */
function isByApp(value: unknown, appId: number): boolean {
  return id(fields(fields(value)?.performed_via_github_app)?.id) === appId
}

/** Names of the deliveries that may become an event. */
export const readNames = () => Object.keys(translations)

const translations: Record<string, (payload: Fields, action: string, reader: Reader) => Part | undefined> = {
  pull_request(payload, action) {
    const pull = readPull(payload.pull_request)
    if (!pull) return undefined
    const about = { action, number: pull.number, pull }
    if (action !== 'labeled') return { kind: 'pull_request', ...about }
    const label = name(fields(payload.label)?.name)
    return label ? { kind: 'label', ...about, label } : undefined
  },

  issues(payload, action, reader) {
    const issue = readIssue(payload.issue)
    if (!issue) return undefined
    // What a person opens by way of this app is ours too.
    const own = action === 'opened' && isByApp(payload.issue, reader.appId)
    const about = { action, number: issue.number, issue, own }
    if (action !== 'labeled') return { kind: 'issues', ...about }
    const label = name(fields(payload.label)?.name)
    return label ? { kind: 'label', ...about, label } : undefined
  },

  issue_comment(payload, action, reader) {
    const number = id(fields(payload.issue)?.number)
    if (action !== 'created' || !number) return undefined
    const part = comment(payload.comment, 'issue', number, reader)
    // GitHub counts a pull as an issue; the key tells them apart: https://docs.github.com/en/rest/issues/issues
    if (!part || fields(fields(payload.issue)?.pull_request)) return part
    const issue = readIssue(payload.issue)
    return issue && { ...part, issue }
  },

  pull_request_review_comment(payload, action, reader) {
    const pull = readPull(payload.pull_request)
    const number = id(fields(payload.pull_request)?.number)
    if (action !== 'created' || !number) return undefined
    const part = comment(payload.comment, 'review', number, reader)
    return part && pull ? { ...part, pull } : part
  },

  pull_request_review_thread(payload, action) {
    const pull = readPull(payload.pull_request)
    const number = id(fields(payload.pull_request)?.number)
    const first = id(fields(list(fields(payload.thread)?.comments)[0])?.id)
    if ((action !== 'resolved' && action !== 'unresolved') || !number || !first) return undefined
    return { kind: 'thread', action, number, thread: { comment: first }, ...(pull && { pull }) }
  },

  /** A tag or branch that is deleted is no event: nothing is left to look at. */
  push(payload, action) {
    const push = readPush(payload)
    return push && { kind: 'push', action, push }
  },

  release(payload, action) {
    const release = readRelease(payload.release)
    return release && { kind: 'release', action, release }
  },

  workflow_run(payload, action) {
    const outcome = action === 'completed' ? readWorkflowRun(payload) : undefined
    return outcome && { kind: 'workflow_run', action, outcome, ...onlyPullOf(payload, fields(payload.workflow_run)) }
  },

  deployment_status(payload, action) {
    const outcome = action === 'created' ? readDeployment(payload) : undefined
    return outcome && { kind: 'deployment_status', action, outcome }
  },

  merge_group(payload, action) {
    const group = fields(payload.merge_group)
    const [head, baseRef, headRef] = [readSha(group?.head_sha), name(group?.base_ref), name(group?.head_ref)]
    if (action !== 'checks_requested' || !head || !baseRef || !headRef) return undefined
    return { kind: 'merge_group', action, merge: { head, baseRef, headRef } }
  },

  check_run(payload, action, reader) {
    const run = fields(payload.check_run)
    const [number, head] = [id(run?.id), readSha(run?.head_sha)]
    if (!run || !number || !head || id(fields(run.app)?.id) !== reader.appId) return undefined
    const check = { id: number, externalId: text(run.external_id) ?? '', head }
    const about = { action, check, ...pullOf(payload, run) }
    if (action === 'rerequested') return { kind: 'rerun', ...about }
    const identifier = name(fields(payload.requested_action)?.identifier)
    if (action !== 'requested_action' || !identifier) return undefined
    return { kind: 'button', ...about, check: { ...check, identifier } }
  },

  /** Ours are asked for again; those of other apps come to an end. */
  check_suite(payload, action, reader) {
    const suite = fields(payload.check_suite)
    const head = readSha(suite?.head_sha)
    if (!suite || !head) return undefined
    const ours = id(fields(suite.app)?.id) === reader.appId
    // A suite is no check run: id 0 and no external id mean "all of ours on this head".
    if (ours && action === 'rerequested')
      return { kind: 'rerun', action, check: { id: 0, externalId: '', head }, ...pullOf(payload, suite) }
    const outcome = !ours && action === 'completed' ? readCheckSuite(suite) : undefined
    return outcome && { kind: 'check_suite', action, outcome, ...onlyPullOf(payload, suite) }
  },
}

function comment(value: unknown, kind: 'issue' | 'review', number: number, reader: Reader): Part | undefined {
  const said = fields(value)
  const [commentId, body] = [id(said?.id), text(said?.body)]
  if (!commentId || body === undefined) return undefined
  const own = isByApp(said, reader.appId)
  const command = reader.readCommand(body, reader.names)
  const inReplyTo = id(said?.in_reply_to_id)
  const comment = { id: commentId, kind, body, ...(inReplyTo ? { inReplyTo } : {}), ...(command ? { command } : {}) }
  return { kind: 'comment', action: command?.word ?? 'created', number, comment, own }
}

/** Empty for pulls from forks: https://docs.github.com/en/rest/checks/runs. */
function pullOf(payload: Fields, value: Fields): { number?: number } {
  const [number] = numbersHere(payload, value)
  return number ? { number } : {}
}

/** GitHub also names pulls that the same branch has in other repositories, by numbers that are somebody else's here. */
function numbersHere({ repository }: Fields, value: Fields): number[] {
  const here = id(fields(repository)?.id)
  return list(value.pull_requests).flatMap(one => {
    const base = fields(fields(fields(one)?.base)?.repo)
    return here !== undefined && id(base?.id) === here ? (id(fields(one)?.number) ?? []) : []
  })
}

/** What ended may belong to several pulls with one head; then it is about none of them in particular. */
function onlyPullOf(payload: Fields, value: Fields | undefined): { number?: number } {
  return value && numbersHere(payload, value).length === 1 ? pullOf(payload, value) : {}
}
