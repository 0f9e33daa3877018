// What a routine needs the App to hold: permission and event of each trigger, and what it does, reads and asks.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import type { Granted } from '../../src/domain/host.ts'
import { triggersSchema } from '../../src/domain/triggers.ts'
import { lacksGrant, missingGrants, usefulGrants } from '../../src/routines/index.ts'
import { load, routine, settingsFile } from './samples.ts'

const pages = { add: 'https://github.test/add', accept: 'https://github.test/accept' }
/** "contents" is `contents: read`, "checks:write" `checks: write`. */
const granted = (permissions: string[], events: string[] = []): Granted => ({
  permissions: Object.fromEntries(
    permissions.map(one => one.split(':')).map(([name, level]) => [name, level ?? 'read']),
  ),
  events,
  pages,
})
const at = 'add it at https://github.test/add, then accept it at https://github.test/accept.'
/** "permission" as above, "event!"; each of them alone is missing, and is asked for by name. */
const worded = (what: string) => {
  const [name, level = 'read'] = what.split(':')
  return what.endsWith('!') ? `the event \`${what.slice(0, -1)}\`` : `the permission \`${name}: ${level}\``
}

const work = (front: string) => `kind: work\n${front}`
const review = (front: string) => `kind: review\n${front}`
/** What every task, and every review, needs whatever starts it. */
const [ofTask, ofReview] = [
  ['contents', 'checks:write'],
  ['contents', 'checks:write', 'pull_requests:write'],
]

/** By hand, from GitHub's pages about webhook events and about the permissions of REST calls. */
const table: [front: string, needs: string[]][] = [
  [work('on: { schedule: nightly }'), ofTask],
  [work('on: { api: true }'), ofTask],
  [work('on: { pull_request: {} }'), [...ofTask, 'pull_requests', 'pull_request!']],
  [work('on: { push: {} }'), [...ofTask, 'push!']],
  [work('on: { push: { tags: ["v*"] } }'), [...ofTask, 'push!']],
  [work('on: { release: {} }'), [...ofTask, 'release!']],
  [work('on: { issues: {} }'), [...ofTask, 'issues', 'issues!']],
  [work('on: { workflow_run: {} }'), [...ofTask, 'actions', 'workflow_run!']],
  [work('on: { check_suite: {} }'), [...ofTask, 'check_suite!']],
  [work('on: { deployment_status: {} }'), [...ofTask, 'deployments', 'deployment_status!']],
  [work('on: { merge_group: true }'), [...ofTask, 'merge_queues', 'merge_group!']],
  // A label that is used up has to be taken off, which on an issue is a matter of issues.
  [work('on: { label: go }'), [...ofTask, 'pull_requests:write', 'pull_request!', 'issues:write', 'issues!']],
  [work('on: { label: { name: go, on: [issue] } }'), [...ofTask, 'issues:write', 'issues!']],
  [work('on: { label: { name: go, on: [issue], keep: true } }'), [...ofTask, 'issues', 'issues!']],
  [work('on: { label: { name: go, on: [issue] } }\ncan: [check]'), [...ofTask, 'issues', 'issues!']],
  [work('on: { label: { name: go, on: [pull_request] } }'), [...ofTask, 'pull_requests:write', 'pull_request!']],
  [review('on: { label: go }'), [...ofReview, 'pull_request!']],
  [review('on: { label: { name: go, keep: true } }\ncan: [check]'), [...ofTask, 'pull_requests', 'pull_request!']],
  // Who gives a command is answered where it was given.
  [
    work('on: { comment: review }'),
    [...ofTask, 'issues:write', 'issue_comment!', 'pull_requests:write', 'pull_request_review_comment!'],
  ],
  [review('on: { comment: review }'), [...ofReview, 'issues', 'issue_comment!', 'pull_request_review_comment!']],
  [review('on: { pull_request: {} }'), [...ofReview, 'pull_request!']],
  [review('on: { pull_request: {} }\ncan: [review]'), ['contents', 'pull_requests:write', 'pull_request!']],
  [review('on: { pull_request: {} }\nintent: true'), [...ofReview, 'pull_request!', 'issues']],
  [work('on: { api: true }\nreads: [issues]'), [...ofTask, 'issues']],
  [work('on: { api: true }\nreads: [alerts]'), [...ofTask, 'vulnerability_alerts']],
  [work('on: { api: true }\nreads: [workflow_logs]'), [...ofTask, 'actions']],
  [work('on: { api: true }\nreads: [deployments]'), [...ofTask, 'deployments']],
  [work('on: { api: true }\nreads: [changes]'), ofTask],
  [work('on: { api: true }\nskip_if: { search: "label:freeze" }'), [...ofTask, 'issues', 'pull_requests']],
  [work('on: { api: true }\nonly_if: { search: "label:bug" }'), [...ofTask, 'issues', 'pull_requests']],
]

