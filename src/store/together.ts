// Calls that come while one is under way, and share the next: one transaction for all that waited, instead of one each.
import { setImmediate as turn } from 'node:timers/promises'
import { Problem } from '../domain/problem.ts'
import type { Database } from './tables.ts'
import { explain } from './trouble.ts'

interface Waiting<In, Out> extends PromiseWithResolvers<Out> {
  input: In
}

/**
 * `work` answers its inputs in their order, and is under way once at a time with what waits by then, from the front, until that weighs more
 * than `most`. When it throws, each input is tried alone, so that a bad one fails alone; out of reach of the database, all fail at once.
 * Inside a transaction nothing is shared.
 */
export function together<In, Out>(
  db: Database,
  work: (inputs: In[]) => Promise<Out[]>,
  most: number,
  weigh: (input: In) => number = () => 1,
): (input: In) => Promise<Out> {
  if (db.isTransaction) return async input => (await work([input]))[0]!
  const waiting: Waiting<In, Out>[] = []
  let underWay = false

  return input => {
    const call = { input, ...Promise.withResolvers<Out>() }
    waiting.push(call)
    if (!underWay) void drain()
    return call.promise
  }

  async function drain(): Promise<void> {
    underWay = true
    while (waiting.length > 0) {
      // PGlite works in this thread and leaves it to nobody before it is done: what came meanwhile is read only now.
      await turn()
      await answer(waiting.splice(0, howMany()))
    }
    underWay = false
  }

  function howMany(): number {
    let weight = weigh(waiting[0]!.input)
    let count = 1
    for (; count < waiting.length; count++) {
      weight += weigh(waiting[count]!.input)
      if (weight > most) break
    }
    return count
  }

  async function answer(calls: Waiting<In, Out>[]): Promise<void> {
    try {
      const answers = await work(calls.map(({ input }) => input))
      for (const [index, { resolve }] of calls.entries()) resolve(answers[index]!)
    } catch (thrown) {
      if (calls.length > 1 && !isOutOfReach(thrown)) for (const call of calls) await answer([call])
      else for (const { reject } of calls) reject(thrown)
    }
  }
}

function isOutOfReach(thrown: unknown): boolean {
  const explained = explain(thrown)
  return explained instanceof Problem && explained.code === 'unavailable'
}
