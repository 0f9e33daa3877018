// Which failures of a call are worth another attempt, how long to wait before it, and what to tell people when none is.
import Anthropic from '@anthropic-ai/sdk'
import { Problem } from '../domain/problem.ts'

/** Rejects as soon as `signal` aborts. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<unknown>

const mostAttempts = 4
/** Overload passes by itself, mostly within a minute or two: nine attempts are about two minutes, if the agent has them. */
const mostOverloaded = 9
const longestWait = 32_000
/** A server that asks for a longer pause than this is not believed. */
const longestAsked = 10 * 60_000

/**
 * Milliseconds to wait after the nth failure in a row, or undefined when another attempt would not help.
 * @param chance from 0 to 1
 * @param now milliseconds; for a `retry-after` that is a date
 */
export function waitBeforeRetry(
  thrown: unknown,
  failures: number,
  chance: number,
  now = Date.now(),
): number | undefined {
  const overloaded = isOverload(thrown)
  if (failures >= (overloaded ? mostOverloaded : mostAttempts) || !passes(thrown)) return undefined
  const first = overloaded ? 1000 : 500
  const wait = Math.min(longestWait, first * 2 ** (failures - 1)) * (0.5 + chance)
  // The gate keeps the pause of a 429, for everybody.
  return overloaded ? Math.max(wait, pauseAsked(thrown, now)) : wait
}

function isOverload(thrown: unknown): thrown is InstanceType<typeof Anthropic.APIError> {
  if (!(thrown instanceof Anthropic.APIError)) return false
  return thrown.status === 529 || thrown.status === 503 || thrown.type === 'overloaded_error'
}

/** Milliseconds: `retry-after` in seconds or as a date. */
function pauseAsked({ headers }: InstanceType<typeof Anthropic.APIError>, now: number): number {
  const value = headers?.get('retry-after')
  if (!value) return 0
  const asked = Number(value) * 1000 || Date.parse(value) - now
  return Math.min(longestAsked, Math.max(0, asked || 0))
}

/** The Problem among the causes: the SDK's streams wrap what a middleware throws. */
export function problemIn(thrown: unknown): Problem | undefined {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if (error instanceof Problem) return error
  }
  return undefined
}

/** Whether the prompt no longer fits the model. */
export function outgrown(thrown: unknown): boolean {
  if (!(thrown instanceof Anthropic.APIError)) return false
  return thrown.status === 413 || (thrown.status === 400 && /prompt is too long|context window/i.test(thrown.message))
}

/** One sentence for people; the texts of the API stand in it, those of our own code do not. */
export function failureSentence(thrown: unknown): string {
  const problem = problemIn(thrown)
  if (problem) return problem.message
  if (!(thrown instanceof Anthropic.APIError)) return 'The connection to the model broke, several times in a row.'
  const said = thrown.apiMessage ?? thrown.type ?? 'no reason given'
  if (thrown.status === 401 || thrown.status === 403) return `The model's API did not accept the key: ${said}`
  if (passes(thrown)) return `The model could not be reached, several times in a row: ${said}`
  return `The model's API answered ${thrown.status ?? 'with an error'}: ${said}`
}

/**
 * An `error` event after HTTP 200 has a type and no status, and the SDK does not retry it; a stream that broke has neither.
 * https://platform.claude.com/docs/en/build-with-claude/streaming#error-events
 */
function passes(thrown: unknown): boolean {
  if (problemIn(thrown)) return false
  if (!(thrown instanceof Anthropic.APIError)) return thrown instanceof Anthropic.AnthropicError
  if (thrown.status === undefined) return !thrown.type || passingTypes.has(thrown.type)
  return thrown.status >= 500 || [408, 409, 429].includes(thrown.status)
}

const passingTypes = new Set<string>(['overloaded_error', 'api_error', 'rate_limit_error', 'timeout_error'])
