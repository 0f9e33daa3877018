// A repository's kept events from the store, a part at a time, replayed against two configurations without holding up anything else.
import type { Replay } from '../../domain/replay.ts'
import type { Rooms } from '../../domain/store.ts'
import { openReplay, type ReplayInput } from './replay.ts'
import type { PastEvent } from './side.ts'
import { usualOf } from './usual.ts'

export interface PastPorts {
  store: Pick<Rooms, 'events' | 'runs'>
  now: () => Date
}

/** Events of a part, and the most that are looked at. */
const most = { part: 200, events: 10_000 }
/** Runs whose cost counts. */
const runsForCost = 300

export async function replayPast(
  { store, now }: PastPorts,
  about: Pick<ReplayInput, 'repository' | 'before' | 'after' | 'installationSize'> & { days: number },
): Promise<Replay> {
  const { days, ...input } = about
  const { repository, after } = input
  const until = now()
  const from = new Date(until.getTime() - days * 86_400_000)
  const usual = usualOf(await store.runs.list({ repositoryId: repository.id, limit: runsForCost }), after)
  let last: PastEvent | undefined
  let events = 0
  const replay = openReplay({ ...input, from, until, usual })
  for await (const part of partsOf(store, repository.id, from)) {
    const left = part.slice(0, most.events - events)
    replay.add(left)
    events += left.length
    last = left.at(-1) ?? last
    if (left.length < part.length && last) return { ...replay.end(new Date(last.event.at)), cutAt: last.event.at }
    // Deliveries are answered by this same thread.
    await new Promise(resolve => setImmediate(resolve))
  }
  return replay.end()
}

/** Events of one instant may lie on both sides of a part's end: each is given once. */
async function* partsOf({ events }: PastPorts['store'], repositoryId: number, from: Date): AsyncGenerator<PastEvent[]> {
  let since = from.toISOString()
  let seen = new Set<string>()
  for (let limit = most.part; ; ) {
    const read = await events.since(repositoryId, since, limit)
    const fresh = read.filter(({ event }) => !seen.has(event.id))
    if (fresh.length > 0) yield fresh
    if (read.length < limit) return
    const at = read.at(-1)?.event.at ?? since
    // More of one instant than a part holds: the next part is larger.
    limit = at === since ? limit * 2 : most.part
    since = at
    seen = new Set(read.filter(({ event }) => event.at === at).map(({ event }) => event.id))
  }
}
