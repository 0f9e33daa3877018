// A review's body: what it is to say, and after it the findings that could stand nowhere else, as many as there is room for. Pure.
import type { WantedComment } from '../domain/host.ts'
import { bodyLimit, fitBody } from './texts.ts'

/** Opens a review that carries on where another had no more room. */
export const continued = 'More of the review above.'

/** Marks grow with the keys; this much is left for them. */
const reserve = 6_000
const mostFallback = 20_000
const leastBody = 10_000

export function composeBody(body: string, findings: WantedComment[]): { text: string; keys: string[] } {
  const room = bodyLimit - reserve
  const taken: WantedComment[] = []
  let used = Math.min(body.length, leastBody)
  for (const finding of findings) {
    const size = Math.min(finding.fallback.length, mostFallback) + finding.key.length + 40
    if (used + size > room) break
    used += size
    taken.push(finding)
  }
  const fallbacks = taken.map(finding => fitBody(finding.fallback, mostFallback)).join('\n\n')
  const text = fitBody(body, room - (taken.length > 0 ? fallbacks.length + 2 : 0))
  return { text: [text, fallbacks].filter(part => part !== '').join('\n\n'), keys: taken.map(finding => finding.key) }
}
