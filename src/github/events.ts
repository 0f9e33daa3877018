// A delivery as an Event: pure translation; whatever is not as GitHub documents it is no event of ours.
import type { Event } from '../domain/event.ts'
import { type Fields, fields, id, list, name, readActor, readPull, readRepository, readSha, text } from './payloads.ts'

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
  const action = name(payload?.action)
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
export function isByApp(value: unknown, appId: number): boolean {
  return id(fields(fields(value)?.performed_via_github_app)?.id) === appId
}

const translations: Record<string, (payload: Fields, action: string, reader: Reader) => Part | undefined> = {
  pull_request(payload, action) {
    const pull = readPull(payload.pull_request)
    if (!pull) return undefined
    const about = { action, number: pull.number, pull }
    if (action !== 'labeled') return { kind: 'pull_request', ...about }
    const label = name(fields(payload.label)?.name)
    return label ? { kind: 'label', ...about, label } : undefined
  },

  issue_comment(payload, action, reader) {
    const issue = fields(payload.issue)
    const number = id(issue?.number)
    if (action !== 'created' || !fields(issue?.pull_request) || !number) return undefined
    return comment(payload.comment, 'issue', number, reader)
  },

  pull_request_review_comment(payload, action, reader) {
    const pull = readPull(payload.pull_request)
    const number = id(fields(payload.pull_request)?.number)
    if (action !== 'created' || !number) return undefined
    const part = comment(payload.comment, 'review', number, reader)
    return part && pull ? { ...part, pull } : part
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
    const about = { action, check, ...pullOf(run) }
    if (action === 'rerequested') return { kind: 'rerun', ...about }
    const identifier = name(fields(payload.requested_action)?.identifier)
    if (action !== 'requested_action' || !identifier) return undefined
    return { kind: 'button', ...about, check: { ...check, identifier } }
  },

  check_suite(payload, action, reader) {
    const suite = fields(payload.check_suite)
    const head = readSha(suite?.head_sha)
    if (action !== 'rerequested' || !suite || !head || id(fields(suite.app)?.id) !== reader.appId) return undefined
    // A suite is no check run: id 0 and no external id mean "all of ours on this head".
    return { kind: 'rerun', action, check: { id: 0, externalId: '', head }, ...pullOf(suite) }
  },
}

function comment(value: unknown, kind: 'issue' | 'review', number: number, reader: Reader): Part | undefined {
  const said = fields(value)
  const [commentId, body] = [id(said?.id), text(said?.body)]
  if (!commentId || body === undefined) return undefined
  const own = isByApp(said, reader.appId)
  const command = reader.readCommand(body, reader.names)
  const comment = { id: commentId, kind, body, ...(command ? { command } : {}) }
  return { kind: 'comment', action: command?.word ?? 'created', number, comment, own }
}

/** Empty for pulls from forks: https://docs.github.com/en/rest/checks/runs. */
function pullOf(value: Fields): { number?: number } {
  const number = id(fields(list(value.pull_requests)[0])?.number)
  return number ? { number } : {}
}
