// `watchbill pause` and `resume`: a pause stops what runs and holds what comes; its end starts both.
import { z } from 'zod'
import type { Pause } from '../domain/pause.ts'
import { Problem } from '../domain/problem.ts'
import type { Run } from '../domain/run.ts'
import type { Rooms, Store } from '../domain/store.ts'
import { concurrencyOf } from '../runs/requests/subject.ts'
import type { AnswerPorts } from './answers.ts'
import { findRepository, readInput } from './input.ts'

const scope = z.object({ scope: z.string().min(1), by: z.string().default('the command line') })

export interface Paused {
  pause: Pause
  /** Ids of runs. */
  stopped: string[]
}

export async function pause({ store, now }: AnswerPorts, input: unknown): Promise<Paused> {
  const { scope: label, by } = readInput(scope, input)
  const { key, covers } = await scopeOf(store, label)
  const at = now().toISOString()
  // Committed before anything is stopped: what comes in between is held.
  const pause = await store.transaction(async rooms => {
    const inForce = await rooms.pauses.set(key, label, by, at)
    await rooms.audit.append({ at, who: by, what: 'pause', about: label })
    return inForce
  })
  const because = `Paused by ${by} (${label}); \`watchbill resume\` starts it again.`
  const stopped: string[] = []
  for (const run of (await store.runs.underWay()).filter(covers)) {
    await store.runs.stop(run.id, { end: 'stopped', because, pause: { scope: key, at: pause.at } }, at)
    stopped.push(run.id)
  }
  return { pause, stopped }
}

export interface Resumed {
  /** False when there was no such pause. */
  resumed: boolean
  /** Ids of runs: those that were stopped are new ones, those that came meanwhile were held. */
  started: string[]
  /** Pauses that go on; they may hold some of it. */
  remaining: Pause[]
}

export async function resume({ store, now, newId }: AnswerPorts, input: unknown): Promise<Resumed> {
  const { scope: label, by } = readInput(scope, input)
  const { key, covers } = await scopeOf(store, label)
  const at = now().toISOString()
  const started = await store.transaction(async rooms => {
    const pause = (await rooms.pauses.list()).find(one => one.scope === key)
    if (!pause) return undefined
    await rooms.pauses.clear(key)
    await rooms.audit.append({ at, who: by, what: 'resume', about: label })
    const anew: string[] = []
    for (const run of await rooms.runs.pausedBy(pause))
      anew.push(...(await askAgain(rooms, run, { id: newId(), by, at })))
    anew.reverse()
    const held = (await rooms.runs.underWay()).filter(
      run => covers(run) && run.status === 'queued' && !anew.includes(run.id),
    )
    for (const { id, routines, asked } of held) await rooms.runs.postpone(id, { notBefore: at, routines, asked })
    return [...anew, ...held.map(run => run.id)]
  })
  return { resumed: started !== undefined, started: started ?? [], remaining: await store.pauses.list() }
}

/** A run for what another was asked for; one for the same that is waiting already takes its routines along. */
async function askAgain(rooms: Rooms, run: Run, next: { id: string; by: string; at: string }): Promise<string[]> {
  const other = await waitingFor(rooms, run)
  if (!other) {
    await rooms.runs.again(run.id, next.id, next.at)
    await tell(rooms, run, 'queued', `Resumed by ${next.by} as run ${next.id}.`, next.id)
    return [next.id]
  }
  const missing = run.routines.filter(({ routine }) => !other.routines.some(one => one.routine.name === routine.name))
  if (run.kind === 'review' && missing.length > 0) {
    const routines = [...other.routines, ...missing]
    await rooms.runs.postpone(other.id, { notBefore: next.at, routines, asked: true })
  }
  await tell(rooms, run, 'coalesced', `Resumed by ${next.by}; run ${other.id} does it too.`, other.id)
  return []
}

/** Tasks in line, and those side by side, each have a run of their own. */
async function waitingFor({ runs }: Rooms, run: Run): Promise<Run | undefined> {
  if (run.kind === 'review')
    return (await runs.active(run.repository.id, run.number)).find(one => one.status === 'queued')
  const [part] = run.routines
  if (!part || ['queue', 'parallel'].includes(concurrencyOf(part.routine).policy)) return undefined
  const active = await runs.activeWork(run.repository.id, part.routine.name, run.key)
  return active.find(one => one.status === 'queued')
}

async function tell(
  { occurrences }: Rooms,
  run: Run,
  verdict: 'queued' | 'coalesced',
  because: string,
  runId: string,
): Promise<void> {
  for (const { occurrenceId } of run.routines) await occurrences.update(occurrenceId, { verdict, because, runId })
}

/** "all", an owner, or "owner/repository", as the store keys it. */
async function scopeOf(store: Store, words: string): Promise<{ key: string; covers: (run: Run) => boolean }> {
  if (words === 'all') return { key: 'all', covers: () => true }
  if (words.includes('/')) {
    const { id } = await findRepository(store, words)
    return { key: `repository:${id}`, covers: run => run.repository.id === id }
  }
  const owner = await store.repositories.owner(words)
  if (owner === undefined)
    throw new Problem(
      'not_found',
      `No repository of an owner called ${words.slice(0, 100)} has been seen here; give OWNER/NAME, the owner's login as GitHub spells it, or --all.`,
    )
  return { key: `owner:${owner}`, covers: run => run.repository.ownerId === owner }
}
