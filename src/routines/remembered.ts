// What was made from a text, kept for the next time somebody asks: those asked for last, and only so many.
import { LRUCache } from 'lru-cache'

const all: (() => void)[] = []

/** As a new process would: what anybody asks for next is made anew. */
export function forgetAll(): void {
  for (const forget of all) forget()
}

/** Keeps the last `atMost` that were asked for. */
export function remembered<Made extends NonNullable<unknown>>(atMost: number, make: (text: string) => Made) {
  const kept = new LRUCache<string, Made>({ max: atMost })
  all.push(() => kept.clear())
  return {
    of(text: string): Made {
      const known = kept.get(text)
      if (known !== undefined) return known
      const made = make(text)
      kept.set(text, made)
      return made
    },
  }
}
