// A pull request that was closed: its reviews are stopped, whatever else answers.
import type { Event } from '../domain/event.ts'
import type { Store } from '../domain/store.ts'

/** The sentence for the record. */
export async function stopClosed({ store, now }: { store: Store; now: () => Date }, event: Event): Promise<string> {
  const active = event.number === undefined ? [] : await store.runs.active(event.repository.id, event.number)
  const because = 'The pull request was closed.'
  // What answers the close is left alone: this may be the second time that it is dispatched.
  const others = active.filter(run => run.eventId !== event.id)
  for (const run of others) await store.runs.stop(run.id, { end: 'stopped', because }, now().toISOString())
  return others.length > 0 ? 'The pull request was closed; its runs were stopped.' : because
}
