// A meter that waits: money set aside for calls under way mostly comes back, so a call that does not fit beside them goes after them.
import type { Meter, Reservation } from '../domain/conversation.ts'
import { problemIn } from './retry.ts'

export interface PatientMeter extends Pick<Meter, 'settle'> {
  /** Problem `over_budget`, or less than was asked for, only when nothing is under way that could give money back. Rejects as soon as `signal` aborts. */
  reserve(call: Parameters<Meter['reserve']>[0], signal: AbortSignal): Promise<Reservation>
}

/** For one meter and all conversations that share it. */
export function patient(meter: Meter): PatientMeter {
  let underWay = 0
  let settled = 0
  // One asks at a time: whoever is refused knows exactly who else is under way.
  let turn: Promise<unknown> = Promise.resolve()
  const waiting = new Set<() => void>()

  return {
    async reserve(call, signal) {
      for (;;) {
        const asked = turn.then(() => ask(call, signal))
        turn = asked.catch(() => {})
        const answer = await asked
        if ('reservation' in answer) return answer.reservation
        if (answer.settled === settled) await nextSettled(signal)
      }
    },
    async settle(reservation, outcome) {
      try {
        await meter.settle(reservation, outcome)
      } finally {
        underWay--
        settled++
        for (const look of [...waiting]) look()
      }
    },
  }

  /** The reservation; or, when it is worth waiting, how many were settled before the meter said no. */
  async function ask(
    call: Parameters<Meter['reserve']>[0],
    signal: AbortSignal,
  ): Promise<{ reservation: Reservation } | { settled: number }> {
    signal.throwIfAborted()
    const before = { settled, underWay }
    try {
      const { leastUsd: _, ...whole } = call
      const reservation = await meter.reserve(before.underWay === 0 ? call : whole)
      underWay++
      return { reservation }
    } catch (thrown) {
      if (problemIn(thrown)?.code !== 'over_budget' || before.underWay === 0) throw thrown
      return { settled: before.settled }
    }
  }

  function nextSettled(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (then: () => void) => () => {
        waiting.delete(look)
        signal.removeEventListener('abort', leave)
        then()
      }
      const look = end(resolve)
      const leave = end(() => reject(signal.reason))
      waiting.add(look)
      signal.addEventListener('abort', leave, { once: true })
      if (signal.aborted) leave()
    })
  }
}
