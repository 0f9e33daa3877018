// A process of its own that takes a delivery and a run's job, claims the run, says so, and never comes to an end.
import { openStore } from '../../src/store/index.ts'

process.on('disconnect', () => process.exit())
const { dataDir, databaseUrl } = JSON.parse(process.argv[2]!)
const taken = Promise.withResolvers<void>()
const store = await openStore({ dataDir, databaseUrl })
await store.work(
  {
    async dispatch() {
      taken.resolve()
      await new Promise(() => {})
    },
    async fetch() {},
    async run({ runId }) {
      const run = await store.runs.claim(runId, new Date().toISOString())
      await taken.promise
      process.send?.({ attempt: run?.attempt })
      await new Promise(() => {})
    },
  },
  { runs: 1, runsPerRepository: 1, place: 1 },
)
