// What docs/permissions.md has for some routines is what those routines are told that they lack.
import { expect, it } from 'vitest'
import { readBuiltIns } from '../../src/builtins.ts'
import type { Granted } from '../../src/domain/host.ts'
import { loadConfiguration, missingGrants, usefulGrants } from '../../src/routines/index.ts'
import { rows, section } from './pages.ts'

/** GitHub's names on its pages, where they differ from those of its API. */
const shown: Record<string, string> = {
  vulnerability_alerts: 'dependabot alerts',
  security_events: 'code scanning alerts',
  secret_scanning_alerts: 'secret scanning alerts',
}
const nothing: Granted = { permissions: {}, events: [], pages: { add: 'A', accept: 'B' } }
const [, ...always] = rows(section('docs/permissions.md', '## Always'))
const [, ...some] = rows(section('docs/permissions.md', '## For some routines'))
const namesOf = (table: string[][], access?: string) =>
  table.filter(cells => !access || cells[1] === access).flatMap(([names = '']) => names.toLowerCase().split(', '))

const mine = {
  path: '.github/routines/mine.md',
  text: `---
description: Mine
kind: work
owner: acme/platform
each: component
on:
  { workflow_run: {}, deployment_status: {}, label: { name: x, on: [issue] }, issues: {}, push: {}, release: {}, check_suite: {}, merge_group: true }
reads: [issues, alerts, workflow_logs, deployments, changes]
---
Look.
`,
}
const { routines, problems } = loadConfiguration({ builtIn: readBuiltIns(), organisation: [], repository: [mine] })
const asked = routines
  .map(routine => ({ ...routine, standby: undefined }))
  .flatMap(routine => [...missingGrants(routine, nothing), ...usefulGrants(routine, nothing)])
const permissions = asked.flatMap(text => [...text.matchAll(/the permission `(\w+): (read|write)`/g)])
const events = asked.flatMap(text => [...text.matchAll(/the event `(\w+)`/g)].map(([, name = '']) => name))

it('every permission that a routine is told to lack is there, with its access', () => {
  expect(problems).toEqual([])
  expect(new Set(permissions.map(([, name]) => name)).size).toBeGreaterThan(7)
  const missing = permissions.filter(([, name = '', access = '']) => {
    const words = shown[name] ?? name.replaceAll('_', ' ')
    const tables = [...namesOf(always), ...namesOf(some, access)]
    return !tables.includes(words)
  })
  expect(missing.map(([text]) => text)).toEqual([])
})

it('every event that a routine is told to lack is there', () => {
  const subscribed = [...always.map(cells => cells[3]), ...some.map(cells => cells[3])]
    .flatMap(list => (list ?? '').split(', '))
    .map(name => name.toLowerCase().replaceAll(' ', '_'))
  expect(events).toContain('workflow_run')
  expect(events.filter(name => !subscribed.includes(name))).toEqual([])
})

it('what is for some routines is asked of them: all but what a review does without', () => {
  const named = new Set(permissions.map(([, name = '']) => shown[name] ?? name.replaceAll('_', ' ')))
  // Any one of the three kinds of alerts does, so the first is asked for; and threads are resolved where that is granted anyway.
  const aside = ['code scanning alerts', 'secret scanning alerts', 'contents']
  expect(namesOf(some).filter(name => !named.has(name) && !aside.includes(name))).toEqual([])
})
