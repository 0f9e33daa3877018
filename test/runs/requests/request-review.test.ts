// Gates of reviews: a pull's reviews share their runs, and each routine keeps its own pauses and caps.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Occurrence } from '../../../src/domain/event.ts'
import type { Routine } from '../../../src/domain/routine.ts'
import type { Store } from '../../../src/domain/store.ts'
import { databases, type TestDatabase } from '../../databases.ts'
import { routine } from '../../routines/samples.ts'
import { type Ground, openGround } from './meeting.ts'

const review = (yaml: string): Routine => routine(`on: { pull_request: {} }\n${yaml}`)
const plain = { ...review(''), name: 'plain' }
const shas = 'abcdef0123456789'

describe.each(databases)('a review on $name', ({ open }) => {
  let database: TestDatabase
  let store: Store
  let ground: Ground
  let commits = 0
  beforeAll(async () => {
    database = await open()
    store = database.store
  })
  beforeEach(() => {
    ground = openGround(store)
  })
  afterAll(() => database.close())

  const head = () => ({ head: { ref: 'refunds', sha: shas[commits++ % 16]!.repeat(40) } })
  const opened = (of: Routine[], action = 'opened') => ground.meet(ground.pulled({ action }, head()), of)
  const done = async (one: Occurrence | undefined) => {
    const run = await ground.start(await ground.runOf(one))
    await ground.end(run)
  }

  it('in its cooldown is refused with the time, while the others are reviewed', async () => {
    const slow = review('cooldown: 30m')
    const [first] = await opened([slow, plain])
    await done(first)
    ground.minutes(10)
    const [refused, queued] = await opened([slow, plain], 'synchronize')
    expect(refused).toMatchObject({ verdict: 'refused', retryAt: '2026-11-21T10:30:00.000Z' })
    expect(refused?.because).toContain(`cooldown: run ${first?.runId} started at`)
    expect(queued?.verdict).toBe('queued')
    expect((await ground.runOf(queued)).routines.map(part => part.routine.name)).toEqual(['plain'])
    await done(queued)
    ground.minutes(21)
    expect((await opened([slow, plain], 'synchronize')).map(one => one.verdict)).toEqual(['queued', 'queued'])
  })

  it('that waits to start is joined in its cooldown: that starts nothing', async () => {
    const slow = review('cooldown: 30m')
    const [first] = await opened([slow])
    const [second] = await opened([slow], 'synchronize')
    expect(second).toMatchObject({ verdict: 'coalesced', runId: first?.runId })
  })

  it('beyond its cap is refused until the cap opens, on every pull of the repository', async () => {
    const rare = review('runs: { day: 1 }')
    await done((await opened([rare]))[0])
    const [refused] = await ground.meet(ground.pulled({ action: 'opened' }, { number: 8, ...head() }), [rare])
    expect(refused).toMatchObject({ verdict: 'refused', retryAt: '2026-11-22T00:00:00.000Z' })
    ground.minutes(24 * 60)
    const [queued] = await ground.meet(ground.pulled({ action: 'opened' }, { number: 8, ...head() }), [rare])
    expect(queued?.verdict).toBe('queued')
  })

  it('with a debounce waits for its quiet, however it began; what joins it does not cut the quiet short', async () => {
    const calm = review('debounce: 10m')
    const [first] = await opened([calm])
    expect((await ground.runOf(first)).notBefore).toBe('2026-11-21T10:10:00.000Z')
    ground.minutes(5)
    const [second] = await opened([plain], 'edited')
    expect(second).toMatchObject({ verdict: 'coalesced', runId: first?.runId })
    expect((await ground.runOf(first)).notBefore).toBe('2026-11-21T10:15:00.000Z')
    ground.minutes(1)
    await ground.meet(ground.pulled({ kind: 'comment', action: 'review' }, head()), [plain])
    expect((await ground.runOf(first)).notBefore).toBe('2026-11-21T10:06:00.000Z')
  })

  it('is superseded by a push, unless its routine says that it waits', async () => {
    const [first] = await opened([plain])
    await ground.start(await ground.runOf(first))
    expect((await opened([plain], 'synchronize'))[0]?.because).toContain(`Replaces run ${first?.runId}`)
    expect(await store.runs.stops([first!.runId!])).toHaveLength(1)

    ground = openGround(store)
    const patient = review('concurrency: queue')
    const [other] = await opened([patient])
    await ground.start(await ground.runOf(other))
    const [waiting] = await opened([patient], 'synchronize')
    expect(waiting?.because).toContain(`Waits for run ${other?.runId}, as \`concurrency\` says.`)
    expect(await store.runs.stops([other!.runId!])).toEqual([])
  })

  it('and a task of its own answer the same event, each with a run of its own', async () => {
    const task = { ...routine('kind: work\non: { pull_request: {} }'), name: 'task' }
    const [one, two] = await opened([plain, task])
    expect([await ground.runOf(one), await ground.runOf(two)]).toMatchObject([
      { kind: 'review', number: 7 },
      { kind: 'work', number: 7, key: 'task:pull:7', pull: { number: 7 } },
    ])
    // Automatic reviews of a pull are limited; tasks of their own have their own caps.
    expect(await store.runs.countAutomatic(ground.repositoryId, 7, '1970-01-01T00:00:00.000Z')).toBe(1)
  })
})
