// What `watchbill doctor` says of what came: the last delivery of each event, what GitHub lists and never came, and the clock's last tick.
import type { Rooms } from '../domain/store.ts'
import { type Line, ok, unknown, wrong } from './doctor-line.ts'

type Seen = Pick<Rooms, 'deliveries' | 'reconciliation' | 'signs'>

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** `installations`: in how many places the App is, where GitHub could be asked. */
export async function examineDeliveries(store: Seen, now: Date, installations?: number): Promise<Line[]> {
  return [await sayLast(store, now, installations), await sayCompared(store, now), await sayTick(store, now)]
}

async function sayLast({ deliveries }: Seen, now: Date, installations = 0): Promise<Line> {
  const last = await deliveries.lastOfEach(before(now, 30 * day))
  if (last.length > 0) return ok('last deliveries', last.map(({ name, at }) => `${name} ${ago(now, at)}`).join(', '))
  if (installations === 0) return unknown('last deliveries', 'none came in the last 30 days.')
  return wrong(
    'last deliveries',
    "None came in the last 30 days, though the App is installed: see that GitHub reaches PUBLIC_URL, and that the webhook on the App's page is active.",
  )
}

async function sayCompared({ reconciliation }: Seen, now: Date): Promise<Line> {
  const about = 'missed deliveries'
  const last = await reconciliation.last()
  if (!last?.ended) return unknown(about, "GitHub's list of deliveries was not compared with ours yet.")
  const { complete, cut, because, at } = last.ended
  if (!complete) return wrong(about, `GitHub's list could not all be compared with ours ${ago(now, at)}: ${because}`)
  if (now.getTime() - Date.parse(at) > 2 * hour)
    return wrong(
      about,
      `GitHub's list was compared with ours ${ago(now, at)}, and should be every hour: see that a server with the role web or all runs.`,
    )
  if (cut)
    return wrong(about, `${because} Redeliver older ones on the App's page under Advanced; compared ${ago(now, at)}.`)
  const missing = await reconciliation.missing(before(now, 3 * day), before(now, 5 * minute))
  if (missing.length === 0) return ok(about, `none; compared ${ago(now, at)}`)
  const few = missing.slice(0, 3).join(', ')
  return wrong(
    about,
    `${missing.length} ${missing.length === 1 ? 'delivery' : 'deliveries'} did not come even when asked for again (${few}): GitHub's list on the App's page under Advanced says how each was answered; mend that, and redeliver there.`,
  )
}

async function sayTick({ signs }: Seen, now: Date): Promise<Line> {
  const at = await signs.last('tick')
  if (at === undefined)
    return unknown('clock', 'it has not gone yet: no server with the role all or worker was started.')
  if (now.getTime() - Date.parse(at) <= 3 * minute) return ok('clock', `it went ${ago(now, at)}`)
  return wrong(
    'clock',
    `It went last ${ago(now, at)}, so no schedule starts anything: see that a server with WATCHBILL_ROLE all or worker runs.`,
  )
}

function before(now: Date, milliseconds: number): string {
  return new Date(now.getTime() - milliseconds).toISOString()
}

function ago(now: Date, at: string): string {
  const passed = Math.max(0, now.getTime() - Date.parse(at))
  if (passed < 2 * minute) return `${Math.floor(passed / 1000)} s ago`
  if (passed < 2 * hour) return `${Math.floor(passed / minute)} min ago`
  return passed < 2 * day ? `${Math.floor(passed / hour)} h ago` : `${Math.floor(passed / day)} days ago`
}
