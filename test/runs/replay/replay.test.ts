// Past events against two configurations: who would have fired, what nobody can know, and what the gates would have held back.
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Event } from '../../../src/domain/event.ts'
import type { RepositoryFile } from '../../../src/domain/host.ts'
import type { Replay, RoutineReplay } from '../../../src/domain/replay.ts'
import type { Configuration } from '../../../src/domain/routine.ts'
import type { Run } from '../../../src/domain/run.ts'
import type { EventFacts } from '../../../src/domain/store.ts'
import { sayReplay } from '../../../src/publish/index.ts'
import { openEffort } from '../../../src/routines/index.ts'
import { replayPast } from '../../../src/runs/replay/past.ts'
import { openReplay } from '../../../src/runs/replay/replay.ts'
import { openSide, type PastEvent } from '../../../src/runs/replay/side.ts'
import { usualOf } from '../../../src/runs/replay/usual.ts'
import { event, find, load, pull, repository, routineFile, settingsFile } from '../../routines/samples.ts'

const from = new Date('2026-11-01T00:00:00.000Z')
const until = new Date('2026-12-01T00:00:00.000Z')
const minute = 60_000
const at = (minutes: number) => new Date(from.getTime() + minutes * minute).toISOString()
const head = (mark: number) => ({ ref: 'x', sha: String(mark).padStart(40, '0') })

let ids = 0
function past(minutes: number, change: Partial<Event> = {}, facts: EventFacts = { installationSize: 1 }): PastEvent {
  const id = ++ids
  const own = { id: `e${id}`, at: at(minutes), pull: pull({ number: id, head: head(id) }), number: id }
  return { event: event({ ...own, ...change }), facts }
}

/** One dollar a run. */
const usual = { usd: () => 1, basis: () => 'a dollar' }
const empty = load([settingsFile('enabled: false')])

function replay(events: PastEvent[], after: Configuration, before = empty): Replay {
  const all = openReplay({ repository, before, after, from, until, usual })
  all.add(events)
  return all.end()
}

function of(name: string, result: Replay): RoutineReplay & { after: NonNullable<RoutineReplay['after']> } {
  const found = result.routines.find(one => one.routine === name)
  if (!found?.after) throw new Error(`no ${name}`)
  return { ...found, after: found.after }
}

const mine = (yaml: string, ...files: RepositoryFile[]) =>
  load([
    routineFile('mine', `description: Mine\n${yaml}`),
    settingsFile('disable: [code-review, security-review]'),
    ...files,
  ])

