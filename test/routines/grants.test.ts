// What a routine needs the App to hold: the permission and the event of each trigger, and what it reads.
import { expect, it } from 'vitest'
import type { Granted } from '../../src/domain/host.ts'
import { lacksGrant, missingGrants } from '../../src/routines/index.ts'
import { routine } from './samples.ts'

const pages = { add: 'https://github.test/add', accept: 'https://github.test/accept' }
const granted = (permissions: string[], events: string[]): Granted => ({
  permissions: Object.fromEntries(permissions.map(one => [one, 'read'])),
  events,
  pages,
})
const named = (trigger: string) => routine(`kind: work\non: { ${trigger} }`)
const at = 'add it at https://github.test/add, then accept it at https://github.test/accept.'

it.each([
  ['workflow_run: { conclusions: [failure] }', 'actions', 'workflow_run'],
  ['deployment_status: { states: [failure] }', 'deployments', 'deployment_status'],
  ['check_suite: { conclusions: [failure] }', 'checks', 'check_suite'],
  ['merge_group: {}', 'merge_queues', 'merge_group'],
  ['push: {}', 'contents', 'push'],
  ['release: {}', 'contents', 'release'],
  ['issues: {}', 'issues', 'issues'],
])('%s asks for %s and %s by name, for each that is missing', (trigger, permission, event) => {
  const one = named(trigger)
  const say = (lacks: string) => [`\`${one.name}\` answers \`${event}\`, for which the App needs ${lacks}: ${at}`]
  expect(missingGrants(one, granted([permission], [event]))).toEqual([])
  expect(missingGrants(one, granted([permission], []))).toEqual(say(`the event \`${event}\``))
  expect(missingGrants(one, granted([], [event]))).toEqual(say(`the permission \`${permission}: read\``))
  expect(missingGrants(one, granted([], []))).toEqual(
    say(`the permission \`${permission}: read\` and the event \`${event}\``),
  )
})

it('what people and programs ask for needs nothing more, and neither does a routine that is off', () => {
  const none = granted([], [])
  expect(missingGrants(named('schedule: nightly, api: true, label: go'), none)).toEqual([])
  const off = { ...named('workflow_run: {}'), off: 'It is switched off.' }
  expect(missingGrants(off, none)).toEqual([])
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
