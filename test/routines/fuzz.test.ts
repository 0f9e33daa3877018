// Mutated configuration files: nothing thrown, nothing slow, and a sentence for everything that is not taken.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readBuiltIns } from '../../src/builtins.ts'
import type { Event } from '../../src/domain/event.ts'
import type { RepositoryFile } from '../../src/domain/host.ts'
import type { Configuration } from '../../src/domain/routine.ts'
import {
  dueBetween,
  entriesOf,
  holdBack,
  loadConfiguration,
  matchRoutine,
  needsOf,
  openEffort,
  pinnedBy,
  within,
} from '../../src/routines/index.ts'
import { forgetAll } from '../../src/routines/remembered.ts'
import { issued } from './happenings.ts'
import { event, messages, pull, routineFile, settingsFile } from './samples.ts'

const pin = `acme/rules/api.md@${'a'.repeat(40)}`
const review = `description: Reviews
extends: code-review
on:
  pull_request: { types: [opened, closed], draft: false, merged: false, fork: false, branches: [main, "release/*"], paths: ["src/**", "!src/gen/**"], title: { matches: "a+" }, labels: { any: [bug], none: [wip] }, size: { min: 1, max: 9 } }
  label: { name: x, keep: true, on: [issue] }
  comment: review
cooldown: 1h
concurrency: { policy: queue, key: routine }
runs: { day: 2, month: 9 }
permission: write
forks: true
bots: false
model: deep
agents: [security, { name: api, model: fast, paths: ["api/**"], prompt: Look }]
paths: { "payments/**": { agents: [security], floor: low }, "docs/**": { floor: high } }
language: Deutsch
owner: acme/platform
review_by: 2026-03-01
severity: { inline: low, floor: nit, gate: high }
budget: { usd: 2, minutes: 12 }
can: [review, check]`
const work = `description: Works
kind: work
on:
  push: { branches: [main], tags: ["v*"], paths: ["src/**"], author: { is_not: ada } }
  issues: { types: [opened], body: { contains: "b" } }
  release: { types: [published], tag: { starts_with: v }, prerelease: false }
  workflow_run: { conclusions: [failure], workflows: [CI], branches: [main] }
  check_suite: { app: { one_of: [ci] } }
  deployment_status: { states: [success], environments: ["prod*"] }
  merge_group: { branches: [main] }
  schedule: [nightly, { cron: "0 2 1 * 1", timezone: Europe/Berlin, missed: skip }, { at: 2026-12-01 09:00 }, weekly on monday]
  api: true
debounce: 10m
skip_if: { search: "label:freeze", at_least: 2 }
only_if: { search: "is:open" }
repositories: [acme/lib]
reads: [issues, alerts]`
/** Legal, and of the dearest kinds: most of their steps are alive at every character, or every character leads to a new place. */
const dear = `description: Dear
on:
  pull_request: { title: { matches: "([ab]?[a]?[a-c]?){0,85}[yz]" }, body: { matches: ".*[ab].{14}" } }
  issues: { body: { matches: "(?:a?){0,300}[bc]" } }
  push: { title: { matches: "((a?b?){0,20}c?){0,6}.*" }, author: { matches: "(\\\\w*\\\\s?){0,60}" } }`
const dearer = `description: Dearer
on: { pull_request: { body: { matches: "([ab]?[a]?[a-c]?){0,20}[yz].*" }, head: { matches: ".*[ab].{200}" } }, issues: { body: { matches: "[^xw]*[xw].{11}.*" } } }`
const pinned = `description: Pinned\nextends: ${pin}\non: { comment: review }`
const settings = `enabled: true
automatic: false
disable: [security-review]
severity: { gate: high }
budget: { run: 1, day: 5 }
skip: ["a/**"]
readable_by: [acme/shop, "acme/*"]
language: English
ceilings: { run: 3, day: 20, can: [check] }
`
const builtIn = readBuiltIns().filter(({ path }) =>
  /routines\/(code|security)-review|agents\/(security|api)/.test(path),
)
const seeds = [
  ...readBuiltIns(),
  routineFile('x', review),
  routineFile('x', work),
  routineFile('x', pinned),
  routineFile('x', dear),
  routineFile('x', dearer),
  settingsFile(settings),
]
const shards = fc.constantFrom(
  ': ',
  '- ',
  '? ',
  '[',
  ']',
  '{',
  '}',
  '&a ',
  '*a',
  '!x ',
  '<<: ',
  '|\n',
  '>\n',
  '"',
  "'",
  '\n',
  '\t',
  '\0',
  '---\n',
  '#',
  '__proto__: 1\n',
  'constructor: 1\n',
  'null',
  '~',
  '1e999',
  '0x1',
  '2026-11-21',
  '\ufeff',
  '\ud800',
  '\u202e',
  '%YAML 9\n',
  '@',
  '`',
  '(',
  '+*',
)
/** Where, how much is cut, what is put in its place, how often. */
const cut = fc.tuple(fc.nat(), fc.nat(12), shards, fc.constantFrom(1, 1, 1, 2, 50, 2000))