describe('a routine', () => {
  it('fires once for each pull request, and the old and the new are counted beside each other', () => {
    const result = replay([past(0), past(1), past(2, { action: 'edited' })], load([]), mine('on: { pull_request: {} }'))
    expect(result).toMatchObject({ events: 3, before: { fired: 2, usd: 2 }, after: { fired: 4, usd: 4 } })
    expect(of('code-review', result)).toMatchObject({
      changed: true,
      before: { fired: 0 },
      after: { fired: 2, usd: 2, overCap: 0, unknown: 0 },
      basis: 'a dollar',
    })
    expect(result.routines.find(one => one.routine === 'mine')).toMatchObject({
      before: { fired: 2 },
      lost: [{ because: 'There is no such routine any more.' }, {}],
    })
  })

  it('shows the first five and the last five, each with what happened and why', () => {
    const result = replay(
      Array.from({ length: 20 }, (_, index) => past(index)),
      mine('on: { pull_request: {} }'),
    )
    const { fires } = of('mine', result)
    expect(fires).toHaveLength(10)
    expect(fires.map(one => one.at)).toEqual([0, 1, 2, 3, 4, 15, 16, 17, 18, 19].map(at))
    expect(fires[0]).toMatchObject({
      what: expect.stringMatching(/^pull request #\d+ opened$/),
      because: 'The pull request was opened.',
    })
  })

  it('is not said to be changed by where its file lies', () => {
    const files = [routineFile('mine', 'description: x\non: { comment: review }')]
    const both = replay([], load(files), load([], files))
    expect(of('mine', both).changed).toBe(false)
  })
})

describe('what came before', () => {
  it('counts against the caps of a day and a month', () => {
    const days = Array.from({ length: 4 }, (_, day) => [0, 1, 2].map(index => past(day * 1440 + index))).flat()
    const tally = of('mine', replay(days, mine('on: { pull_request: {} }\nruns: { day: 2, month: 7 }'))).after
    expect(tally).toMatchObject({ fired: 7, overCap: 5 })
  })

  it('counts against the pause after a start, for the same pull alone', () => {
    const same = { number: 7, pull: pull({ head: head(1) }) }
    const events = [
      past(0, same),
      past(5, { ...same, action: 'reopened', pull: pull({ head: head(2) }) }),
      past(6),
      past(70, { ...same, action: 'reopened', pull: pull({ head: head(3) }) }),
    ]
    expect(of('mine', replay(events, mine('on: { pull_request: {} }\ncooldown: 1h'))).after).toMatchObject({
      fired: 3,
      overCap: 1,
    })
  })

  it('makes one run of a burst of pushes, and none of a commit that was reviewed', () => {
    const push = (seconds: number, mark: number, action = 'synchronize') =>
      past(seconds / 60, { number: 7, action, pull: pull({ head: head(mark) }) })
    const burst = [push(0, 1, 'opened'), push(600, 2), push(615, 3), push(640, 4), push(1200, 4, 'reopened')]
    expect(of('mine', replay(burst, mine('on: { pull_request: {} }'))).after.fired).toBe(2)
    const task = 'kind: work\non: { push: {} }\ndebounce: 10m'
    const pushes = [0, 5, 9, 40].map(minutes =>
      past(minutes, {
        kind: 'push',
        action: 'pushed',
        number: undefined,
        pull: undefined,
        push: { ref: 'refs/heads/main', branch: 'main', before: 'a', after: 'b', forced: false, title: 't' },
      } as never),
    )
    expect(of('mine', replay(pushes, mine(task))).after.fired).toBe(2)
  })

  it('counts against the automatic reviews of a pull', () => {
    const pushes = Array.from({ length: 12 }, (_, index) =>
      past(index * 1440, { number: 7, action: 'synchronize', pull: pull({ head: head(index) }) }),
    )
    expect(of('mine', replay(pushes, mine('on: { pull_request: {} }'))).after.fired).toBe(8)
  })
})

describe('a fact that was not kept', () => {
  const unknown = (yaml: string, one: PastEvent) => of('mine', replay([one], mine(yaml))).after

  it('makes the event unknown, not answered and not skipped', () => {
    const filtered = 'on: { pull_request: { paths: ["src/**"] } }'
    expect(unknown(filtered, past(0))).toMatchObject({ fired: 0, unknown: 1 })
    expect(unknown(filtered, past(0, {}, { installationSize: 1, paths: ['src/a.ts'] }))).toMatchObject({ fired: 1 })
    expect(unknown(filtered, past(0, {}, { installationSize: 1, paths: ['docs/a.md'] }))).toMatchObject({
      fired: 0,
      unknown: 0,
    })
    const sized = 'on: { pull_request: { size: { max: 9 } } }'
    const { additions: _, deletions: __, ...bare } = pull()
    expect(unknown(sized, past(0, { pull: bare }))).toMatchObject({ unknown: 1 })
    const searching = 'on: { pull_request: {} }\nskip_if: { search: "label:freeze" }'
    expect(unknown(searching, past(0))).toMatchObject({ unknown: 1 })
    expect(unknown(searching, past(0, {}, { installationSize: 1, searches: { 'label:freeze': 0 } }))).toMatchObject({
      fired: 1,
    })
    expect(unknown('on: { pull_request: {} }\npermission: write', past(0))).toMatchObject({ unknown: 1 })
    // A stranger's pull in a public repository starts no task either.
    const inPublic = past(0, { repository: { ...repository, private: false } })
    expect(unknown('kind: work\non: { pull_request: {} }', inPublic)).toMatchObject({ fired: 0, unknown: 1 })
    expect(unknown('on: { comment: review }', comment({}))).toMatchObject({ unknown: 1 })
    expect(unknown('on: { comment: review }', comment({ permission: 'write' }))).toMatchObject({ fired: 1 })
    expect(unknown('on: { comment: review }', comment({ permission: 'write' }, null))).toMatchObject({
      unknown: 1,
    })
  })

  it('is whether a pull comes from a fork, where a comment or a label names its number alone', () => {
    const task = 'kind: work\non: { comment: review, label: go }'
    const wary = mine(`${task}\nforks: false`)
    // What changes code leaves forks alone without being told to.
    const plain = mine(task)
    const writing: Configuration = {
      ...plain,
      routines: plain.routines.map(one => ({ ...one, can: [...one.can, 'branch' as never] })),
    }
    const label = (about: Event['pull'] | null): PastEvent => {
      const { event, facts } = comment({ permission: 'write' }, about)
      const { comment: _, ...rest } = event
      return { event: { ...rest, kind: 'label', action: 'labeled', label: 'go' }, facts }
    }
    const met = (after: Configuration, one: PastEvent) =>
      openSide(after)(one, openEffort()).find(({ routine }) => routine === 'mine')
    for (const by of [(about: Event['pull'] | null) => comment({ permission: 'write' }, about), label]) {
      for (const after of [wary, writing]) {
        expect(met(after, by(null))).toMatchObject({
          verdict: 'unknown',
          because: 'Not kept of this event: whether the pull request comes from a fork.',
        })
        expect(met(after, by(pull()))?.verdict).toBe('fires')
        expect(met(after, by(pull({ fork: true })))).toMatchObject({
          verdict: 'skipped',
          because: expect.stringContaining('forks: the pull request comes from a fork'),
        })
      }
      expect(met(plain, by(null))?.verdict).toBe('fires')
    }
    expect(unknown(`${task}\nforks: false`, label(null))).toMatchObject({ fired: 0, unknown: 1 })
  })

  it('matters only where what is known lets the event through', () => {
    const drafts = past(0, { pull: pull({ draft: true }) })
    expect(unknown('on: { pull_request: { paths: ["src/**"] } }', drafts)).toMatchObject({ fired: 0, unknown: 0 })
  })

  it('of the installation stands in from events around it', () => {
    const events = [past(0, {}, {}), past(1, {}, { installationSize: 3 }), past(2, {}, {})]
    expect(of('mine', replay(events, mine('on: { pull_request: {} }'))).after).toMatchObject({ fired: 2, unknown: 1 })
    const many = openReplay({
      repository,
      before: empty,
      after: mine('on: { pull_request: {} }'),
      from,
      until,
      usual,
      installationSize: 500,
    })
    many.add([past(0, {}, {})])
    expect(of('mine', many.end()).after).toMatchObject({ fired: 0, unknown: 0 })
  })

  function comment(facts: EventFacts, about: Event['pull'] | null = pull()): PastEvent {
    const words = { id: 1, kind: 'issue' as const, body: '', command: { word: 'review', rest: '' } }
    const { pull: _, ...rest } = past(0).event
    const said: Partial<Event> = { kind: 'comment', action: 'review', number: 7, comment: words }
    return { event: { ...rest, ...said, ...(about && { pull: about }) }, facts }
  }
})

it('what the App was not granted holds back what starts by itself, as it would now, and not what people ask for', () => {
  const reading = mine('kind: work\non: { push: {}, label: go }\nreads: [workflow_logs]')
  const push = { ref: 'refs/heads/main', branch: 'main', before: 'a', after: 'b', forced: false, title: 't' }
  const { pull: _, number: __, ...bare } = past(0).event
  const events: PastEvent[] = [
    { event: { ...bare, kind: 'push', action: 'pushed', push }, facts: {} },
    past(1, { kind: 'label', action: 'labeled', label: 'go' }, { permission: 'write' }),
  ]
  const fired = (permissions: Record<string, string>) => {
    const granted = { permissions, events: [], pages: { add: 'https://x/add', accept: 'https://x/accept' } }
    const all = openReplay({ repository, before: reading, after: reading, from, until, usual, granted })
    all.add(events)
    return of('mine', all.end()).fires.map(one => one.what)
  }
  expect(fired({ actions: 'read' })).toHaveLength(2)
  expect(fired({})).toEqual([expect.stringContaining('the label go set')])
})

describe('the clock', () => {
  it('is worked out anew for both, whatever it did then', () => {
    const tick = past(0, { kind: 'schedule', action: 'due', routine: 'mine' })
    const nightly = mine('kind: work\non: { schedule: "0 2 * * *" }')
    const weekly = mine('kind: work\non: { schedule: "0 2 * * 1" }')
    const result = replay([tick], weekly, nightly)
    expect(result.events).toBe(0)
    expect(of('mine', result)).toMatchObject({ before: { fired: 30 }, after: { fired: 5 } })
    expect(of('mine', result).fires[0]).toMatchObject({ what: 'its time came', because: 'Its time has come.' })
  })

  it('goes as far as it is told, with both configurations side by side', () => {
    const often = mine('kind: work\non: { schedule: "*/5 * * * *" }')
    const hourly = mine('kind: work\non: { schedule: "0 * * * *" }')
    const all = openReplay({ repository, before: hourly, after: often, from, until, usual })
    expect(all.tick(until.toISOString(), 13)).toBe(true)
    expect(all.reached()).toBe(at(60))
    expect(all.tick(at(60))).toBe(false)
    expect(of('mine', all.end(new Date(at(60))))).toMatchObject({ before: { fired: 1 }, after: { fired: 12 } })
    expect(of('mine', all.end())).toMatchObject({ before: { fired: 720 }, after: { fired: 8640 } })
  })

  it('shares the caps of its routine with what else starts it', () => {
    const both = mine('kind: work\non: { schedule: "0 2 * * *", pull_request: {} }\nruns: { day: 1 }')
    expect(of('mine', replay([past(60), past(180)], both)).after).toMatchObject({ fired: 30, overCap: 2 })
  })
})

describe('what it would have cost', () => {
  const run = (usd: number, ...names: string[]) =>
    ({ status: 'ended', usd, routines: names.map(name => ({ routine: { name } })) }) as unknown as Run
  const { settings } = load([])
  const codeReview = find(load([]), 'code-review')

  it('is the mean of its last runs, of shared ones an equal part', () => {
    const costs = usualOf([run(1, 'code-review'), run(1, 'code-review', 'security-review')], { settings })
    expect(costs.usd(codeReview, past(0).event)).toBe(0.75)
    expect(costs.basis(codeReview)).toBe('$0.75 a run, the mean of its last 2')
  })

  it('or half of the most that a run of its size may cost, under every ceiling, and said so', () => {
    const costs = usualOf([run(1, 'other')], { settings })
    const sized = (additions: number) => costs.usd(codeReview, event({ pull: pull({ additions, deletions: 0 }) }))
    expect([sized(5), sized(100), sized(900)]).toEqual([0.125, 0.5, 1.5])
    expect(costs.basis(codeReview)).toContain('half of the most')
    const low = usualOf([], { settings: { ...settings, budget: { run: 0.2 } } })
    expect(low.usd(codeReview, event({ pull: pull({ additions: 900 }) }))).toBe(0.2)
    expect(costs.usd({ ...codeReview, kind: 'work', each: 'component' }, event())).toBe(2.5)
  })
})

describe('from the store', () => {
  /** Answers as the store does: in order, from a time on, so many. */
  const storeOf = (events: PastEvent[]) => ({
    runs: { list: async () => [] },
    events: {
      since: async (_: number, since: string, limit: number) =>
        events.filter(one => one.event.at >= since).slice(0, limit),
    },
  })
  const about = { repository, before: empty, after: mine('on: { pull_request: {} }'), days: 30 }
  const ask = (events: PastEvent[]) => replayPast({ store: storeOf(events) as never, now: () => until }, about)

  it('comes in parts, each event once, also where many share an instant', async () => {
    const same = Array.from({ length: 1700 }, () => past(100))
    const result = await ask([...Array.from({ length: 501 }, (_, index) => past(index / 100)), ...same, past(101)])
    expect(result).toMatchObject({ events: 2202, after: { fired: 2202 } })
    expect(result.cutAt).toBeUndefined()
  })

  it('stops where its filters take too long, says where and why, and lets others have their turn meanwhile', async () => {
    const routines = Array.from({ length: 100 }, (_, mark) =>
      routineFile(
        `r${mark}`,
        `description: R\non: { pull_request: { body: { matches: "([ab]?[a]?[a-c]?){0,75}[x-z]{${1 + mark}}" } } }`,
      ),
    )
    const events = Array.from({ length: 400 }, (_, index) =>
      past(index, {
        pull: pull({ number: index, body: `${'ab'.repeat(150)}${'a'.repeat(index % 90)}`, head: head(index) }),
      }),
    )
    const ask = async () => {
      const store = storeOf(events) as never
      return replayPast({ store, now: () => until }, { ...about, after: load(routines) })
    }
    const turns = watchTurns()
    const result = await ask()
    expect(await turns()).toBeLessThan(1000)
    expect(result.events).toBeGreaterThan(20)
    expect(result.events).toBeLessThan(399)
    expect(result.cutFor).toBe('filters and times of the clock together take longer than a replay may')
    expect(result.cutAt).toBe(at(result.events - 1))
    expect(sayReplay(result, 30)).toContain(
      `Later ones than ${result.cutAt} were not looked at: filters and times of the clock together take longer than a replay may.`,
    )
    expect((await ask()).events).toBe(result.events)
  })

  it('holds the clock to the same measure, in turns: many routines due every five minutes are cut off with a sentence', async () => {
    const often = 'description: Often\nkind: work\non: { schedule: "*/5 * * * *" }'
    const after = load(Array.from({ length: 25 }, (_, mark) => routineFile(`r${mark}`, often)))
    const store = storeOf([past(1)]) as never
    const turns = watchTurns()
    const result = await replayPast({ store, now: () => until }, { ...about, after })
    expect(await turns()).toBeLessThan(1000)
    expect(result).toMatchObject({
      events: 1,
      cutFor: 'filters and times of the clock together take longer than a replay may',
    })
    expect(result.after.fired).toBeGreaterThan(100_000)
    expect(result.after.fired).toBeLessThan(215_000)
    // All that was due by then is in: each of them as often as the others.
    const fired = result.routines.flatMap(one => (/^r\d/.test(one.routine) ? [one.after?.fired] : []))
    expect(new Set(fired).size).toBe(1)
    expect(result.until).toBe(result.cutAt)
  })

  it('stops after ten thousand, and says where', async () => {
    const result = await ask(Array.from({ length: 10_020 }, (_, index) => past(index)))
    expect(result).toMatchObject({ events: 10_000, cutAt: at(9999), until: at(9999) })
  })
})

/** Resolves to the longest time between two turns of the process, in milliseconds of the processor. */
function watchTurns(): () => Promise<number> {
  let longest = 0
  let on = true
  const spent = () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1000
  }
  const done = (async () => {
    for (let last = spent(); on; ) {
      await turn()
      const now = spent()
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
