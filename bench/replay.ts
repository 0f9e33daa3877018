// A replay of 10,000 stored events against a changed routine, read from the embedded database: how long it takes, and how long it holds the process up.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as turn } from 'node:timers/promises'
import { readBuiltIns } from '../src/builtins.ts'
import type { Event } from '../src/domain/event.ts'
import type { EventFacts } from '../src/domain/store.ts'
import { loadConfiguration } from '../src/routines/index.ts'
import { replayPast } from '../src/runs/replay/past.ts'
import { openStore } from '../src/store/index.ts'
import { event, pull, repository, routineFile } from '../test/routines/samples.ts'
import { type Figure, ms, quantile } from './figure.ts'

const events = 10_000
const limitMs = 2_000
const rounds = 5
const until = new Date('2026-11-30T00:00:00.000Z')
const days = 30

export async function benchReplay(): Promise<Figure[]> {
  const dataDir = await mkdtemp(join(tmpdir(), 'watchbill-bench-'))
  const store = await openStore({ dataDir })
  try {
    for (let index = 0; index < events; index++) await store.events.keep(...past(index))
    const configuration = (paths: string) =>
      loadConfiguration({ builtIn: readBuiltIns(), organisation: [], repository: routines(paths) })
    const [before, after] = [configuration('src/**'), configuration('src/server/**')]
    const times: number[] = []
    const processor: number[] = []
    const holds: number[] = []
    let fired = 0
    for (let round = 0; round < rounds; round++) {
      const watched = watchTurns()
      const began = performance.now()
      const used = process.cpuUsage()
      const replay = await replayPast({ store, now: () => until }, { repository, before, after, days })
      times.push(performance.now() - began)
      const { user, system } = process.cpuUsage(used)
      processor.push((user + system) / 1000)
      holds.push(await watched())
      if (replay.events !== events) throw new Error(`replayed ${replay.events} of ${events} events`)
      fired = replay.after.fired
    }
    const median = quantile(times, 0.5)
    return [
      {
        what: `replay: ${events} stored events, ${after.routines.length} routines, one of them changed`,
        value: ms(median),
        limit: `≤ ${ms(limitMs)}`,
        met: median <= limitMs,
        beside: [
          `median of ${rounds}, slowest ${ms(Math.max(...times))}; ${ms(quantile(processor, 0.5))} of the processor's time, reading from the embedded database included`,
          `${fired} starts in the new configuration, each with its cost`,
          `deliveries waited for it ${ms(Math.max(...holds))} at the longest`,
        ],
      },
    ]
  } finally {
    await store[Symbol.asyncDispose]()
    await rm(dataDir, { recursive: true, force: true })
  }
}

/** Ten of a team's own beside the built-in ones: filters on paths, titles, labels and branches, gates, schedules. */
function routines(paths: string) {
  const lines = [
    `on: { pull_request: { paths: ["${paths}", "!src/generated/**"] } }`,
    'on: { pull_request: { title: { matches: "(feat|fix)(\\\\(.*\\\\))?: .*" }, labels: { none: [wip] } } }',
    'on: { pull_request: { branches: [main, "release/*"], size: { min: 5, max: 4000 } } }\nruns: { day: 20 }',
    'on: { pull_request: { types: [closed], merged: true } }\nkind: work',
    'on: { push: { branches: [main], paths: ["docs/**"] } }\ncooldown: 1h',
    'on: { issues: { types: [opened], body: { contains: crash } } }',
    'on: { comment: review, label: needs-review }',
    'on: { workflow_run: { workflows: [CI] } }',
    'kind: work\non: { schedule: "*/30 * * * *" }\nruns: { day: 10 }',
    'kind: work\non: { schedule: nightly, push: {} }\ndebounce: 10m',
  ]
  return lines.map((line, index) => routineFile(`own-${index}`, `description: Own\n${line}`))
}

function past(index: number): [Event, EventFacts] {
  const at = new Date(until.getTime() - days * 86_400_000 + (index * days * 86_400_000) / events).toISOString()
  const number = 1 + (index % 900)
  const about = pull({
    number,
    title: `${index % 3 ? 'feat' : 'chore'}: change ${index}`,
    body: 'It changes what it says. '.repeat(80),
    draft: index % 11 === 0,
    labels: index % 5 ? [] : ['wip'],
    head: { ref: `b${number}`, sha: index.toString(16).padStart(40, '0') },
  })
  const paths = [
    `src/${index % 2 ? 'server' : 'web'}/file-${index % 300}.ts`,
    'README.md',
    `docs/page-${index % 40}.md`,
  ]
  const facts = { paths, installationSize: 12, permission: 'write' as const }
  const own = { id: `bench-${index}`, at, number }
  const pulls = { ...own, pull: about }
  const words = { id: 1, kind: 'issue' as const, body: '', command: { word: 'review', rest: '' } }
  const kinds: Partial<Event>[] = [
    { ...pulls, action: 'opened' },
    { ...pulls, action: 'synchronize' },
    { ...pulls, action: 'synchronize' },
    { ...pulls, action: 'closed', pull: { ...about, state: 'closed', merged: true } },
    { ...pulls, kind: 'label', action: 'labeled', label: 'needs-review' },
    { ...pulls, kind: 'comment', action: 'review', comment: words },
    { id: own.id, at, kind: 'push', action: 'pushed', push: pushed(index, paths) },
    { id: own.id, at, kind: 'issues', action: 'opened', issue: { ...about, author: about.author } },
  ]
  return [event({ number: undefined, ...kinds[index % kinds.length] } as Partial<Event>), facts]
}

function pushed(index: number, paths: string[]) {
  const branch = index % 2 ? 'main' : 'feature'
  return { ref: `refs/heads/${branch}`, branch, before: 'a', after: 'b', forced: false, title: 'Merge', paths }
}

/** Resolves to the longest time between two turns of the process. */
function watchTurns(): () => Promise<number> {
  let longest = 0
  let on = true
  const done = (async () => {
    for (let last = performance.now(); on; ) {
      await turn()
      const now = performance.now()
      longest = Math.max(longest, now - last)
      last = now
    }
  })()
  return async () => {
    on = false
    await done
    return longest
  }
}
