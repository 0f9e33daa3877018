// All published example deliveries against a routine of every trigger: who answers is what the table made by hand says.
import { describe, expect, it } from 'vitest'
import { conclusions, deploymentStates, issueTypes, pullRequestTypes, releaseTypes } from '../../src/domain/triggers.ts'
import { readEvent } from '../../src/github/events.ts'
import { concerns, matchRoutine, readCommand } from '../../src/routines/index.ts'
import { type Example, examples, reader } from '../github/examples.ts'
import { ours, type Row, rows, silent } from './examples-table.ts'
import { noSettings, pull, routine } from './samples.ts'

const list = (words: readonly string[]) => `[${words.join(', ')}]`
/** Every trigger, set to everything there is. */
const whole: Record<string, string> = {
  pull_request: `{ types: ${list(pullRequestTypes)} }`,
  issues: `{ types: ${list(issueTypes)} }`,
  label: 'bug',
  comment: 'review',
  push: '{ branches: ["**"], tags: ["**"] }',
  release: `{ types: ${list(releaseTypes)} }`,
  workflow_run: `{ conclusions: ${list(conclusions)} }`,
  check_suite: `{ conclusions: ${list(conclusions)} }`,
  deployment_status: `{ states: ${list(deploymentStates)} }`,
  merge_group: 'true',
  schedule: 'nightly',
  api: 'true',
}
/** And each with nothing but its name. */
const bare: Record<string, string> = {
  ...Object.fromEntries(Object.keys(whole).map(name => [name, '{}'])),
  label: 'bug',
  comment: 'review',
  merge_group: 'true',
  schedule: 'nightly',
  api: 'true',
}
const routinesOf = (triggers: Record<string, string>, kind: string) =>
  Object.entries(triggers).map(([name, value]) => [name, routine(`kind: ${kind}\non: { ${name}: ${value} }`)] as const)

const asTasks = { whole: routinesOf(whole, 'work'), bare: routinesOf(bare, 'work') }

/** Names of the triggers whose routine answers. */
function answering({ name, payload }: Example, routines: ReturnType<typeof routinesOf>): string[] {
  const event = readEvent({ id: 'd1', name, payload, at: '2026-11-21T00:00:00.000Z' }, { ...reader, readCommand })
  if (!event) return []
  const facts = { pull: event.pull ?? pull(), paths: undefined, settings: noSettings }
  const answers = routines.filter(([, one]) => matchRoutine(one, event, facts).matched)
  // Who answers is always among those that the event is said to concern.
  expect(answers.every(([, one]) => concerns(one, event))).toBe(true)
  return answers.map(([trigger]) => trigger)
}

const words = (text: string) => text.split(' ').filter(Boolean)
const valueAt = (payload: unknown, path: string) =>
  path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], payload)

/** The first row that an example is in. */
function rowOf({ name, payload }: Example): Row | undefined {
  return rows.find(
    ({ event, actions, when }) =>
      event === name &&
      (actions === '' ? payload.action === undefined : words(actions).includes(payload.action)) &&
      (!when || valueAt(payload, when[0]) === when[1]),
  )
}

describe('the published examples', () => {
  it('are all in the table, once', () => {
    expect(examples).toHaveLength(329)
    const lost = examples.filter(one => !rowOf(one) && !words(silent).includes(one.name))
    expect(lost.map(one => `${one.name} ${one.payload.action ?? ''}`)).toEqual([])
    expect(rows.filter(row => words(silent).includes(row.event))).toEqual([])
  })

  it('are answered by whom the table says', () => {
    const expected = examples.map(one => `${one.name} ${one.payload.action ?? ''}: ${rowOf(one)?.whole ?? ''}`)
    const found = examples.map(one => {
      const order = words(rowOf(one)?.whole ?? '')
      const triggers = answering(one, asTasks.whole).toSorted((a, b) => order.indexOf(a) - order.indexOf(b))
      return `${one.name} ${one.payload.action ?? ''}: ${triggers.join(' ')}`
    })
    expect(found).toEqual(expected)
  })

  it('are answered by default by whom the table says', () => {
    const expected = examples.map(one => `${one.name} ${one.payload.action ?? ''}: ${rowOf(one)?.bare ?? ''}`)
    const found = examples.map(
      one => `${one.name} ${one.payload.action ?? ''}: ${answering(one, asTasks.bare).join(' ')}`,
    )
    expect(found).toEqual(expected)
  })

  it.each(ours)(
    'of $event $action are answered otherwise once they are about this app',
    ({ event, action, whole: expected }) => {
      const reviews = routinesOf({ pull_request: '{}', comment: 'review', label: 'bug' }, 'review')
      const chosen = examples.filter(one => one.name === event && one.payload.action === action)
      expect(chosen.length).toBeGreaterThan(0)
      for (const { name, payload } of chosen) {
        const mine = structuredClone(payload)
        if (mine.comment) mine.comment.body = '@watchbill review'
        if (mine.issue) mine.issue.pull_request = { url: 'https://api.github.com/x' }
        const check = mine.check_run ?? mine.check_suite
        if (check) check.app.id = reader.appId
        if (mine.requested_action) mine.requested_action.identifier = 'review'
        expect(answering({ name, payload: mine }, reviews).toSorted()).toEqual(words(expected))
      }
    },
  )
})