describe('what a routine needs', () => {
  it.each(table)('%s: %s, each of which is asked for by name, and nothing else', (front, needs) => {
    const one = routine(front)
    const missing = (held: string[]) => {
      const events = held.filter(what => what.endsWith('!')).map(what => what.slice(0, -1))
      return missingGrants(
        one,
        granted(
          held.filter(what => !what.endsWith('!')),
          events,
        ),
      )
    }
    expect(missing(needs)).toEqual([])
    for (const need of needs) {
      const said = missing(needs.filter(other => other !== need))
      expect(said, need).not.toEqual([])
      for (const sentence of said)
        expect(sentence).toMatch(new RegExp(`^\`${one.name}\` .+, for which the App needs ${worded(need)}: add it at`))
      // To read is not enough to write.
      const [name, level] = need.split(':')
      if (level) expect(missing(needs.map(other => (other === need ? name! : other)))[0]).toContain(worded(need))
    }
  })

  it('is on record for every trigger there is', () => {
    const told = table.map(([front]) => front).join('\n')
    for (const trigger of Object.keys(triggersSchema.shape)) expect(told).toContain(`on: { ${trigger}: `)
  })

  it('is one sentence for a permission and its event, with the pages', () => {
    const one = routine(work('on: { workflow_run: {} }'))
    expect(missingGrants(one, granted(ofTask))).toEqual([
      `\`${one.name}\` answers \`workflow_run\`, for which the App needs the permission \`actions: read\` and the event \`workflow_run\`: ${at}`,
    ])
    const two = routine(work('on: { label: { name: go, on: [issue] } }'))
    expect(missingGrants(two, granted([...ofTask, 'issues'], ['issues']))).toEqual([
      `\`${two.name}\` answers \`label\` on issues and takes it off, for which the App needs the permission \`issues: write\`: ${at}`,
    ])
  })

  it('is said once where several things ask for it, at the level that does for all of them', () => {
    const one = routine(review('on: { pull_request: {}, comment: review }'))
    const said = missingGrants(one, granted(['contents', 'checks:write', 'issues'], ['pull_request', 'issue_comment']))
    expect(said).toEqual([
      `\`${one.name}\` answers comments on pull requests, for which the App needs the permission \`pull_requests: write\` and the event \`pull_request_review_comment\`: ${at}`,
    ])
  })

  it('is nothing for an App as app.yml has it and what is on as it ships; with all of it on, what app.yml says beside it', () => {
    const { default_permissions: permissions, default_events: events } = parse(
      readFileSync(new URL('../../app.yml', import.meta.url), 'utf8'),
    )
    const missing = (...files: Parameters<typeof load>) =>
      load(...files).routines.flatMap(one => missingGrants(one, { permissions, events, pages }))
    expect(missing([])).toEqual([])
    const standby = load([]).routines.flatMap(one => (one.standby ? [one.name] : []))
    const needed = missing([settingsFile(`enable: [${standby.join(', ')}]`)])
    expect(needed.map(sentence => sentence.replace(/: add it at .*/, ''))).toEqual([
      '`alert-triage` reads `alerts`, for which the App needs the permission `vulnerability_alerts: read`',
      '`deploy-verification` answers `workflow_run`, for which the App needs the permission `actions: read` and the event `workflow_run`',
      '`deploy-verification` answers `deployment_status`, for which the App needs the permission `deployments: read` and the event `deployment_status`',
    ])
  })

  it('is nothing for one that is off', () => {
    const off = { ...routine(work('on: { workflow_run: {} }')), off: 'It is switched off.' }
    expect(missingGrants(off, granted([]))).toEqual([])
    expect(usefulGrants({ ...off, each: 'component' }, granted([]))).toEqual([])
  })
})

it.each([
  ['each: component', 'has results for code scanning', 'security_events:write'],
  ['owner: acme/core', 'has a team as its owner', 'members'],
])('%s could do with more, and goes on without', (front, because, useful) => {
  const one = routine(work(`on: { schedule: nightly }\n${front}`))
  expect(missingGrants(one, granted(ofTask))).toEqual([])
  expect(usefulGrants(one, granted(ofTask))).toEqual([
    `\`${one.name}\` ${because}, for which the App needs ${worded(useful)}: ${at}`,
  ])
  expect(usefulGrants(one, granted([useful]))).toEqual([])
})

it.each([
  ['workflow_logs', 'actions', 'actions'],
  ['deployments', 'deployments', 'deployments'],
  ['alerts', 'vulnerability_alerts', 'secret_scanning_alerts'],
])('reading %s asks for %s, and goes by itself with %s', (what, asked, enough) => {
  const one = routine(`kind: work\non: { schedule: nightly }\nreads: [${what}]`)
  expect(lacksGrant(one, granted(['contents'], []))).toBe(
    `\`${one.name}\` reads \`${what}\`, for which the App needs the permission \`${asked}: read\`: ${at} Until then it answers what people ask for, and nothing else.`,
  )
  expect(lacksGrant(one, granted([enough], []))).toBeUndefined()
})
