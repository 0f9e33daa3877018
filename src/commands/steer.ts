// Pause and resume: what is under way in a repository, an owner's repositories or everywhere is stopped, and asked for again later.
import { z } from 'zod'
import { Problem } from '../domain/problem.ts'
import { isReview, type ReviewRun, type Run, type WorkRun } from '../domain/run.ts'
import type { Rooms, Store } from '../domain/store.ts'
import { expiryOf } from '../runs/request-work.ts'
import { concurrencyOf } from '../runs/subject.ts'
import type { AnswerPorts } from './answers.ts'
import { findRepository, readInput } from './input.ts'

const scope = z.object({ scope: z.string().min(1), by: z.string().default('the command line') })

export async function pause(
  { store, now }: AnswerPorts,
  input: unknown,
): Promise<{ paused: string; stopped: string[] }> {
  const { scope: words, by } = readInput(scope, input)
  const { key, covers } = await scopeOf(store, words)
  const at = now().toISOString()
  await store.transaction(async rooms => {
    await rooms.pauses.set(key, words, by, at)
    await rooms.audit.append({ at, who: by, what: 'pause', about: words })
  })
  const stopped: string[] = []
  for (const run of await store.runs.list({ limit: 1000 })) {
    if (run.status === 'ended' || !covers(run)) continue
    await store.runs.stop(
      run.id,
      { end: 'stopped', because: `Paused by ${by} (${words}); \`watchbill resume\` starts it again.` },
      at,
    )
    stopped.push(run.id)
  }
  return { paused: words, stopped }
}

/** Of a pull's reviews the newest is asked for again; of tasks of their own each, unless a newer one would have taken its place. */
export async function resume(
  { store, now, newId }: AnswerPorts,
  input: unknown,
): Promise<{ resumed: boolean; started: string[] }> {
  const { scope: words, by } = readInput(scope, input)
  const { key, covers } = await scopeOf(store, words)
  const at = now().toISOString()
  const pause = (await store.pauses.list()).find(one => one.scope === key)
  if (!pause) return { resumed: false, started: [] }
  const listed = await store.runs.list({ limit: 1000 })
  const held = listed.filter(run => covers(run) && stoppedBy(run, pause.at)).toReversed()
  return store.transaction(async rooms => {
    await rooms.pauses.clear(key)
    await rooms.audit.append({ at, who: by, what: 'resume', about: words })
    const started: string[] = []
    for (const run of [...newestReviews(held), ...tasksToResume(held)]) {
      const narrower = await rooms.pauses.holds(run.repository)
      if (narrower || (await isTaken(rooms, run))) continue
      const id = newId()
      // One after the other, since runs of one subject start in the order in which they were asked for.
      await requestAgain(rooms, run, id, new Date(Date.parse(at) + started.length).toISOString())
      for (const part of run.routines)
        await rooms.occurrences.update(part.occurrenceId, {
          verdict: 'queued',
          because: `Resumed by ${by} as run ${id}.`,
          runId: id,
        })
      started.push(id)
    }
    return { resumed: true, started }
  })
}

function newestReviews(held: Run[]): ReviewRun[] {
  return [...new Map(held.filter(isReview).map(run => [`${run.repository.id}#${run.number}`, run])).values()]
}

function tasksToResume(held: Run[]): WorkRun[] {
  const tasks = held.filter(run => run.kind === 'work')
  const newest = new Map(tasks.map(run => [`${run.repository.id} ${run.key}`, run]))
  return tasks.filter(run => {
    const [part] = run.routines
    const { policy } = part ? concurrencyOf(part.routine) : { policy: 'queue' }
    return policy === 'queue' || policy === 'parallel' || newest.get(`${run.repository.id} ${run.key}`) === run
  })
}

/** Somebody asked for the same meanwhile. */
async function isTaken(rooms: Rooms, run: Run): Promise<boolean> {
  if (!isReview(run)) return false
  const others = await rooms.runs.active(run.repository.id, run.number)
  return others.some(other => !other.stop)
}

/** What was asked for then, under another id, and nothing of what became of it. */
async function requestAgain(rooms: Rooms, run: Run, id: string, at: string): Promise<void> {
  const { repository, routines, eventId, estimate, supersededInRow } = run
  const asked = { id, repository, routines, eventId, estimate, supersededInRow, requestedAt: at, notBefore: at }
  if (isReview(run)) {
    const { kind, number, pull } = run
    await rooms.runs.request({ ...asked, kind, number, pull, asked: true, expireInSeconds: 1800 })
    return
  }
  const { kind, number, pull, event, key } = run
  const [part] = routines
  await rooms.runs.request({
    ...asked,
    kind,
    event,
    key,
    asked: run.asked,
    ...(number !== undefined && { number }),
    ...(pull && { pull }),
    expireInSeconds: part ? expiryOf(part.routine) : 1800,
  })
}

/** Ended by the pause, or still on its way to that end. */
function stoppedBy(run: Run, since: string): boolean {
  return run.stop?.because.startsWith('Paused by') === true && (run.endedAt ?? since) >= since
}

/** "all", an owner, or "owner/repository", as the store keys it. */
async function scopeOf(store: Store, words: string): Promise<{ key: string; covers: (run: Run) => boolean }> {
  if (words === 'all') return { key: 'all', covers: () => true }
  if (words.includes('/')) {
    const { id } = await findRepository(store, words)
    return { key: `repository:${id}`, covers: run => run.repository.id === id }
  }
  const runs = await store.runs.list({ limit: 1000 })
  const owner = runs.find(run => run.repository.owner.toLowerCase() === words.toLowerCase())?.repository.ownerId
  if (owner === undefined)
    throw new Problem(
      'not_found',
      `No run of an owner called ${words} is known; give o/r, the owner's login as GitHub spells it, or --all.`,
    )
  return { key: `owner:${owner}`, covers: run => run.repository.ownerId === owner }
}
