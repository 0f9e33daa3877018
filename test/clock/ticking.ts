// A process of its own whose clock runs through a span of minutes as fast as it can, and says what it took.
import { decideDue } from '../../src/routines/index.ts'
import { openStore } from '../../src/store/index.ts'

process.on('disconnect', () => process.exit())
const { dataDir, databaseUrl, from, until } = JSON.parse(process.argv[2]!)
const store = await openStore({ dataDir, databaseUrl })
const decide = decideDue({ day: 1e9, month: 1e9 }, 1)
process.send?.({ ready: true })
process.once('message', async () => {
  const taken: string[] = []
  for (let minute = Date.parse(from); minute <= Date.parse(until); minute += 60_000) {
    for (;;) {
      const these = await store.schedules.takeDue(new Date(minute).toISOString(), 5, decide)
      taken.push(...these.flatMap(({ eventId }) => eventId ?? []))
      if (these.length < 5) break
    }
  }
  process.send?.({ taken })
})
