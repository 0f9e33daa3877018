// What a run remembers of itself: each finished stage and each turn of an agent, so that a crash resumes and does not pay again.
import type { Journal, Turn } from '../domain/conversation.ts'
import type { Run } from '../domain/run.ts'
import type { Rooms } from '../domain/store.ts'

export interface Memory {
  /** The stored result of a stage, or the result of doing it now, stored. */
  once<T>(stage: string, work: () => Promise<T>): Promise<T>
  /** Where the conversation of this name is kept. */
  journal(name: string): Journal
  /** Stores what is known of a part of a stage, unless the last that was told of it says the same: an attempt that goes on comes by it again. US dollars are told and not compared. */
  tell(part: string, told: object, usd?: number): Promise<void>
}

/** Remembers under the run's id and attempt; a worker that lost the run gets a `conflict` Problem from its next write. */
export function rememberInStore(steps: Rooms['steps'], run: Pick<Run, 'id' | 'attempt'>, now: () => Date): Memory {
  const append = (key: string, value: unknown) => steps.append(run.id, run.attempt, key, value, now().toISOString())
  return {
    async once<T>(stage: string, work: () => Promise<T>): Promise<T> {
      const [stored] = await steps.list(run.id, `stage:${stage}`)
      if (stored) return stored.value as T
      const value = await work()
      await append(`stage:${stage}`, value)
      return value
    },
    journal: name => ({
      stored: async () => (await steps.list(run.id, `turn:${name}`)).map(step => step.value as Turn),
      store: turn => append(`turn:${name}`, turn),
    }),
    async tell(part, told, usd) {
      const last = (await steps.list(run.id, `told:${part}`)).at(-1)?.value as { told: object } | undefined
      if (JSON.stringify(last?.told) !== JSON.stringify(told)) await append(`told:${part}`, { told, usd })
    },
  }
}

/** For runs that no server keeps (the command line): remembered only as long as the process lives. */
export function rememberInProcess(): Memory {
  const turns = new Map<string, Turn[]>()
  return {
    once: (_, work) => work(),
    journal: name => ({
      stored: async () => [...(turns.get(name) ?? [])],
      store: async turn => {
        turns.set(name, [...(turns.get(name) ?? []), turn])
      },
    }),
    tell: async () => {},
  }
}
