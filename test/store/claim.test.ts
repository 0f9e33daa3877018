// Taking a run when more than one of its jobs is due.
import { describe, expect, it } from 'vitest'
import type { JobHandlers } from '../../src/domain/store.ts'
import { databases } from '../databases.ts'
import { newRun, now, pull } from './samples.ts'

const runsOf = (run: JobHandlers['run']): JobHandlers => ({ run, async dispatch() {}, async fetch() {} })

describe.each(databases)('a run on $name', ({ open }) => {
  it('whose worker died is not lost when two of its jobs are taken at once', async () => {
    const database = await open()
    try {
      const { store } = database
      const { id } = await store.runs.request(newRun())
      await store.runs.postpone(id, { notBefore: now(), pull, routines: [], asked: false })
      // Claimed by nobody that lives.
      expect((await store.runs.claim(id, now()))?.attempt).toBe(1)

      const both = Promise.withResolvers<void>()
      const taken = Promise.withResolvers<number>()
      const refused: unknown[] = []
      let come = 0
      const working = await store.work(
        runsOf(async ({ runId }) => {
          if (++come === 2) both.resolve()
          await both.promise
          // By a clock that is behind, so that the next look is due at once.
          const run = await store.runs.claim(runId, new Date(Date.now() - 20_000).toISOString())
          if (run) taken.resolve(run.attempt)
          else refused.push(runId)
        }),
        { runs: 2, runsPerRepository: 2, place: 1 },
      )
      expect(await taken.promise).toBe(2)
      expect(refused.length).toBeGreaterThan(0)
      await working.stop(1000)
    } finally {
      await database.close()
    }
  })
})
