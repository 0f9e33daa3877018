// A repository's kept events from the store, a part at a time, replayed against two configurations without holding up anything else.
import type { Repository } from '../../domain/event.ts'
import type { Host } from '../../domain/host.ts'
import type { Replay } from '../../domain/replay.ts'
import type { Configuration } from '../../domain/routine.ts'
import type { Rooms } from '../../domain/store.ts'
import { readsMore } from '../../routines/index.ts'
import { type OpenReplay, openReplay, type ReplayInput } from './replay.ts'
import type { PastEvent } from './side.ts'
import { usualOf } from './usual.ts'

export interface PastPorts {
  store: { events: Pick<Rooms['events'], 'since'>; runs: Pick<Rooms['runs'], 'list'> }
  now: () => Date
}

/** Events of a part, times of the clock that are replayed at a stretch, the most events that are looked at, and the most steps that they may take: about two seconds. */
const most = { part: 200, ticks: 200, events: 10_000, steps: 12_000_000 }
/** Milliseconds after which others have their turn: deliveries are answered by this same thread. */
const turn = 20
/** Runs whose cost counts. */
const runsForCost = 300

const tooMuch = 'filters and times of the clock together take longer than a replay may'

/** What no event tells and GitHub knows now; what the App was granted where a routine may need more than every App has. */
export async function factsOfNow(
  host: Pick<Host, 'installationSize' | 'granted'>,
  repository: Repository,
  ...all: Configuration[]
): Promise<Pick<ReplayInput, 'installationSize' | 'granted'>> {
  // Those on standby answer nothing by themselves.
  const more = all.some(({ routines }) => routines.some(one => Object.keys(one.on).length > 0 && readsMore(one)))
  return {
    installationSize: await host.installationSize(repository.installationId),
    ...(more && { granted: await host.granted(repository) }),
  }
}

export async function replayPast(
  { store, now }: PastPorts,
  about: Pick<ReplayInput, 'repository' | 'before' | 'after' | 'installationSize' | 'granted'> & { days: number },
): Promise<Replay> {
  const { days, ...input } = about
  const { repository, after } = input
  const until = now()
  const from = new Date(until.getTime() - days * 86_400_000)
  const usual = usualOf(await store.runs.list({ repositoryId: repository.id, limit: runsForCost }), after)
  const replay = openReplay({ ...input, from, until, usual })
  const rest = openRests()
  /** Why it ends early; the times of the clock up to then have been replayed otherwise. */
  const tickUntil = async (at: string): Promise<string | undefined> => {
    do {
      if (replay.spent() >= most.steps) return tooMuch
      await rest()
    } while (replay.tick(at, most.ticks))
    return undefined
  }
  let events = 0
  for await (const part of partsOf(store, repository.id, from)) {
    for (const past of part) {
      const why = events >= most.events ? 'there are too many' : await tickUntil(past.event.at)
      if (why) return cut(replay, why)
      replay.add([past])
      events++
    }
    await new Promise(resolve => setImmediate(resolve))
  }
  const why = await tickUntil(until.toISOString())
  return why ? cut(replay, why) : replay.end()
}

function cut(replay: OpenReplay, cutFor: string): Replay {
  const cutAt = replay.reached()
  return cutAt === undefined ? replay.end() : { ...replay.end(new Date(cutAt)), cutAt, cutFor }
}

/** Lets others have their turn whenever one's own has been long enough. */
function openRests(): () => Promise<void> {
  let began = performance.now()
  return async () => {
    if (performance.now() - began < turn) return
    await new Promise(resolve => setImmediate(resolve))
    began = performance.now()
  }
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
