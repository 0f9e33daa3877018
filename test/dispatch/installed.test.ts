// Where the App may be: suspended and removed installations, repositories taken off, deleted, renamed, transferred, and names that are used again.
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { dispatch, dispatchNow } from '../../src/dispatch.ts'
import { lookForSchedules } from '../../src/runs/configuration/schedules.ts'
import { endWithProblem } from '../../src/runs/ending/end.ts'
import type { ReviewPorts } from '../../src/runs/ports.ts'
import { inTurn } from '../databases.ts'
import { openStage, type Scene, type Stage } from './stage.ts'

describe.each(inTurn)('where the App may be, on $name', ({ name }) => {
  let stage: Stage
  beforeAll(async () => {
    stage = await openStage(name)
  })
  afterAll(() => stage[Symbol.asyncDispose]())

  const nightly = { nightly: 'kind: work\non: { schedule: "0 2 * * *", api: true }' }
  let owners = 0
  const open = (owner = `owner-${++owners}`) => stage.open(nightly, { owner })
  const dispatched = new Set<string>()
  /** All that GitHub sent of installations and repositories, in the order in which it was sent, or another. */
  const hear = async (inOrder = (ids: string[]) => ids) => {
    await stage.github.settled()
    const news = stage.github.deliveries.filter(
      ({ id, event }) => !dispatched.has(id) && /^installation|^repository$/.test(event),
    )
    const said: (string | undefined)[] = []
    for (const id of inOrder(news.map(one => one.id))) {
      const { event, payload } = news.find(one => one.id === id)!
      dispatched.add(id)
      await stage.store.deliveries.accept({ id, name: event, bodyHash: id, payload, at: new Date().toISOString() })
      await dispatch(stage.ports, { deliveryId: id })
      said.push((await stage.store.deliveries.get(id))?.because)
    }
    return said.join('\n')
  }
  const call = async ({ event }: Scene) =>
    (await dispatchNow(stage.ports, event({ kind: 'api', routine: 'nightly', text: 'Look.' })))[0]!
  const dueAt = (iso: string) =>
    stage.store.schedules.takeDue(iso, 100, schedule => ({ step: { do: 'wait', next: schedule.due } }))
  const takenOf = async ({ repo }: Scene, iso: string) =>
    (await dueAt(iso)).filter(({ schedule }) => schedule.repositoryId === repo.id)
  const later = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString()

  it('a suspended installation stops what waits and what is due, and goes on when it is resumed', async () => {
    const scene = await open()
    await hear()
    const waiting = await call(scene)
    expect(waiting.verdict).toBe('queued')
    expect(await takenOf(scene, later(2))).toHaveLength(1)

    stage.github.suspend(scene.repo.owner)
    expect(await hear()).toContain(`The App's installation on ${scene.repo.owner} is suspended`)
    expect(await stage.store.runs.get(waiting.runId!)).toMatchObject({
      status: 'ended',
      end: 'stopped',
      because: expect.stringContaining('is suspended; its owner can resume it on GitHub.'),
    })
    expect(await takenOf(scene, later(4))).toEqual([])
    expect(await call(scene)).toMatchObject({
      verdict: 'refused',
      because: expect.stringContaining('is suspended; its owner can resume it on GitHub.'),
    })

    stage.github.unsuspend(scene.repo.owner)
    await hear()
    expect((await call(scene)).verdict).toBe('queued')
    expect(await takenOf(scene, later(4))).toHaveLength(1)
  })

  it('a run that ends in the moment in which its suspension is taken back leaves no check under way', async () => {
    const { store } = stage
    const mine = { mine: 'on: { pull_request: {} }\nagents: [correctness]' }
    const scene = await stage.open(mine, { owner: `owner-${++owners}` })
    await hear()
    await scene.repo.commit({ branch: 'feature', files: { 'src/a.ts': 'export const a = 2\n' } })
    const { head } = await scene.repo.openPull({ head: 'feature' })
    await scene.tell()
    const [asked] = await scene.runs()
    const run = (await store.runs.claim(asked!.id, later(1)))!
    stage.github.suspend(scene.repo.owner)
    await hear()
    expect((await store.runs.get(run.id))?.status).toBe('running')

    const { back } = store.away
    store.away.back = async (...about) => {
      await endWithProblem({ ...stage.ports, rehearsed: false } as unknown as ReviewPorts, run, 'cut', cut)
      return back(...about)
    }
    const cut = AbortSignal.abort()
    stage.github.unsuspend(scene.repo.owner)
    await hear().finally(() => {
      store.away.back = back
    })
    const check = scene.repo.checkRuns(head.sha).find(({ name }) => name === 'Watchbill / mine')
    expect(check).toMatchObject({ status: 'completed', conclusion: 'cancelled' })
  })

  it('a suspension that is told late, after it was taken back, stops nothing: GitHub is asked', async () => {
    const scene = await open()
    await hear()
    const { runId } = await call(scene)
    stage.github.suspend(scene.repo.owner)
    stage.github.unsuspend(scene.repo.owner)
    await hear(ids => ids.toReversed())
    expect((await stage.store.runs.get(runId!))?.status).toBe('queued')
    expect(await stage.store.away.of(scene.repository)).toBeUndefined()
  })

  it('a suspension is believed while GitHub can not be asked, and the delivery is tried again', async () => {
    const scene = await open()
    await hear()
    const { runId } = await call(scene)
    stage.github.suspend(scene.repo.owner)
    stage.github.faults.add({ match: { operation: 'apps/get-installation' }, kind: '500', times: 100 })
    await expect(hear()).rejects.toMatchObject({ code: 'unavailable' })
    stage.github.faults.clear()
    expect((await stage.store.runs.get(runId!))?.because).toContain('is suspended')
  })

  it('a repository that the App is taken off is left alone among the others of its owner', async () => {
    const left = await open()
    const stays = await open(left.repo.owner)
    await hear()
    const [gone, going] = [await call(left), await call(stays)]
    stage.github.takeOff(left.repo)
    expect(await hear()).toContain(`It has no more: ${left.repo.owner}/${left.repo.name}. Its run was stopped.`)
    expect((await stage.store.runs.get(gone.runId!))?.because).toBe(
      'The App was taken off this repository, or it was deleted.',
    )
    expect((await stage.store.runs.get(going.runId!))?.status).toBe('queued')
    expect((await call(left)).verdict).toBe('refused')
    stage.github.putOn(left.repo)
    await hear()
    expect((await call(left)).verdict).toBe('queued')
  })

  it('a deleted repository stops too', async () => {
    const scene = await open()
    await hear()
    const { runId } = await call(scene)
    stage.github.deleteRepository(scene.repo)
    expect(await hear()).toContain('was deleted on GitHub. Its run was stopped.')
    expect((await stage.store.runs.get(runId!))?.status).toBe('ended')
  })

  it('a run that is asked for in the very moment does not start', async () => {
    const scene = await open()
    await hear()
    const { runId } = await call(scene)
    const { id, installationId } = scene.repository
    const left = { installationId, whole: false, repositoryIds: [id], forGood: true, because: 'Gone.' }
    await stage.store.away.leave({ ...left, at: new Date().toISOString() })
    expect(await stage.store.runs.claim(runId!, later(1))).toBeUndefined()
    expect(await stage.store.runs.get(runId!)).toMatchObject({ status: 'ended', end: 'stopped', because: 'Gone.' })
  })

  it('a removal of which no delivery told is found by the hourly look', async () => {
    const scene = await open()
    await hear()
    const { runId } = await call(scene)
    stage.github.uninstall(scene.repo.owner)
    await stage.github.settled()
    for (const { id, event } of stage.github.deliveries) if (event === 'installation') dispatched.add(id)
    const now = () => new Date(later(1))
    await lookForSchedules({ ...stage.ports, now })
    expect((await stage.store.runs.get(runId!))?.because).toBe(`The App is no longer installed on ${scene.repo.owner}.`)
  })

  it('a renamed repository keeps its runs, schedules, pauses and tokens, under its new name', async () => {
    const { store } = stage
    const scene = await open()
    await hear()
    const { runId } = await call(scene)
    const token = await makeToken(scene)
    await store.pauses.set(`repository:${scene.repo.id}`, `${scene.repo.owner}/${scene.repo.name}`, 'ada', later(0))
    const old = scene.repo.name
    const called = `renamed-${randomUUID()}`
    scene.repo.rename(called)
    expect(await hear()).toContain(`is known as ${scene.repo.owner}/${called} from now on`)

    expect((await store.runs.get(runId!))?.repository.name).toBe(called)
    expect((await store.repositories.find(scene.repo.owner, called))?.id).toBe(scene.repo.id)
    expect(await store.pauses.holds(scene.repository)).toBeDefined()
    expect((await store.schedules.of(scene.repo.id)).map(({ repository }) => repository.name)).toEqual([called])
    expect((await store.tokens.find(token))?.repositoryId).toBe(scene.repo.id)

    const taker = await stage.open({}, { owner: scene.repo.owner, name: old })
    await hear()
    expect((await store.repositories.find(scene.repo.owner, old))?.id).toBe(taker.repo.id)
    expect(await store.pauses.holds(taker.repository)).toBeUndefined()
    expect(await store.schedules.of(taker.repo.id)).toEqual([])
    expect(await taker.runs()).toEqual([])
    expect((await store.tokens.list()).filter(one => one.repositoryId === taker.repo.id)).toEqual([])
    expect(await store.findings.ofPull(taker.repo.id, 1)).toEqual([])
    expect(
      (await call({ ...taker, event: change => taker.event({ ...change, repository: taker.repository }) })).because,
    ).toContain('There is no routine called `nightly` here')
    await store.pauses.clear(`repository:${scene.repo.id}`)
  })

  it('a repository that was renamed twice is known by its last name, told in the opposite order', async () => {
    const { store } = stage
    const scene = await open()
    await hear()
    const last = `last-${randomUUID()}`
    scene.repo.rename(`between-${randomUUID()}`)
    scene.repo.rename(last)
    await hear(ids => ids.toReversed())
    expect((await store.repositories.find(scene.repo.owner, last))?.id).toBe(scene.repo.id)
  })

  it('a token of the first repository opens nothing in the one that has its name now', async () => {
    const scene = await open()
    const { owner, name } = scene.repo
    const commit = await stage.ports.host.commit(scene.repository, 'main')
    scene.repo.rename(`moved-${randomUUID()}`)
    const taker = await stage.open({}, { owner, name })
    await hear()
    await expect(stage.ports.host.commit(scene.repository, 'main')).rejects.toMatchObject({ code: 'not_found' })
    const theirs = await stage.ports.host.commit(taker.repository, 'main')
    expect(theirs).not.toBe(commit)
  })

  it.each([
    ['in the order in which they happened', (ids: string[]) => ids],
    ['in the opposite order', (ids: string[]) => ids.toReversed()],
  ])('a transferred repository takes everything along, told %s', async (_, order) => {
    const { store } = stage
    const scene = await open()
    const target = await open()
    await hear()
    const { runId } = await call(scene)
    const [schedule] = await store.schedules.of(scene.repo.id)
    const { id } = scene.repo
    stage.github.transfer(scene.repo, target.repo.owner)
    await hear(order)
    const moved = (await store.repositories.find(target.repo.owner, scene.repo.name))!
    expect(moved).toMatchObject({ id, installationId: target.repository.installationId })
    expect(await store.away.of(moved)).toBeUndefined()
    expect((await store.schedules.of(id)).map(one => one.id)).toEqual([schedule!.id])
    expect((await stage.store.runs.get(runId!))?.repository.owner).toBe(target.repo.owner)
    expect(await call({ ...scene, event: change => scene.event({ ...change, repository: moved }) })).toMatchObject({
      verdict: 'queued',
    })
    expect((await takenOf(scene, later(9))).length).toBe(1)
  })

  it('a delivery from before a transfer, that comes after it, takes nothing away for longer than until the next look', async () => {
    const { store } = stage
    const scene = await open()
    const target = await open()
    await hear()
    await call(scene)
    const before = scene.repository
    const [schedule] = await store.schedules.of(scene.repo.id)
    stage.github.transfer(scene.repo, target.repo.owner)
    await hear()
    await lookForSchedules({ ...stage.ports, now: () => new Date(later(2)) })
    await store.repositories.seen(before, later(2))
    await lookForSchedules({ ...stage.ports, now: () => new Date(later(3)) })
    const found = await store.repositories.find(target.repo.owner, scene.repo.name)
    expect(found).toMatchObject({ id: scene.repo.id, installationId: target.repository.installationId })
    expect(await store.away.of(found!)).toBeUndefined()
    expect(await store.away.list()).not.toContainEqual(expect.objectContaining({ id: scene.repo.id }))
    expect((await store.schedules.of(scene.repo.id)).map(one => one.id)).toEqual([schedule!.id])
  })

  it.each([
    ['at once', async () => {}],
    ['after it was pushed to', ({ repo }: Scene) => repo.commit({ branch: 'more', files: { more: '1' } })],
  ])(
    'a delivery from before a transfer, told %s after it, moves nothing while news of the first installation comes',
    async (_, meanwhile) => {
      const { store } = stage
      const scene = await open()
      const target = await open()
      await hear()
      await scene.repo.commit({ branch: 'early', files: { early: '1' } })
      await stage.github.settled()
      const early = stage.github.deliveries.findLast(one => one.payload.repository?.id === scene.repo.id)!
      const from = scene.repo.owner
      stage.github.transfer(scene.repo, target.repo.owner)
      await hear()
      await meanwhile(scene)
      await scene.tell()
      const moved = (await store.repositories.find(target.repo.owner, scene.repo.name))!
      const { runId } = await call({ ...scene, event: change => scene.event({ ...change, repository: moved }) })

      const at = new Date().toISOString()
      const again = { id: randomUUID(), name: early.event, bodyHash: randomUUID(), payload: early.payload, at }
      await store.deliveries.accept(again)
      await dispatch(stage.ports, { deliveryId: again.id })
      expect((await store.repositories.find(target.repo.owner, scene.repo.name))?.id).toBe(scene.repo.id)
      await open(from)
      expect(await hear()).not.toContain('was stopped')
      expect(await store.away.list()).not.toContainEqual(expect.objectContaining({ id: scene.repo.id }))
      await store.maintain(new Date().toISOString())
      expect((await store.runs.get(runId!))?.status).toBe('queued')
      expect(await scene.runs()).not.toEqual([])
    },
  )

  async function makeToken({ repo }: Scene): Promise<string> {
    const id = randomUUID()
    const token = { id, hash: 'h', scope: 'fire', label: 'ci', repositoryId: repo.id, routine: 'nightly', by: 'ada' }
    await stage.store.tokens.make({ ...token, at: new Date().toISOString() } as Parameters<
      Stage['store']['tokens']['make']
    >[0])
    return id
  }
})
