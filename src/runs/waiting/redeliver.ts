// Which of GitHub's attempts to deliver are to be made again: those that nobody took, and those that somebody took who was not us. Pure.
import type { DeliveryAttempt } from '../../domain/host.ts'

export interface Comparison {
  /** The newest first. */
  attempts: DeliveryAttempt[]
  /** Deliveries that are here. */
  known: Set<string>
  /** Attempts that were asked for again. */
  asked: { attempt: string; delivery: string; taken: boolean }[]
  /** ISO 8601: what was answered before is not missed, since this database was not there to take it. */
  watchedSince: string
  knowsEvent: (name: string) => boolean
}

export interface Redelivery {
  attempt: DeliveryAttempt
  kind: 'failed' | 'missing'
  because: string
}

export interface Compared {
  /** The oldest first. */
  again: Redelivery[]
  /** How many are not here and are not asked for any more, having been tried often enough. */
  left: number
}

/** Attempts at one delivery: one comparison an hour, so that whoever mends what refuses them has as many hours. */
const askedAtMost = 10

/** Each attempt once: what fails again is a new attempt. */
export function compare({ attempts, known, asked, watchedSince, knowsEvent }: Comparison): Compared {
  const newest = new Map<string, DeliveryAttempt>()
  for (const attempt of attempts) if (!newest.has(attempt.delivery)) newest.set(attempt.delivery, attempt)
  const askedOf = Map.groupBy(asked, one => one.delivery)
  const again: Redelivery[] = []
  let left = 0
  for (const attempt of newest.values()) {
    if (known.has(attempt.delivery) || !knowsEvent(attempt.event)) continue
    const before = askedOf.get(attempt.delivery) ?? []
    const mine = before.find(one => one.attempt === attempt.id)
    // It is on its way.
    if (mine?.taken) continue
    const answered = attempt.status >= 200 && attempt.status < 300
    if (answered && attempt.at < watchedSince) continue
    const others = before.filter(one => one !== mine)
    // The same event with the same body may be here under another id, which is answered and not stored: once is enough.
    if (others.length >= (answered ? 1 : askedAtMost)) left++
    else again.push({ attempt, kind: answered ? 'missing' : 'failed', because: whyOf(attempt, answered) })
  }
  return { again: again.toReversed(), left }
}

function whyOf({ event, status }: DeliveryAttempt, answered: boolean): string {
  const was = answered
    ? `was answered with ${status}, and not by this server`
    : status === 0
      ? 'got no answer'
      : `was answered with ${status}`
  return `A delivery of ${event} ${was}; GitHub is asked to deliver it again.`
}
