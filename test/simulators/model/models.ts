// What the simulated API knows of each model: smallest cacheable prefix, longest answer, and what it refuses.

export type ModelFacts = {
  /** A marked prefix shorter than this many tokens is not cached, and nothing says so. */
  smallestCacheable: number
  /** Largest `max_tokens`. */
  longestAnswer: number
  /** Thinking can not be switched off or given a budget. */
  alwaysThinks: boolean
  /** `tool_choice` any or tool answers 400. Haiku 5.5 is said to admit it; the simulator is the stricter one. */
  refusesForcedTools: boolean
}

/** The models that exist unless a test says otherwise. */
export const knownModels = [
  'claude-haiku-5-5',
  'claude-sonnet-5-5',
  'claude-opus-5-5',
  'claude-fable-5-1',
  'claude-haiku-4-5',
]

export function factsOf(model: string): ModelFacts {
  return {
    smallestCacheable: smallestCacheable.find(([name]) => name.test(model))![1],
    longestAnswer: 128_000,
    alwaysThinks: /(opus|sonnet)-5-5|fable-5-1/.test(model),
    refusesForcedTools: /-5-5|fable-5-1/.test(model),
  }
}

/**
 * The list under "Cache limitations" of https://platform.claude.com/docs/en/build-with-claude/prompt-caching, as it
 * stood in October 2026. It is not monotonic: the small older models want the longest prefixes.
 */
const smallestCacheable: [RegExp, number][] = [
  [/(haiku|sonnet|opus)-5-5|(opus|fable|mythos)-5/, 512],
  [/haiku-4-5|opus-4-[56]/, 4096],
  [/opus-4-7/, 2048],
  [/./, 1024],
]
