// Events of our own (a call of the API, the clock, a person at the command line): stored, dispatched at once, and once.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dispatch, dispatchNow } from '../../src/dispatch.ts'
import { databases } from '../databases.ts'
import { openStage, type Stage } from './stage.ts'

describe.each(databases)('an event of our own on $name', ({ name }) => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage(name)
  })
  afterAll(() => stage[Symbol.asyncDispose]())

  const routines = {
    nightly: 'kind: work\non: { schedule: nightly, api: true }',
    shy: 'kind: work\non: { push: {} }',
  }

  it('meets the one routine that it names, and says what it stands for', async () => {
    const { event } = await stage.open(routines)
    const met = await dispatchNow(stage.ports, event({ routine: 'nightly', text: 'Look at the queue.' }))
    expect(met).toMatchObject([{ routine: 'nightly', verdict: 'queued', because: expect.stringContaining('octocat') }])
    const run = await stage.store.runs.get(met[0]!.runId!)
    expect(run).toMatchObject({ kind: 'work', key: 'routine:nightly', asked: true })
    expect(run?.kind === 'work' && run.event.text).toBe('Look at the queue.')
  })

  it('for a routine that is not there, or may not be started so, says that', async () => {
    const { event } = await stage.open(routines)
    expect(await dispatchNow(stage.ports, event({ routine: 'gone' }))).toMatchObject([
      {
        routine: 'gone',
        verdict: 'refused',
        because: expect.stringContaining('There is no routine called `gone` here; there are'),
      },
    ])
    expect(await dispatchNow(stage.ports, event({ kind: 'api', routine: 'shy' }))).toMatchObject([
      { routine: 'shy', verdict: 'skipped', because: expect.stringContaining('`on.api: true` is not set') },
    ])
  })

  it('starts a review of the pull that it names, and none without one', async () => {
    const { repo, event } = await stage.open({})
    await repo.commit({ branch: 'feature', files: { 'src/a.ts': 'export const a = 3\n' } })
    const { number } = await repo.openPull({ head: 'feature' })
    const [queued] = await dispatchNow(stage.ports, event({ routine: 'code-review', number }))
    expect(queued).toMatchObject({ verdict: 'queued', number })
    expect(await stage.store.runs.get(queued!.runId!)).toMatchObject({ kind: 'review', number, asked: true })
    expect(await dispatchNow(stage.ports, event({ routine: 'code-review' }))).toMatchObject([
      { verdict: 'skipped', because: expect.stringContaining('and none is named') },
    ])
  })

  it('that was dispatched at once is not looked at again by its job, though it met nobody', async () => {
    const { event } = await stage.open({ shy: 'kind: work\non: { push: {} }' })
    const nothing = event({ kind: 'release', action: 'published' })
    expect(await dispatchNow(stage.ports, nothing)).toEqual([])
    const [asked, said] = [stage.github.requests.length, stage.lines.length]
    expect(asked).toBeGreaterThan(0)
    await dispatch(stage.ports, { eventId: nothing.id })
    expect(stage.github.requests.slice(asked)).toEqual([])
    expect(stage.lines.slice(said)).toEqual([])
  })

  it('under the same id again is the first one, whatever it says now', async () => {
    const { event, runs } = await stage.open(routines)
    const first = event({ kind: 'api', routine: 'nightly', text: 'first' })
    const met = await dispatchNow(stage.ports, first)
    const again = await Promise.all(
      [1, 2, 3].map(() => dispatchNow(stage.ports, { ...first, routine: 'shy', text: 'second' })),
    )
    expect(again).toEqual([met, met, met])
    expect(await runs()).toHaveLength(1)
  })

  it('of many at once under one id is one run', async () => {
    const { event, runs } = await stage.open(routines)
    const one = event({ kind: 'api', routine: 'nightly' })
    const met = await Promise.all(Array.from({ length: 5 }, () => dispatchNow(stage.ports, one)))
    expect(new Set(met.flat().map(({ id }) => id)).size).toBe(1)
    expect(await runs()).toHaveLength(1)
  })

  it('refused for now says when to come again, the second time too', async () => {
    const { event } = await stage.open({ rare: 'kind: work\non: { api: true }\ncooldown: 1h' })
    await dispatchNow(stage.ports, event({ kind: 'api', routine: 'rare' }))
    const refused = event({ kind: 'api', routine: 'rare' })
    const [first] = await dispatchNow(stage.ports, refused)
    expect(first).toMatchObject({ verdict: 'refused', retryAt: expect.stringMatching(/^\d{4}-.+Z$/) })
    expect(await dispatchNow(stage.ports, refused)).toEqual([first])
  })

  it('is dispatched later where the process that took it died', async () => {
    const { event, runs } = await stage.open(routines)
    const stored = event({ routine: 'nightly' })
    expect(await stage.store.events.accept(stored)).toBe('stored')
    const done = Promise.withResolvers<void>()
    const working = await stage.store.work(
      {
        async dispatch(of) {
          await dispatch(stage.ports, of)
          if (of.eventId === stored.id) done.resolve()
        },
        run: async () => {},
        fetch: async () => {},
      },
      { runs: 0, runsPerRepository: 1, place: 1 },
    )
    await done.promise
    await working.stop(0)
    expect(await stage.store.occurrences.ofEvent(stored.id)).toMatchObject([{ routine: 'nightly', verdict: 'queued' }])
    expect(await runs()).toHaveLength(1)
  })
})
