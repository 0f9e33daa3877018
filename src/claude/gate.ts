// The one gate every model call of the process passes: so many at a time, fewer and later when the API says so.
import type { Sleep } from './retry.ts'

export interface Gate {
  /** Resolves when a call may start, to the function that ends it. Rejects as soon as `signal` aborts. */
  enter(signal: AbortSignal): Promise<() => void>
  /** Reads an answer's status and rate-limit headers, which hold for the whole organisation. */
  heed(response: Response): void
}

export interface GateOptions {
  maxInFlight: number
  now: () => number
  sleep: Sleep
}

/** A server that asks for a longer pause than this is not believed. */
const longestPauseMs = 10 * 60_000

/** Below this share of any limit, calls go one at a time until that limit is renewed. */
const lowShare = 0.05

export function openGate({ maxInFlight, now, sleep }: GateOptions): Gate {
  const waiting: (() => void)[] = []
  let inFlight = 0
  let width = maxInFlight
  let closedUntil = 0
  let narrowUntil = 0
  let reopening: AbortController | undefined

  return {
    async enter(signal) {
      signal.throwIfAborted()
      await new Promise<void>((admit, reject) => {
        const leave = () => {
          waiting.splice(waiting.indexOf(enter), 1)
          if (waiting.length === 0) reopening?.abort()
          reject(signal.reason)
        }
        const enter = () => {
          signal.removeEventListener('abort', leave)
          inFlight++
          admit()
        }
        signal.addEventListener('abort', leave, { once: true })
        waiting.push(enter)
        admitNext()
      })
      let left = false
      return () => {
        if (left) return
        left = true
        inFlight--
        admitNext()
      }
    },

    heed(response) {
      if (response.status === 429) {
        width = Math.max(1, Math.floor(inFlight / 2))
        closedUntil = Math.max(closedUntil, now() + pauseOf(response.headers, now()))
        return
      }
      const low = lowUntil(response.headers)
      if (low > now()) {
        width = 1
        narrowUntil = Math.min(low, now() + longestPauseMs)
      } else if (response.ok && now() >= narrowUntil) {
        width = Math.min(maxInFlight, width + 1)
      }
    },
  }

  function admitNext(): void {
    const pause = closedUntil - now()
    if (pause > 0) reopenAfter(pause)
    else while (inFlight < width && waiting.length > 0) waiting.shift()!()
  }

  function reopenAfter(pause: number): void {
    if (reopening || waiting.length === 0) return
    const timer = new AbortController()
    reopening = timer
    const reopen = () => {
      reopening = undefined
      admitNext()
    }
    sleep(pause, timer.signal).then(reopen, reopen)
  }
}

/** Milliseconds: `retry-after` in seconds or as a date, else 5 s. */
function pauseOf(headers: Headers, now: number): number {
  const value = headers.get('retry-after')
  const milliseconds = value === null ? Number.NaN : Number(value) * 1000 || Date.parse(value) - now
  return Math.min(longestPauseMs, Math.max(0, Number.isNaN(milliseconds) ? 5_000 : milliseconds))
}

/** When the last of the limits that are nearly used up is renewed, or 0: https://platform.claude.com/docs/en/api/rate-limits#response-headers */
function lowUntil(headers: Headers): number {
  const resets = ['requests', 'tokens', 'input-tokens', 'output-tokens'].map(name => {
    const [limit, remaining, reset] = ['limit', 'remaining', 'reset'].map(
      field => headers.get(`anthropic-ratelimit-${name}-${field}`) ?? '',
    )
    const low = limit !== '' && remaining !== '' && Number(remaining) < Number(limit) * lowShare
    return low ? Date.parse(reset ?? '') || 0 : 0
  })
  return Math.max(...resets)
}
