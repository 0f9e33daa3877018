// Two processes that would say the same at once, on one database: it is said once.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Host } from '../../src/domain/host.ts'
import { saidOnce } from '../../src/runs/said-once.ts'
import { openStore } from '../../src/store/index.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { never, openStage, type Stage, wantedComment, wantedReview } from '../github/stage.ts'

const server = databases.find(({ name }) => name === 'PostgreSQL')
describe.skipIf(!server)('of two processes', () => {
  let database: TestDatabase
  let stage: Stage
  let both: Host[]
  const opened: AsyncDisposable[] = []
  beforeAll(async () => {
    database = await server!.open()
  })
  beforeEach(async () => {
    stage = await openStage()
    const there = await openStore({ databaseUrl: database.databaseUrl!, dataDir: database.dataDir })
    opened.push(stage, there)
    both = [saidOnce(stage.host, database.store), saidOnce(await stage.again(), there)]
  })
  afterEach(async () => {
    for (const one of opened.splice(0).reverse()) await one[Symbol.asyncDispose]()
  })
  afterAll(() => database.close())

  it('one comments, and the other finds it', async () => {
    const { repository, number, repo } = stage
    await Promise.all(both.map(host => host.comment(repository, number, 'forbidden-7', 'You may not.')))
    expect(repo.pull(number).issueComments).toHaveLength(1)
  })

  it('one posts the review, and both know where it stands', async () => {
    const { repository, number, head } = stage
    const wanted = wantedReview(head, [wantedComment('a', { line: 3 }), wantedComment('b', { line: 9 })])
    const [here, there] = await Promise.all(both.map(host => host.publish(repository, number, wanted, never)))
    expect(stage.reviews()).toHaveLength(1)
    expect(stage.comments()).toHaveLength(2)
    expect(here!.reviewId).toBe(there!.reviewId)
    const ids = ({ placed }: NonNullable<typeof here>) => placed.map(({ key, commentId }) => [key, commentId])
    expect(ids(here!)).toEqual(ids(there!))
  })

  it('who is stopped while the other posts waits no more, and posts nothing', async () => {
    const { repository, number, head } = stage
    const held = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const slow = saidOnce(
      {
        ...stage.host,
        async publish(...wanted) {
          begun.resolve()
          await held.promise
          return stage.host.publish(...wanted)
        },
      },
      database.store,
    )
    const wanted = wantedReview(head, [wantedComment('a', { line: 3 })])
    const first = slow.publish(repository, number, wanted, never)
    await begun.promise
    const stop = new AbortController()
    const second = both[1]!.publish(repository, number, { ...wanted, key: 'run-2' }, stop.signal)
    stop.abort(new Error('stopped'))
    await expect(second).rejects.toThrow('stopped')
    held.resolve()
    await first
    expect(stage.reviews()).toHaveLength(1)
  })

  it('who was stopped before posts nothing, and leaves no failure that nobody hears of', async () => {
    const { repository, number, head } = stage
    const unheard: unknown[] = []
    const hear = (reason: unknown) => unheard.push(reason)
    process.on('unhandledRejection', hear)
    try {
      const stopped = AbortSignal.abort(new Error('stopped'))
      const wanted = wantedReview(head, [wantedComment('a', { line: 3 })])
      await expect(both[0]!.publish(repository, number, wanted, stopped)).rejects.toThrow('stopped')
      // By the end of this one the turn of the first is over, too.
      await both[0]!.publish(repository, number, { ...wanted, key: 'run-2' }, never)
    } finally {
      process.off('unhandledRejection', hear)
    }
    expect(unheard).toEqual([])
    expect(stage.reviews()).toHaveLength(1)
  })
})
