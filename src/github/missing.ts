// What a delivery's payload has to carry to become an event here, and what of it one lacks.
import { readNames } from './events.ts'
import { fields } from './payloads.ts'

/** Names of deliveries that may become an event. */
export const answeredNames = readNames

const common = ['action', 'repository', 'sender', 'installation']

/** Keys of the payload, by name of the delivery: https://docs.github.com/en/webhooks/webhook-events-and-payloads */
const own: Record<string, string[]> = {
  issues: ['issue'],
  issue_comment: ['issue', 'comment'],
  pull_request_review_comment: ['pull_request', 'comment'],
  push: ['ref', 'before', 'after'],
  deployment_status: ['deployment', 'deployment_status'],
}

/** Keys that are absent; `installation` is there only where an App is installed, and samples in the docs leave it out. */
export function missingFrom(name: string, payload: unknown): string[] {
  const given = fields(payload)
  const wanted = [...common, ...(own[name] ?? [name])].filter(key => name !== 'push' || key !== 'action')
  return wanted.filter(key => given?.[key] === undefined || given[key] === null)
}
