// The commands that read or steer the store, each a function of it: the server answers with them over loopback, the command line calls them where no server is.
import { z } from 'zod'
import type { Host, RepositoryFile } from '../domain/host.ts'
import type { LedgerEntry, Store, StoredFinding } from '../domain/store.ts'
import type { Settings } from '../settings.ts'
import { backedUp, copyFiles } from './backup.ts'
import { examine } from './doctor.ts'
import { type Explanation, explain } from './explain.ts'
import { findRepository, readInput } from './input.ts'
import { type ListedRun, listed } from './list-runs.ts'
import { onboard } from './onboard.ts'
import { quality } from './quality.ts'
import { listOfRepository } from './routines.ts'
import { runRoutine } from './run.ts'
import { listSchedules } from './schedules.ts'
import { simulate } from './simulate.ts'
import { pause, resume } from './steer.ts'
import { expireToken, listTokens, makeToken, revokeToken } from './tokens.ts'

export interface AnswerPorts {
  store: Store
  now: () => Date
  newId: () => string
  /** Of the server that answers; where the command line opens the database itself, for what asks GitHub alone (`appPorts`). */
  host?: Host
  builtIn?: RepositoryFile[]
  settings?: Settings
}

const instant = z
  .string()
  .refine(text => /^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(Date.parse(text)), 'is a date such as 2026-11-01')
const listing = z.object({ repo: z.string().optional(), limit: z.number().int().min(1).max(1000).default(50) })

/** Verb → what it does with its checked input; the results are JSON. */
export const answers = {
  runs: async ({ store }: AnswerPorts, input: unknown): Promise<ListedRun[]> => {
    const { repo, limit } = readInput(listing, input)
    const of = repo ? { repositoryId: (await findRepository(store, repo)).id } : {}
    return (await store.runs.list({ limit, ...of })).map(listed)
  },
  ledger: async ({ store }: AnswerPorts, input: unknown): Promise<LedgerResult> => {
    const { repo, limit, run, since } = readInput(
      listing.extend({ run: z.string().optional(), since: instant.optional() }),
      input,
    )
    const filter = {
      ...(repo ? { repositoryId: (await findRepository(store, repo)).id } : {}),
      ...(run ? { runId: run } : {}),
      ...(since ? { since } : {}),
    }
    return { entries: await store.ledger.entries({ ...filter, limit }), total: await store.ledger.spent(filter) }
  },
  quality,
  'findings-of-pull': async ({ store }: AnswerPorts, input: unknown): Promise<StoredFinding[]> => {
    const pull = z.object({ owner: z.string(), name: z.string(), number: z.number().int().min(1) })
    const { owner, name, number } = readInput(pull, input)
    const known = await store.repositories.find(owner, name)
    return known ? await store.findings.ofPull(known.id, number) : []
  },
  explain: async ({ store }: AnswerPorts, input: unknown): Promise<Explanation> =>
    explain(store, readInput(z.object({ id: z.string() }), input).id),
  pause,
  resume,
  'dead-letters': async ({ store }: AnswerPorts) => store.deadLetters(),
  'copy-files': copyFiles,
  'backed-up': backedUp,
  schedules: listSchedules,
  routines: listOfRepository,
  doctor: examine,
  simulate,
  onboard,
  run: runRoutine,
  'token-make': makeToken,
  'token-list': listTokens,
  'token-expire': expireToken,
  'token-revoke': revokeToken,
} as const

export type Verb = keyof typeof answers
export interface LedgerResult {
  entries: LedgerEntry[]
  total: Awaited<ReturnType<Store['ledger']['spent']>>
}
