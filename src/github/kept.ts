// What GitHub answered, kept for a while and no longer.
import { LRUCache } from 'lru-cache'

/** The `max` answers asked for last, each for `ttl` milliseconds by this clock, which is asked each time: the cache's own look at it may be a millisecond old. */
export function keepAnswers<Key extends string | number, Answer extends NonNullable<unknown>>(
  { max, ttl }: { max: number; ttl: number },
  now: () => number,
): LRUCache<Key, Answer> {
  return new LRUCache<Key, Answer>({ max, ttl, ttlResolution: 0, perf: { now } })
}
