// The money of an evaluation: one cap over all of its pull requests, and every call written down before and after it is paid.
import { randomUUID } from 'node:crypto'
import { dollars } from '../domain/money.ts'
import { Problem } from '../domain/problem.ts'
import type { Line } from '../evaluation/index.ts'
import { openPurse, type Purse } from '../runs/money/purse.ts'

export interface EvalPurse {
  /** A purse for one conversation or more about `item`, that holds `usd` or what is left of the cap. One is used at a time. */
  of(item: string, usd: number): Purse
  /** US dollars, those of earlier parts of the evaluation included. */
  spent(): number
  left(): number
  /** A call was refused because the cap of the evaluation did not hold it. */
  short(): boolean
}

export function openEvalPurse(cap: number, before: number, append: (line: Line) => void): EvalPurse {
  let spent = before
  let short = false
  const left = () => Math.max(0, cap - spent)
  return {
    spent: () => spent,
    left,
    short: () => short,
    of(item, usd) {
      const limited = left() < usd
      const purse = openPurse(Math.min(usd, left()))
      const calls = new Map<string, { id: string; name: string; model: string }>()
      return {
        ...purse,
        async reserve(call) {
          const reservation = await purse.reserve(call).catch(thrown => {
            if (!limited || !(thrown instanceof Problem) || thrown.code !== 'over_budget') throw thrown
            short = true
            throw new Problem('over_budget', capReached(cap))
          })
          const id = randomUUID()
          calls.set(reservation.id, { id, name: call.name, model: call.model })
          append({ kind: 'begun', id, item, usd: reservation.usd })
          return reservation
        },
        async settle(reservation, outcome) {
          await purse.settle(reservation, outcome)
          const call = calls.get(reservation.id)
          if (!call) return
          calls.delete(reservation.id)
          spent += outcome.usd
          append({ kind: 'call', item, ...call, ...outcome })
        },
      }
    },
  }
}

export function capReached(cap: number): string {
  return `The evaluation's cap of ${dollars(cap)} does not hold another call; go on with --resume and a higher --usd.`
}
