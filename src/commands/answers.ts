// The commands that read or steer the store, each a function of it: the server answers with them over loopback, the command line calls them where no server is.
import { z } from 'zod'
import { Problem } from '../domain/problem.ts'
import { isReview, type Run } from '../domain/run.ts'
import type { LedgerEntry, Store } from '../domain/store.ts'
import { type Explanation, explain } from './explain.ts'
import { findRepository, readInput } from './input.ts'
import { runRoutine } from './run.ts'
import { listTokens, makeToken, revokeToken } from './tokens.ts'

export interface AnswerPorts {
  store: Store
  now: () => Date
  newId: () => string
}

const listing = z.object({ repo: z.string().optional(), limit: z.number().int().min(1).max(1000).default(50) })
const scope = z.object({ scope: z.string().min(1), by: z.string().default('the command line') })

/** Verb → what it does with its checked input; the results are JSON. */
export const answers = {
  runs: async ({ store }: AnswerPorts, input: unknown): Promise<Run[]> => {
    const { repo, limit } = readInput(listing, input)
    return store.runs.list({ limit, ...(repo ? { repositoryId: (await findRepository(store, repo)).id } : {}) })
  },
  ledger: async ({ store }: AnswerPorts, input: unknown): Promise<LedgerResult> => {
    const { repo, limit, run, since } = readInput(
      listing.extend({ run: z.string().optional(), since: z.string().optional() }),
      input,
    )
    const filter = {
      ...(repo ? { repositoryId: (await findRepository(store, repo)).id } : {}),
      ...(run ? { runId: run } : {}),
      ...(since ? { since } : {}),
    }
    return { entries: await store.ledger.entries({ ...filter, limit }), total: await store.ledger.spent(filter) }
  },
  explain: async ({ store }: AnswerPorts, input: unknown): Promise<Explanation> =>
    explain(store, readInput(z.object({ id: z.string() }), input).id),
  pause: async ({ store, now }: AnswerPorts, input: unknown): Promise<{ paused: string; stopped: string[] }> => {
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
  },
  resume: async (
    { store, now, newId }: AnswerPorts,
    input: unknown,
  ): Promise<{ resumed: boolean; started: string[] }> => {
    const { scope: words, by } = readInput(scope, input)
    const { key, covers } = await scopeOf(store, words)
    const at = now().toISOString()
    const pause = (await store.pauses.list()).find(one => one.scope === key)
    if (!pause) return { resumed: false, started: [] }
    const listed = await store.runs.list({ limit: 1000 })
    const held = listed.filter(isReview).filter(run => covers(run) && stoppedBy(run, pause.at))
    const newest = new Map(held.toReversed().map(run => [`${run.repository.id}#${run.number}`, run]))
    return store.transaction(async rooms => {
      await rooms.pauses.clear(key)
      await rooms.audit.append({ at, who: by, what: 'resume', about: words })
      const started: string[] = []
      for (const { status, attempt, usd, head, end, because, startedAt, endedAt, stop, ...run } of newest.values()) {
        const narrower = await rooms.pauses.holds(run.repository)
        const others = await rooms.runs.active(run.repository.id, run.number)
        if (narrower || others.some(other => !other.stop)) continue
        const id = newId()
        await rooms.runs.request({ ...run, id, asked: true, requestedAt: at, notBefore: at, expireInSeconds: 1800 })
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
  },
  'dead-letters': async ({ store }: AnswerPorts) => store.deadLetters(),
  run: runRoutine,
  'token-make': makeToken,
  'token-list': listTokens,
  'token-revoke': revokeToken,
} as const

export type Verb = keyof typeof answers
export interface LedgerResult {
  entries: LedgerEntry[]
  total: Awaited<ReturnType<Store['ledger']['spent']>>
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
