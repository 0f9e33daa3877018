// A pull request that was closed: its reviews are stopped, whatever else answers.
import type { Event, Pull } from '../../domain/event.ts'
import type { Store } from '../../domain/store.ts'

/** The sentence for the record. */
export async function stopClosed({ store, now }: { store: Store; now: () => Date }, event: Event): Promise<string> {
  const active = event.number === undefined ? [] : await store.runs.active(event.repository.id, event.number)
  const because = 'The pull request was closed.'
  // What answers the close is left alone: this may be the second time that it is dispatched.
  const others = active.filter(run => run.eventId !== event.id)
  for (const run of others) await store.runs.stop(run.id, { end: 'stopped', because }, now().toISOString())
  // What was merged is judged by what became of it; what was not is of no pull any more.
  if (event.pull?.merged === false) await leaveBehind({ store, now }, event, event.pull)
  return others.length > 0 ? 'The pull request was closed; its runs were stopped.' : because
}

/** Safe to repeat. A review after the pull is opened again has those back whose code stands. */
async function leaveBehind(
  { store, now }: { store: Store; now: () => Date },
  { repository }: Event,
  { number, head }: Pull,
): Promise<void> {
  const when = { at: now().toISOString(), head: head.sha }
  for (const { rowId, state } of await store.findings.ofPull(repository.id, number))
    if (state === 'open')
      await store.findings.mark(rowId, 'stale', 'The pull request was closed without being merged.', when)
}
