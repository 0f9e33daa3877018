// Two saved evaluations beside each other: the difference on the pull requests that both measured, and what else was different.
import { difference, type Figure, fewestPulls, type Part } from './intervals.ts'
import { commentsOf, f1Of, keptTrueOf, precisionOf, recallOf, refutedFalseOf, usdOf } from './measure.ts'
import { differences, type Results } from './read-results.ts'
import type { ItemResult } from './results.ts'

export interface Compared {
  /** Pulls that both measured. */
  pulls: number
  /** What is not alike between the two, in sentences; the first are about how they were measured. */
  notes: string[]
  figures: {
    name: string
    first?: number
    second?: number
    /** The second less the first, with its interval. */
    difference: Pick<Figure, 'value' | 'low' | 'high' | 'how'>
  }[]
}

/** Pairs pulls by item; those that ask for something else in the two, or that only one has, are left out and counted. */
export function compare(first: Results, second: Results): Compared {
  const others = new Map(done(second).map(item => [item.item, item]))
  const both = done(first).flatMap(one => {
    const other = others.get(one.item)
    return other ? [[one, other] as const] : []
  })
  const alike = both.filter(([one, other]) => one.digest === other.digest)
  const [a, b] = [alike.map(([one]) => one), alike.map(([, other]) => other)]
  const row = (name: string, partsA: Part[], partsB: Part[]) => ({
    name,
    ...named('first', partsA),
    ...named('second', partsB),
    difference: difference(partsA, partsB),
  })
  const of = (name: string, part: (item: ItemResult) => Part) => row(name, a.map(part), b.map(part))
  const reviews = first.header.mode === 'review' && second.header.mode === 'review'
  return {
    pulls: alike.length,
    notes: notesOf(first, second, both.length, alike.length),
    figures: [
      ...(reviews
        ? [
            of('precision', item => precisionOf(item)),
            of('recall', item => recallOf(item)),
            of('F1', f1Of),
            of('comments per pull', commentsOf),
          ]
        : []),
      of('true ones kept', item => keptTrueOf(item)),
      of('rejected ones not kept', item => refutedFalseOf(item)),
      row('US dollars per pull', usdOf(first, a), usdOf(second, b)),
    ],
  }
}

function notesOf(first: Results, second: Results, both: number, alike: number): string[] {
  const changed = differences(first.header, second.header)
  const alone = [done(first).length - both, done(second).length - both]
  return [
    ...(changed.length > 0
      ? [`Not the same in the two: ${changed.join('; ')}.`]
      : ['Both were measured alike: the same data set, prompts, models and program.']),
    ...(changed.length > 1 ? ['More than one thing changed, so no difference can be put down to one of them.'] : []),
    ...(alone.some(count => count > 0)
      ? [`Left out because only one measured them: ${alone[0]} of the first, ${alone[1]} of the second.`]
      : []),
    ...(both > alike ? [`Left out because their commits or labels differ between the two: ${both - alike}.`] : []),
    ...(alike < fewestPulls ? [`Fewer than ${fewestPulls} pulls in common: no interval can be told.`] : []),
  ]
}

function done({ items }: Results): ItemResult[] {
  return items.filter(item => item.state === 'done')
}

function named(which: 'first' | 'second', parts: Part[]): { first?: number; second?: number } {
  const all = parts.reduce((sum, part) => sum + part.in, 0)
  return all === 0 ? {} : { [which]: parts.reduce((sum, part) => sum + part.of, 0) / all }
}
