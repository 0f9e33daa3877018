// The example deliveries published for GitHub's webhooks, and small harm done to them by a seeded hand.
import published from '@octokit/webhooks-examples' with { type: 'json' }
import type { Reader } from '../../src/github/events.ts'

export interface Example {
  name: string
  // biome-ignore lint/suspicious/noExplicitAny: any JSON
  payload: any
}

/** Commands are read elsewhere; here it is enough that one is passed on. */
export const readCommand: Reader['readCommand'] = (body, names) => {
  const [called, word, ...rest] = body.split(' ')
  return names.some(name => called === `@${name}`) && word ? { word, rest: rest.join(' ') } : undefined
}

export const reader: Reader = { appId: 7, botId: 700, names: ['watchbill'], readCommand }

/** All of them, with the installation that an App's deliveries always carry. */
export const examples: Example[] = (published as unknown as { name: string; examples: object[] }[]).flatMap(event =>
  event.examples.map(example => ({ name: event.name, payload: { installation: { id: 5 }, ...example } })),
)

export function exampleOf(name: string, action: string): Example {
  const found = examples.find(example => example.name === name && example.payload.action === action)
  if (!found) throw new Error(`no example of ${name} ${action}`)
  return structuredClone(found)
}

/** A generator of numbers in [0, 1), the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

const oddities = [
  null,
  true,
  -1,
  0,
  1.5,
  Number.MAX_VALUE,
  '',
  'x'.repeat(70_000),
  '__proto__',
  '\ud800',
  [],
  [null],
  {},
  { id: {} },
]

/** A copy in which a few fields are missing or of another type. */
export function harm(payload: object, chance: () => number): unknown {
  const copy = structuredClone(payload)
  const pick = <Item>(items: Item[]): Item => items[Math.floor(chance() * items.length)]!
  for (let times = 1 + Math.floor(chance() * 3); times > 0; times--) {
    let parent: Record<string, unknown> = copy as Record<string, unknown>
    for (let depth = Math.floor(chance() * 4); depth > 0; depth--) {
      const inner = Object.values(parent).filter(value => typeof value === 'object' && value !== null)
      if (inner.length > 0) parent = pick(inner) as Record<string, unknown>
    }
    const key = pick(Object.keys(parent))
    if (key === undefined) continue
    if (chance() < 0.3) delete parent[key]
    else parent[key] = pick(oddities)
  }
  return copy
}
