// Three processes on one PostgreSQL: whichever clock is first takes a due time, and each is taken exactly once.
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { dueBetween } from '../../src/routines/index.ts'
import { sooner } from '../commands/cli.ts'
import { databases } from '../databases.ts'
import { repository } from '../store/samples.ts'

const from = '2026-11-21T00:00:00.000Z'
const until = '2026-11-21T03:00:00.000Z'
const crons = ['*/5 * * * *', '*/7 * * * *', '0 * * * *', '30 */2 * * *', '15 2 * * *', '0 1,2 * * *', '59 2 * * *']

describe.each(databases.filter(({ name }) => name === 'PostgreSQL'))('three clocks on one $name', ({ open }) => {
  it('take each of the due times of three hours once', { timeout: 120_000 }, async () => {
    const database = await open()
    const children: ChildProcess[] = []
    try {
      const { store } = database
      await store.repositories.seen(repository, from)
      const schedules = Array.from({ length: 28 }, (_, n) => {
        const entry = crons[n % crons.length]!
        const due = dueBetween(entry, new Date(from), new Date(until), n)
        return { id: `${repository.id}:routine-${n}:a`, entry, seed: n, due, routine: `routine-${n}` }
      })
      await store.schedules.keep(
        repository.id,
        schedules.map(one => ({
          ...one,
          repositoryId: repository.id,
          usd: 1,
          dayUsd: 1e9,
          due: one.due[0]!.toISOString(),
        })),
        from,
      )
      const wanted = schedules.flatMap(({ id, due }) => due.map(time => `schedule:${id}:${time.toISOString()}`)).sort()
      expect(wanted.length).toBeGreaterThan(200)

      const { dataDir, databaseUrl } = database
      const settings = JSON.stringify({ dataDir, databaseUrl })
      children.push(...[1, 2, 3].map(() => fork(new URL('./ticking.ts', import.meta.url), [settings], sooner)))
      await Promise.all(children.map(child => once(child, 'message')))
      const taken: string[][] = [[], [], []]
      // Minute by minute, so that a machine that is busy elsewhere does not leave all of it to one of them.
      for (let minute = Date.parse(from); minute <= Date.parse(until); minute += 60_000) {
        const told = children.map(child => once(child, 'message') as Promise<[{ taken: string[] }]>)
        for (const child of children) child.send(new Date(minute).toISOString())
        for (const [at, [message]] of (await Promise.all(told)).entries()) taken[at]!.push(...message.taken)
      }

      expect(taken.flat().sort()).toEqual(wanted)
      expect(taken.filter(some => some.length > 0).length).toBeGreaterThan(1)
      const events = await Promise.all(wanted.map(id => store.events.get(id)))
      expect(events.map(event => event?.due?.missed)).toEqual(wanted.map(() => 0))
      expect((await store.queueDepth()).find(({ queue }) => queue === 'dispatch')?.waiting).toBe(wanted.length)
      expect(await store.occurrences.list({ limit: 10 })).toEqual([])
    } finally {
      for (const child of children) child.kill('SIGKILL')
      await database.close()
    }
  })
})
