// Which failures of a call are worth another attempt, how long to wait before it, and what to tell people when none is.
import Anthropic from '@anthropic-ai/sdk'
import { Problem } from '../domain/problem.ts'

/** Rejects as soon as `signal` aborts. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<unknown>

const mostAttempts = 4

/**
 * Milliseconds to wait after the nth failure in a row, or undefined when another attempt would not help.
 * @param chance from 0 to 1
 */
export function waitBeforeRetry(thrown: unknown, failures: number, chance: number): number | undefined {
  if (failures >= mostAttempts || !passes(thrown)) return undefined
  return 500 * 2 ** (failures - 1) * (0.5 + chance)
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
