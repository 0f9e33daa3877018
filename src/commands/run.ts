// `watchbill run`: fires a routine by hand, and waits until it is known what became of that.
import { z } from 'zod'
import type { Event, Occurrence } from '../domain/event.ts'
import type { Store } from '../domain/store.ts'
import { findRepository, readInput } from './input.ts'

const wanted = z.object({
  routine: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'is lower-case letters, digits and hyphens'),
  repo: z.string(),
  number: z.number().int().positive().optional(),
  text: z.string().max(65_536).optional(),
  by: z.string().default('the command line'),
})

export interface Fired {
  event: string
  /** Absent while no server has taken it. */
  occurrence?: Occurrence
}

/** Milliseconds until it is said that no server takes it, and between two looks. */
const patience = 20_000
const lookEvery = 200

export async function runRoutine(
  { store, now, newId }: { store: Store; now: () => Date; newId: () => string },
  input: unknown,
): Promise<Fired> {
  const { routine, repo, number, text, by } = readInput(wanted, input)
  const repository = await findRepository(store, repo)
  const event: Event = {
    id: `manual-${newId()}`,
    kind: 'manual',
    action: 'run',
    at: now().toISOString(),
    repository,
    // A person on the server's machine: no account of GitHub has the id 0.
    actor: { id: 0, login: by, type: 'User' },
    routine,
    ...(number === undefined ? {} : { number }),
    ...(text === undefined ? {} : { text }),
    own: false,
  }
  await store.transaction(async rooms => {
    await rooms.events.accept(event)
    await rooms.audit.append({ at: event.at, who: by, what: 'run', about: routine, detail: { repo, number } })
  })
  const until = performance.now() + patience
  while (performance.now() < until) {
    const occurrence = (await store.occurrences.ofEvent(event.id)).find(one => one.routine === routine)
    if (occurrence) return { event: event.id, occurrence }
    await new Promise(resolve => setTimeout(resolve, lookEvery))
  }
  return { event: event.id }
}

/** Exit 0 when a run goes on or is queued, 1 when it was refused or skipped, 2 when no server has taken it. */
export function exitOfFired({ occurrence }: Fired): number {
  if (!occurrence) return 2
  return occurrence.runId && occurrence.verdict !== 'refused' && occurrence.verdict !== 'skipped' ? 0 : 1
}

export function showFired({ event, occurrence }: Fired): string {
  if (!occurrence)
    return `It is stored as ${event}, but no server has taken it yet; it starts when one runs. \`watchbill explain ${event}\` tells what became of it.`
  const { verdict, because, runId } = occurrence
  return `${verdict}: ${because}${runId ? `\nrun ${runId}; \`watchbill explain ${runId}\` tells how it goes.` : ''}`
}
