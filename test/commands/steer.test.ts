// Pauses as the commands set and end them: what is stopped, what is held, and that nothing is lost between two of them.
import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { pause, resume } from '../../src/commands/steer.ts'
import type { Event, Occurrence } from '../../src/domain/event.ts'
import type { Routine } from '../../src/domain/routine.ts'
import type { Store } from '../../src/domain/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { newRun, now, repository } from '../store/samples.ts'

const other = { ...repository, id: 12, name: 'gadgets' }

describe.each(databases)('pauses on $name', ({ open }) => {
  let database: TestDatabase
  let store: Store
  let ports: Parameters<typeof pause>[0]
  beforeAll(async () => {
    database = await open()
    store = database.store
    ports = { store, now: () => new Date(), newId: randomUUID }
    for (const one of [repository, other]) await store.repositories.seen(one, now())
  })
  afterEach(async () => {
    for (const { scope } of await store.pauses.list()) await store.pauses.clear(scope)
    for (const { id, attempt, status } of await store.runs.underWay())
      if (status === 'running') await store.runs.end(id, attempt, 'stopped', 'No.', now())
      else await store.runs.stop(id, { end: 'stopped', because: 'No.' }, now())
    expect(await underWay()).toEqual([])
  })
  afterAll(() => database.close())

  const request = async (change: object = {}, ...routines: string[]) => {
    const parts = await Promise.all(routines.map(async name => ({ ...(await met(name)), routine: routine(name) })))
    const run = newRun({ ...change, routines: parts } as Parameters<typeof newRun>[0])
    await store.runs.request(run)
    for (const { occurrenceId } of parts) await store.occurrences.update(occurrenceId, { runId: run.id })
    return run.id
  }
  const met = async (name: string): Promise<{ occurrenceId: string }> => {
    const occurrence = { id: randomUUID(), eventId: randomUUID(), routine: name, verdict: 'queued', because: 'Asked.' }
    await store.occurrences.record({ ...occurrence, repositoryId: repository.id, at: now() } as Occurrence)
    return { occurrenceId: occurrence.id }
  }
  const underWay = async () => (await store.runs.underWay()).map(({ id, status }) => ({ id, status }))

  it('stop what is covered and leave the rest; what was stopped is asked for anew, as it was', async () => {
    const event = { id: 'push', kind: 'push', at: now() } as Event
    const review = await request({}, 'code-review')
    const work = await request({ kind: 'work', key: 'routine:sweep', event, expireInSeconds: 5_000 }, 'sweep')
    const elsewhere = await request({ repository: other })
    const { stopped } = await pause(ports, { scope: 'acme/widgets', by: 'ada' })
    expect(stopped.sort()).toEqual([review, work].sort())
    expect(await underWay()).toEqual([{ id: elsewhere, status: 'queued' }])

    const { started, resumed, remaining } = await resume(ports, { scope: 'acme/widgets', by: 'grace' })
    expect({ resumed, remaining, count: started.length }).toEqual({ resumed: true, remaining: [], count: 2 })
    const again = (await store.runs.underWay()).filter(run => started.includes(run.id))
    again.sort((a, b) => a.kind.localeCompare(b.kind))
    expect(again).toMatchObject([
      { kind: 'review', asked: true, routines: [{ routine: { name: 'code-review' } }] },
      { kind: 'work', asked: false, key: 'routine:sweep', event, routines: [{ routine: { name: 'sweep' } }] },
    ])
    for (const run of again)
      for (const { occurrenceId } of run.routines)
        expect(await store.occurrences.get(occurrenceId)).toMatchObject({
          verdict: 'queued',
          runId: run.id,
          because: `Resumed by grace as run ${run.id}.`,
        })
    expect(await resume(ports, { scope: 'acme/widgets' })).toEqual({ resumed: false, started: [], remaining: [] })
  })

  it('of an owner are known by the repositories that were seen, also without a run', async () => {
    expect((await pause(ports, { scope: 'ACME', by: 'ada' })).pause.scope).toBe('owner:7')
    expect(await store.pauses.holds(other)).toMatchObject({ label: 'ACME' })
    await expect(pause(ports, { scope: 'nobody' })).rejects.toThrow(/No repository of an owner called nobody/)
  })

  it('that overlap: what one stopped is held by the other, and started by the last to end', async () => {
    const id = await request()
    await pause(ports, { scope: 'acme/widgets', by: 'ada' })
    await pause(ports, { scope: 'all', by: 'grace' })
    const first = await resume(ports, { scope: 'acme/widgets' })
    expect(first.remaining).toMatchObject([{ scope: 'all', by: 'grace' }])
    const [next] = first.started
    expect(await store.runs.claim(next!, now())).toBeUndefined()
    expect(await store.runs.get(id)).toMatchObject({ status: 'ended', end: 'stopped' })
    expect((await resume(ports, { scope: 'all' })).started).toEqual([next])
    expect(await store.runs.claim(next!, now())).toMatchObject({ status: 'running' })
  })

  it('set twice keep who set them first, and what either stopped', async () => {
    await request({ number: 1 })
    const first = await pause(ports, { scope: 'acme/widgets', by: 'ada' })
    await request({ number: 2 })
    const second = await pause(ports, { scope: 'acme/widgets', by: 'grace' })
    expect(second.pause).toEqual(first.pause)
    expect((await resume(ports, { scope: 'acme/widgets' })).started).toHaveLength(2)
  })

  it('start what came meanwhile, with the routines that only the stopped run had', async () => {
    const stopped = await request({}, 'code-review', 'on-label')
    await pause(ports, { scope: 'acme/widgets', by: 'ada' })
    const held = await request({}, 'code-review')
    const { started } = await resume(ports, { scope: 'acme/widgets', by: 'ada' })
    expect(started).toEqual([held])
    const run = (await store.runs.get(held))!
    expect(run.routines.map(part => part.routine.name)).toEqual(['code-review', 'on-label'])
    for (const { occurrenceId } of (await store.runs.get(stopped))!.routines)
      expect(await store.occurrences.get(occurrenceId)).toMatchObject({ verdict: 'coalesced', runId: held })
  })

  it('do not start again what somebody stopped by hand meanwhile', async () => {
    const id = await request()
    await store.runs.stop(id, { end: 'stopped', because: 'Paused by olive on this pull request.' }, now())
    await pause(ports, { scope: 'acme/widgets', by: 'ada' })
    expect((await resume(ports, { scope: 'acme/widgets' })).started).toEqual([])
  })
})

const routine = (name: string) => ({ name, gates: {} }) as Routine
