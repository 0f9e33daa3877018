// How sure a figure is: a ratio of sums over pull requests with its 95 % interval, by bootstrap of pulls or, for few of them, by Wilson.

/** Numerator and denominator of one pull request. */
export interface Part {
  of: number
  in: number
}

export interface Figure {
  /** Undefined when the denominator is 0: there is nothing to tell. */
  value?: number
  of: number
  in: number
  /** 95 %; absent where no honest one can be had. */
  low?: number
  high?: number
  how?: 'bootstrap' | 'wilson'
}

/** Fewer pulls than these say too little about how pulls differ to draw again from. */
export const fewestPulls = 10
const draws = 2000
const seed = 1

/**
 * Σ of / Σ in. Comments on one pull are alike, so pulls are drawn again, not comments: the 2.5th and 97.5th percentile of 2,000 draws with a fixed seed.
 * A `share` (of ≤ in) of few pulls, or of 0 or 1, has Wilson's interval, which takes comments for independent and is then too narrow rather than too wide.
 */
export function figure(parts: Part[], kind: 'share' | 'ratio'): Figure {
  const total = sum(parts)
  if (total.in === 0) return total
  const value = total.of / total.in
  const edge = kind === 'share' && (value === 0 || value === 1)
  if (parts.length >= fewestPulls && !edge) {
    const drawn = drawAgain(parts.length, draws, pulls => shareOf(parts, pulls))
    return { ...total, value, ...percentiles(drawn), how: 'bootstrap' }
  }
  return kind === 'share' ? { ...total, value, ...wilson(total.of, total.in), how: 'wilson' } : { ...total, value }
}

/** `second` less `first`, of the same pulls in the same order, drawn together. */
export function difference(first: Part[], second: Part[]): Pick<Figure, 'value' | 'low' | 'high' | 'how'> {
  const less = (pulls: Uint32Array) => {
    const [a, b] = [shareOf(first, pulls), shareOf(second, pulls)]
    return a === undefined || b === undefined ? undefined : b - a
  }
  const value = less(Uint32Array.from(first.keys()))
  if (value === undefined) return {}
  if (first.length < fewestPulls) return { value }
  return { value, ...percentiles(drawAgain(first.length, draws, less)), how: 'bootstrap' }
}

/** Wilson (1927), 95 %. */
export function wilson(of: number, all: number): { low: number; high: number } {
  const z = 1.959964
  const p = of / all
  const middle = (p + (z * z) / (2 * all)) / (1 + (z * z) / all)
  const half = (z / (1 + (z * z) / all)) * Math.sqrt((p * (1 - p)) / all + (z * z) / (4 * all * all))
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}

function drawAgain(count: number, times: number, measure: (pulls: Uint32Array) => number | undefined): number[] {
  const chance = chanceFrom(seed)
  const drawn: number[] = []
  const pulls = new Uint32Array(count)
  for (let draw = 0; draw < times; draw++) {
    for (let at = 0; at < count; at++) pulls[at] = Math.floor(chance() * count)
    const value = measure(pulls)
    // Pulls without any denominator among them say nothing.
    if (value !== undefined) drawn.push(value)
  }
  return drawn.sort((a, b) => a - b)
}

function percentiles(drawn: number[]): { low?: number; high?: number } {
  const at = (share: number) => drawn[Math.min(drawn.length - 1, Math.max(0, Math.round(share * (drawn.length - 1))))]
  const [low, high] = [at(0.025), at(0.975)]
  return low === undefined || high === undefined ? {} : { low, high }
}

function shareOf(parts: Part[], pulls: Uint32Array): number | undefined {
  let [of, all] = [0, 0]
  for (const pull of pulls) {
    of += parts[pull]!.of
    all += parts[pull]!.in
  }
  return all === 0 ? undefined : of / all
}

function sum(parts: Part[]): Part {
  let [of, all] = [0, 0]
  for (const part of parts) {
    of += part.of
    all += part.in
  }
  return { of, in: all }
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32, public domain: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c). */
export function chanceFrom(start: number): () => number {
  let state = start >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
