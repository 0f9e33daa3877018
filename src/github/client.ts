// Octokit as an installation: the right token on every request, repeated where that is safe, slowed down where GitHub asks for it.
import { Octokit } from '@octokit/rest'
import type { GitHubCall, Heard } from '../domain/heard.ts'
import { Problem } from '../domain/problem.ts'
import { backgroundSignal } from './background.ts'
import { readFailure } from './failures.ts'
import type { Pace } from './pace.ts'
import { isRepeatable, isUrgent, isWrite } from './requests.ts'
import type { Scope, Tokens } from './tokens.ts'
import { waitAfter } from './waits.ts'

export type { Octokit }
export type Log = (line: object, sentence: string) => void

/** Opens Octokit for one scope. The signal stops waits and what is not yet sent; a write under way is let finish. */
export type Open = (scope: Scope, signal?: AbortSignal) => Octokit

/** A single answer may take this long; GitHub itself gives up after ten seconds. */
const patience = 30_000

export const silent = { debug() {}, info() {}, warn() {}, error() {} }

interface ClientPorts {
  pace: Pace
  log: Log
  now: () => number
  heard?: Heard['github'] | undefined
}

export function openClient(ports: ClientPorts & { baseUrl: string; tokens: Tokens }): Open {
  return (scope, signal) => {
    // Octokit's own log would carry request bodies: it is silenced, and what matters is logged here.
    const octokit = new Octokit({ baseUrl: ports.baseUrl, userAgent: 'watchbill', log: silent })
    repeatWhereSafe(octokit, { ...ports, installation: scope.installationId }, signal, {
      authorize: async () => `token ${await ports.tokens.of(scope)}`,
      renew: () => ports.tokens.forget(scope),
    })
    return octokit
  }
}

interface SendPorts extends ClientPorts {
  installation: number
}

/** Wraps every request of this Octokit, pages and GraphQL included. */
export function repeatWhereSafe(
  octokit: Pick<Octokit, 'hook'>,
  ports: SendPorts,
  signal?: AbortSignal,
  token?: { authorize: () => Promise<string>; renew: () => void },
): void {
  const { installation, pace, log } = ports
  octokit.hook.wrap('request', async (request, options) => {
    const route = `${options.method} ${options.url}`
    const write = isWrite(options)
    const over = signal ? undefined : backgroundSignal()
    const until = signal ?? over
    const send = async () => {
      // Hooks below this one were handed these very options, so they are changed in place.
      if (token) options.headers = { ...options.headers, authorization: await token.authorize() }
      options.request = { ...options.request, signal: lasting(write ? undefined : over) }
      return listening(ports, options.method, () => request(options))
    }
    let [limits, faults, renewed] = [0, 0, false]
    for (;;) {
      try {
        await pace.clear(installation, until)
        return await (write ? pace.write(installation, send, until, isUrgent(options)) : send())
      } catch (thrown) {
        if (over?.aborted) throw cutShort(thrown)
        const failure = readFailure(thrown)
        if (!failure) throw thrown
        if (failure.status === 401 && token && !renewed) {
          renewed = true
          token.renew()
          continue
        }
        const again = waitAfter(failure, { limits, faults, repeatable: isRepeatable(options), now: ports.now() })
        if (!again) throw thrown
        log(
          { installation, route, status: failure.answered ? failure.status : 0, wait: again.wait },
          `${again.because}; trying again`,
        )
        if (again.kind === 'limit') {
          limits += 1
          pace.hold(installation, again.wait)
        } else {
          faults += 1
          await pace
            .wait(again.wait, until)
            .catch(stopped => Promise.reject(over?.aborted ? cutShort(thrown) : stopped))
        }
      }
    }
  })
}

function lasting(over: AbortSignal | undefined): AbortSignal {
  const timeout = AbortSignal.timeout(patience)
  return over ? AbortSignal.any([timeout, over]) : timeout
}

/** As when GitHub does not answer: whoever shares the answer with the background asks again. */
function cutShort(cause: unknown): Problem {
  const sentence = 'The server stopped before GitHub had answered; the work is done by the next one.'
  return new Problem('unavailable', sentence, { cause })
}

/** Tells of the answer, whatever it is. */
async function listening<Answer extends { status: number; headers: object }>(
  { heard, installation }: SendPorts,
  method: string,
  send: () => Answer | Promise<Answer>,
): Promise<Answer> {
  if (!heard) return send()
  try {
    const answer = await send()
    heard({ installation, method, status: answer.status, ...roomIn(answer.headers) })
    return answer
  } catch (thrown) {
    const failure = readFailure(thrown)
    if (failure)
      heard({ installation, method, status: failure.answered ? failure.status : 0, ...roomIn(failure.headers) })
    throw thrown
  }
}

/** https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#checking-the-status-of-your-rate-limit */
function roomIn(headers: object): Pick<GitHubCall, 'room'> {
  const told = headers as Record<string, unknown>
  const remaining = Number(told['x-ratelimit-remaining'] ?? Number.NaN)
  if (Number.isNaN(remaining)) return {}
  const resource = /^[a-z_]{1,40}$/.exec(String(told['x-ratelimit-resource']))?.[0] ?? 'core'
  const until = Number(told['x-ratelimit-reset'] ?? Number.NaN) * 1000
  return { room: { resource, remaining, ...(!Number.isNaN(until) && { until }) } }
}
