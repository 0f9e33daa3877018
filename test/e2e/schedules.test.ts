// Schedules with the real program: a routine's file is pushed, its time comes, and its run says why it ran.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Schedule } from '../../src/domain/schedule.ts'
import type { SimulatedRepository } from '../simulators/github/index.ts'
import { type House, openHouse } from './house.ts'
import { base } from './scene.ts'
import { worker } from './tasks.ts'

const file = '.github/routines/watch.md'
const watch = (on: string) => `---\ndescription: Watches prices\nkind: work\non: ${on}\n---\nSee what changed.\n`

let house: House
beforeAll(async () => {
  house = await openHouse({ reply: worker({ summary: 'Nothing new.', did: 'nothing to do' }) })
})
afterAll(async () => {
  expect(house.github.refusals).toEqual([])
  await house[Symbol.asyncDispose]()
})

let repositories = 0
const open = () =>
  house.github.createRepository({ owner: 'acme', name: `watched-${++repositories}`, private: true, files: base })
const watched = ({ id }: SimulatedRepository) => house.server.store.schedules.of(id)

/** As if the server had been down since: its due time passes, and the clock of the next start finds it. */
async function passOver(schedule: Schedule, due: Date): Promise<void> {
  const { store } = house.server
  const { notBefore: _, putOff: __, last: ___, repository: ____, ...entry } = schedule
  await store.schedules.keep(schedule.repositoryId, [], '2020-01-01T00:00:00.000Z')
  await store.schedules.keep(schedule.repositoryId, [{ ...entry, due: due.toISOString() }], new Date().toISOString())
  await house.restart()
}

describe('a schedule', () => {
  it('is watched once its file is on the default branch, where nothing else ever happened', async () => {
    const simulated = await open()
    await house.github.settled()
    expect(await watched(simulated)).toEqual([])
    await simulated.commit({ branch: 'main', files: { [file]: watch('{ schedule: nightly }') } })
    await house.dispatched()
    const [schedule, ...others] = await watched(simulated)
    expect(others).toEqual([])
    expect(schedule).toMatchObject({ routine: 'watch', entry: 'nightly' })
    const ahead = Date.parse(schedule?.due ?? '') - Date.now()
    expect(ahead).toBeGreaterThan(0)
    expect(ahead).toBeLessThanOrEqual(86_400_000)

    await simulated.commit({ branch: 'main', files: { [file]: watch('{ push: {} }') } })
    await house.dispatched()
    expect(await watched(simulated)).toEqual([])
  })

  it('that came due while the server was down starts one run, which says what it stands for', async () => {
    const simulated = await open()
    // Half an hour from now, so that no new due time comes meanwhile.
    const minute = (new Date().getUTCMinutes() + 30) % 60
    const cron = `${minute} * * * *`
    await simulated.commit({ branch: 'main', files: { [file]: watch(`{ schedule: { cron: "${cron}" } }`) } })
    await house.dispatched()
    const [schedule] = await watched(simulated)
    const hours = Math.floor((Date.now() - minute * 60_000) / 3_600_000)
    const last = new Date(hours * 3_600_000 + minute * 60_000)
    const first = new Date(last.getTime() - 5 * 3_600_000)
    await passOver(schedule!, first)
    const run = await house.until(async () =>
      (await house.server.store.runs.list({ repositoryId: simulated.id, limit: 5 })).find(
        one => one.status === 'ended',
      ),
    )
    expect(run).toMatchObject({
      kind: 'work',
      end: 'nothing to do',
      eventId: `schedule:${schedule?.id}:${last.toISOString()}`,
    })
    const shown = (time: Date) => `${time.toISOString().slice(0, 16).replace('T', ' ')} UTC`
    const said = `\`${cron}\` was due at ${shown(last)}. It stands for 5 times before that, from ${shown(first)} on.`
    const [occurrence] = await house.server.store.occurrences.ofRun(run.id)
    expect(occurrence?.because).toContain(said)
    expect(simulated.checkRuns()).toMatchObject([{ name: 'Watchbill / watch', conclusion: 'success' }])
    expect(house.lines.map(line => line.sentence)).toContain(said)
    const all = await house.server.store.occurrences.list({ repositoryId: simulated.id, limit: 10 })
    expect(all.filter(one => one.eventId.endsWith(':missed'))).toMatchObject([
      { verdict: 'coalesced', because: expect.stringMatching(/^6 times from .+ on became one start at .+\.$/) },
    ])
  })

  it('that was taken out meanwhile starts nothing, and says so', async () => {
    const simulated = await open()
    await simulated.commit({ branch: 'main', files: { [file]: watch('{ schedule: "0 2 * * *" }') } })
    await house.dispatched()
    const [schedule] = await watched(simulated)
    house.github.deliverTo(undefined)
    await simulated.commit({ branch: 'main', files: { [file]: watch('{ push: {} }') } })
    const due = new Date(Date.now() - 60_000)
    await passOver(schedule!, due)
    const eventId = `schedule:${schedule?.id}:${due.toISOString()}`
    const [occurrence] = await house.until(async () => {
      const found = await house.server.store.occurrences.ofEvent(eventId)
      return found.length > 0 && found
    })
    expect(occurrence).toMatchObject({
      verdict: 'skipped',
      because: expect.stringMatching(/^It has no schedule any more/),
    })
    expect(await watched(simulated)).toEqual([])
    expect(await house.server.store.runs.list({ repositoryId: simulated.id, limit: 5 })).toEqual([])
  })

  it('has a clock that is a part of being ready', async () => {
    const answer = await fetch(`${house.server.url}/readyz`)
    expect(await answer.json()).toMatchObject({ status: 'ok', database: 'ok', queue: 'ok', clock: 'ok' })
    expect(answer.status).toBe(200)
  })
})
