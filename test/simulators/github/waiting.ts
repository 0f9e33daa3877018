// Tests wait for what they expect to see, asked again at each event, and read what happened when it never came.
import type { EventEmitter } from 'node:events'
import type { GitHubSimulator } from './index.ts'

export function waitFor<T>(
  emitter: EventEmitter,
  ask: () => T,
  timeoutMs: number,
  state: () => string,
): Promise<Exclude<T, false | undefined | null>> {
  return new Promise((resolve, reject) => {
    const done = (end: () => void) => {
      clearTimeout(timer)
      emitter.off('anything', again)
      end()
    }
    const again = () => {
      try {
        const answer = ask()
        if (answer) done(() => resolve(answer as Exclude<T, false | undefined | null>))
      } catch (error) {
        done(() => reject(error))
      }
    }
    const timer = setTimeout(
      () => done(() => reject(new Error(`waited ${timeoutMs} ms in vain. ${state()}`))),
      timeoutMs,
    )
    emitter.on('anything', again)
    again()
  })
}

export function lastEvents(simulator: GitHubSimulator): string {
  const last = simulator.requests
    .slice(-12)
    .map(({ method, path, status }) => `  ${method} ${path} → ${status ?? 'no answer'}`)
  const delivered = simulator.deliveries
    .slice(-6)
    .map(({ event, action, status }) => `  ${event}.${action ?? ''} → ${status ?? 'not sent'}`)
  return [
    'Last requests:',
    ...last,
    'Last deliveries:',
    ...delivered,
    'Refusals:',
    ...simulator.refusals.slice(-5),
  ].join('\n')
}
