// The rate-limit headers that stand on every answer: https://platform.claude.com/docs/en/api/rate-limits#response-headers

const limits = { requests: 4000, tokens: 4_800_000, 'input-tokens': 4_000_000, 'output-tokens': 800_000 }

/** @param left remaining share of each limit, 1 unless exhausted. */
export function rateLimitHeaders(now: number, left = 1): Record<string, string> {
  const reset = new Date(now + 60_000).toISOString().replace(/\.\d+Z$/, 'Z')
  return Object.fromEntries(
    Object.entries(limits).flatMap(([name, limit]) => [
      [`anthropic-ratelimit-${name}-limit`, String(limit)],
      [`anthropic-ratelimit-${name}-remaining`, String(Math.floor(limit * left))],
      [`anthropic-ratelimit-${name}-reset`, reset],
    ]),
  )
}
