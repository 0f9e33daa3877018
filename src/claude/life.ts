// How long a conversation may live: until its caller stops it or its time is up, whichever comes first.
import type { Conversation, Ended } from '../domain/conversation.ts'

export interface Life {
  signal: AbortSignal
  /** Set once the life is over: why. */
  over(): Pick<Ended, 'end' | 'because'> | undefined
  close(): void
}

export function begin({ signal: caller, limits }: Pick<Conversation, 'signal' | 'limits'>): Life {
  const controller = new AbortController()
  let over: Pick<Ended, 'end' | 'because'> | undefined
  const finish = (end: 'stopped' | 'time', because: string) => {
    over ??= { end, because }
    controller.abort()
  }
  const stop = () => finish('stopped', 'The conversation was stopped.')
  const expire = () => finish('time', `The agent used all of its ${Math.round(limits.milliseconds / 1000)} seconds.`)

  const timer = setTimeout(expire, Math.min(limits.milliseconds, 2 ** 31 - 1))
  caller.addEventListener('abort', stop, { once: true })
  if (caller.aborted) stop()
  return {
    signal: controller.signal,
    over: () => over,
    close() {
      clearTimeout(timer)
      caller.removeEventListener('abort', stop)
    },
  }
}