function mutate(text: string, cuts: [number, number, string, number][]): string {
  return cuts.reduce((now, [at, length, shard, times]) => {
    const from = now.length === 0 ? 0 : at % now.length
    return (now.slice(0, from) + shard.repeat(times) + now.slice(from + length)).slice(0, 70_000)
  }, text)
}

/** As long as GitHub takes, near enough, and made to lead expressions astray. */
const bodies = [
  'ab'.repeat(30_000),
  Array.from({ length: 60_000 }, (_, at) => 'abx'[((at * 7919) ^ (at >> 3) ^ ((at * at) >> 5)) % 3] ?? 'b').join(''),
  'What changed, and why.\n'.repeat(2600),
  'a'.repeat(390),
]
const dull = 'ab'.repeat(128)
const events: Event[] = [
  event(),
  ...bodies.map(body => event({ pull: pull({ body, title: dull, head: { ref: dull, sha: 'a'.repeat(40) } }) })),
  ...bodies.map(body => issued('opened', { body, title: dull })),
  event({
    kind: 'push',
    push: { ref: 'refs/heads/main', branch: 'main', before: 'a', after: 'b', forced: false, title: dull },
  }),
  event({ kind: 'comment', comment: { id: 1, kind: 'issue', body: '', command: { word: 'review', rest: '' } } }),
]

/** All that is done with a configuration before anything is asked of anybody, each part with its milliseconds. */
function use(files: { organisation: RepositoryFile[]; repository: RepositoryFile[] }) {
  const parts: { what: string; took: number }[] = []
  const timed = <Made>(what: string, work: () => Made): Made => {
    const began = process.threadCpuUsage()
    const made = work()
    const { user, system } = process.threadCpuUsage(began)
    parts.push({ what, took: (user + system) / 1000 })
    return made
  }
  const configuration = timed('load', () => {
    const wanted = Object.fromEntries(
      pinnedBy(files).map(one => [one, { text: seeds[readBuiltIns().length + 1]?.text ?? '', commit: 'a' }]),
    )
    return loadConfiguration({ builtIn, ...files, pinned: wanted, today: '2026-11-21' })
  })
  const { routines, settings } = configuration
  for (const [at, one] of events.entries())
    timed(`event ${at}`, () =>
      within(openEffort(), () => {
        for (const routine of routines) {
          matchRoutine(routine, one, { pull: one.pull, paths, settings })
          needsOf(routine, one)
          holdBack(routine, one, { pull: one.pull, permission: 'read', searches: {} })
        }
      }),
    )
  timed('schedules', () => {
    for (const routine of routines)
      for (const entry of entriesOf(routine.on.schedule))
        dueBetween(entry, new Date('2026-11-21T00:00:00Z'), new Date('2026-11-22T00:00:00Z'), 1)
  })
  return { configuration, parts }
}

const paths = Array.from({ length: 300 }, (_, at) => `src/${'ab'.repeat(20)}/${at}.ts`)

const limit = 100
const long = process.env.WATCHBILL_TEST_LONG !== undefined

describe('mutated configuration files', () => {
  it('start from dear ones that are taken', () => {
    for (const seed of seeds.slice(-3, -1))
      expect(messages(use({ organisation: [], repository: [seed] }).configuration)).toEqual([])
  })

  it('never crash, never take long, and always come with a sentence', { timeout: long ? 600_000 : 30_000 }, () => {
    const required = routineFile('x', `${review}\nrequired: true`)
    let slowest = { what: 'nothing', took: 0 }
    // The engine compiles its own code meanwhile: that is no input's fault.
    for (const seed of seeds) use({ organisation: [], repository: [seed] })
    fc.assert(
      fc.property(
        fc.constantFrom(...seeds),
        fc.array(cut, { minLength: 1, maxLength: 4 }),
        fc.constantFrom('repository', 'organisation', 'required'),
        (seed, cuts, place) => {
          const file = { path: seed.path.replace(/^(\.github\/)?/, '.github/'), text: mutate(seed.text, cuts) }
          const files = {
            organisation: place === 'organisation' ? [file] : place === 'required' ? [required] : [],
            repository: place === 'organisation' ? [] : [file],
          }
          forgetAll()
          const { configuration, parts } = use(files)
          // The first time counts, with nothing remembered of any expression.
          for (const part of parts) {
            if (part.took > slowest.took) slowest = part
            expect([part.took < limit, part]).toEqual([true, part])
          }
          const { routines, problems, notes } = configuration
          for (const said of [...problems, ...notes]) {
            expect(messages({ problems: [said] } as Configuration)[0]).toMatch(/^\S.* \S.*[.?)!`]$/s)
            expect(said.help ?? 'A sentence is here.').toMatch(/^\S[^\n]{15,}$/)
          }
          for (const one of routines.filter(routine => routine.off)) expect(one.off?.length).toBeGreaterThan(20)
          const named = routines.map(routine => routine.name)
          expect(named).toEqual(expect.arrayContaining(['code-review', 'security-review']))
          if (place === 'required') expect(routines.find(one => one.name === 'x')).toMatchObject({ required: true })
        },
      ),
      { seed: 20261121, numRuns: long ? 10_000 : 300 },
    )
    if (long) console.log(`slowest of 10,000: ${slowest.what}, ${slowest.took.toFixed(1)} ms`)
  })
})
