// `watchbill schedules`: what the clock watches, when each comes next, and why one waits.
import { z } from 'zod'
import type { Schedule } from '../domain/schedule.ts'
import type { Store } from '../domain/store.ts'
import { sayEntry } from '../routines/index.ts'
import { findRepository, readInput } from './input.ts'
import { plain, table } from './print.ts'

const wanted = z.object({ repo: z.string().optional(), limit: z.number().int().min(1).max(1000).default(50) })

/** The next due first. */
export async function listSchedules({ store }: { store: Store }, input: unknown): Promise<Schedule[]> {
  const { repo, limit } = readInput(wanted, input)
  if (repo === undefined) return store.schedules.list(limit)
  const { id } = await findRepository(store, repo)
  const inTime = (await store.schedules.of(id)).toSorted((a, b) => (a.due ?? '9').localeCompare(b.due ?? '9'))
  return inTime.slice(0, limit)
}

export function showSchedules(schedules: Schedule[]): string {
  const rows = schedules.map(({ repository, routine, entry, due, last, putOff }) => [
    `${repository.owner}/${repository.name}`,
    routine,
    plain(sayEntry(entry)),
    due ?? 'never again',
    last?.at ?? '–',
    plain(putOff ?? ''),
  ])
  const headings = ['repository', 'routine', 'schedule', 'due', 'last started', 'waits because']
  return table(headings, rows, 'No routine has a schedule.')
}
