// A process of its own whose clock is told each minute, takes what is due by then, and says what that was.
import { decideDue } from '../../src/routines/index.ts'
import { openStore } from '../../src/store/index.ts'

process.on('disconnect', () => process.exit())
const { dataDir, databaseUrl } = JSON.parse(process.argv[2]!)
const store = await openStore({ dataDir, databaseUrl })
const decide = decideDue({ day: 1e9, month: 1e9 }, 1)
process.on('message', async (minute: string) => {
  const taken: string[] = []
  for (;;) {
    const these = await store.schedules.takeDue(minute, 5, decide)
    taken.push(...these.flatMap(({ eventId }) => eventId ?? []))
    if (these.length < 5) break
  }
  process.send?.({ taken })
})
process.send?.({ ready: true })
