// The clock: it ticks at once and then by node-cron, takes all that is due, and can be asked whether it goes.
import { getTasks } from 'node-cron'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Clock, type ClockPorts, startClock } from '../../src/clock/index.ts'
import { Problem } from '../../src/domain/problem.ts'
import type { Store } from '../../src/domain/store.ts'
import { decideDue } from '../../src/routines/index.ts'
import { type TestDatabase, usual } from '../databases.ts'
import { repository } from '../store/samples.ts'

const decide = decideDue({ day: 1000, month: 1000 })
const noon = '2026-11-21T12:00:00.000Z'

describe('the clock', () => {
  let database: TestDatabase
  let store: Store
  let clock: Clock | undefined
  let now: Date
  let lines: { sentence: string; [field: string]: unknown }[]
  let heard: () => void
  beforeEach(async () => {
    database = await usual.open()
    store = database.store
    now = new Date(noon)
    lines = []
    heard = () => {}
    await store.repositories.seen(repository, noon)
  })
  afterEach(async () => {
    await clock?.stop()
    await database.close()
  })

  const start = (change: Partial<ClockPorts> = {}) => {
    clock = startClock({
      schedules: store.schedules,
      signs: store.signs,
      decide,
      look: async () => {},
      now: () => now,
      log(line, sentence) {
        lines.push({ ...line, sentence })
        heard()
      },
      ...change,
    })
    return clock
  }
  const said = (holds: (line: (typeof lines)[number]) => boolean, count = 1) =>
    new Promise<void>(resolve => {
      heard = () => lines.filter(holds).length >= count && resolve()
      heard()
    })
  const watch = (count: number, due = noon) =>
    store.schedules.keep(
      repository.id,
      Array.from({ length: count }, (_, n) => ({
        id: `${repository.id}:sweep-${n}:a`,
        repositoryId: repository.id,
        routine: `sweep-${n}`,
        entry: '0 12 * * *',
        seed: n,
        usd: 1,
        dayUsd: 1000,
        due,
      })),
      noon,
    )
  const started = (line: { [field: string]: unknown }) => line.event !== undefined

  it('takes all that is due as soon as it starts, however much it is', async () => {
    await watch(120)
    start()
    await said(started, 120)
    const events = lines.filter(started).map(line => line.event)
    expect(new Set(events).size).toBe(120)
    expect(lines[0]).toEqual({
      schedule: `${repository.id}:sweep-0:a`,
      repository: 'acme/widgets',
      routine: 'sweep-0',
      due: noon,
      event: `schedule:${repository.id}:sweep-0:a:${noon}`,
      next: '2026-11-22T12:00:00.000Z',
      sentence: '`0 12 * * *` was due at 2026-11-21 12:00 UTC.',
    })
    expect(await store.schedules.untaken('2026-11-21T23:00:00.000Z', 1)).toEqual([])
  })

  it('takes what becomes due later, when it ticks', async () => {
    await watch(1, '2026-11-21T12:01:00.000Z')
    let looks = 0
    const looked = Promise.withResolvers<void>()
    start({
      ticks: '* * * * * *',
      look: async () => {
        if (++looks === 2) looked.resolve()
      },
    })
    await looked.promise
    expect(lines).toEqual([])
    now = new Date('2026-11-21T12:01:00.000Z')
    await said(started)
  })

  it('says what failed, and goes on', async () => {
    await watch(1)
    let fail = true
    const schedules: ClockPorts['schedules'] = {
      ...store.schedules,
      takeDue: async (...of) => {
        if (fail) throw new Problem('unavailable', 'The database does not answer.')
        return store.schedules.takeDue(...of)
      },
    }
    start({ ticks: '* * * * * *', schedules })
    await said(line => line.sentence === 'The clock could not take what is due: The database does not answer.', 2)
    fail = false
    await said(started)
  })

  it('is alive while it goes, and not when it has stood for three minutes', async () => {
    const held = Promise.withResolvers<never[]>()
    const waiting = start({ schedules: { ...store.schedules, takeDue: () => held.promise } })
    expect(() => waiting.alive()).not.toThrow()
    now = new Date('2026-11-21T12:03:00.001Z')
    expect(() => waiting.alive()).toThrow('The clock has not gone for three minutes, so no schedule starts anything.')
    held.resolve([])
    await waiting.stop()
    expect(() => waiting.alive()).not.toThrow()
  })

  it('looks for schedules once at a time, and again after a failure', async () => {
    let [going, most, looks] = [0, 0, 0]
    const third = Promise.withResolvers<void>()
    start({
      ticks: '* * * * * *',
      look: async () => {
        most = Math.max(most, ++going)
        looks++
        if (looks === 3) third.resolve()
        await new Promise(resolve => setImmediate(resolve))
        going--
        if (looks === 1) throw new Error('nobody knows why')
      },
    })
    await third.promise
    expect(most).toBe(1)
    expect(lines.map(line => line.sentence)).toEqual([
      'The look for schedules failed: Something failed that should not have; the log of the server has the cause.',
    ])
  })

  it('leaves word of when it went last, for other processes', async () => {
    await start().stop()
    expect(await store.signs.last('tick')).toBe(noon)
  })

  it('leaves nothing of itself behind when it stops', async () => {
    const before = getTasks().size
    const running = start()
    expect(getTasks().size).toBe(before + 1)
    await running.stop()
    await running.stop()
    expect(getTasks().size).toBe(before)
  })
})
