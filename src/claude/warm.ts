// One call goes ahead to fill the prompt cache; the others with the same prefix wait for its first event.
// A parallel call sent before an answer starts finds no cache: https://platform.claude.com/docs/en/build-with-claude/prompt-caching

export interface Prefix {
  /** Model and every byte before the agent's own words. */
  key: string
  /** Long enough for the model to cache it; otherwise nobody waits. */
  cacheable: boolean
}

/** Exactly one of the two is to be called; later calls do nothing. */
interface Turnstile {
  /** The first event is here: the prefix is cached. */
  started(): void
  /** No event will come: the next one in line goes ahead. */
  failed(): void
}

export interface Warmth {
  /** Resolves when the call may be sent. Rejects as soon as `signal` aborts. */
  enter(prefix: Prefix, signal: AbortSignal): Promise<Turnstile>
}

/** How long a prefix stays cached after its last use. */
const coldAfterMs = 5 * 60_000

interface State {
  lastUse: number
  warming: boolean
  waiting: Set<() => void>
}

export function openWarmth(now: () => number): Warmth {
  const states = new Map<string, State>()

  return {
    async enter(prefix, signal) {
      signal.throwIfAborted()
      if (!prefix.cacheable) return { started() {}, failed() {} }
      const state = stateOf(prefix.key)
      while (state.warming && !warm(state)) await nextChange(state, signal)
      const ahead = !warm(state)
      if (ahead) state.warming = true
      return once({
        started() {
          state.lastUse = now()
          if (ahead) release(state)
        },
        failed() {
          if (ahead) release(state)
        },
      })
    },
  }

  function stateOf(key: string): State {
    for (const [old, state] of states) if (!warm(state) && !state.warming) states.delete(old)
    const state = states.get(key) ?? { lastUse: Number.NEGATIVE_INFINITY, warming: false, waiting: new Set() }
    states.set(key, state)
    return state
  }

  function warm(state: State): boolean {
    return now() - state.lastUse < coldAfterMs
  }
}

/** Everybody looks again, in order of arrival: after a failure the first of them goes ahead and the rest wait on. */
function release(state: State): void {
  state.warming = false
  const waiting = [...state.waiting]
  state.waiting.clear()
  for (const look of waiting) look()
}

function nextChange(state: State, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const look = () => {
      signal.removeEventListener('abort', leave)
      resolve()
    }
    const leave = () => {
      state.waiting.delete(look)
      reject(signal.reason)
    }
    signal.addEventListener('abort', leave, { once: true })
    state.waiting.add(look)
  })
}

function once({ started, failed }: Turnstile): Turnstile {
  let passed = false
  const pass = (act: () => void) => () => {
    if (passed) return
    passed = true
    act()
  }
  return { started: pass(started), failed: pass(failed) }
}
