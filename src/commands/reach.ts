// The way to the store for a command: through the server that holds the embedded database, or by opening the database where no server does.
import { randomUUID } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { asProblem, meanings, Problem, type ProblemCode } from '../domain/problem.ts'
import { proofOf } from '../domain/proof.ts'
import type { Settings } from '../settings.ts'
import { answers, type Verb } from './answers.ts'

/** Where a running server answers commands; written 0600 into the data directory. */
const serverFile = z.object({ url: z.string(), token: z.string(), pid: z.number() })

/** Whether anything was stored yet, here or where the settings say. */
export function isStoreThere({ databaseUrl, dataDir }: Pick<Settings, 'databaseUrl' | 'dataDir'>): boolean {
  return databaseUrl !== undefined || ['database', 'server.json'].some(name => existsSync(join(dataDir, name)))
}

/** What is worth little without GitHub's word: where no server answers for these, they ask as the App themselves. */
const asksGitHub: Verb[] = ['doctor', 'onboard']

/** Runs a command's answer wherever the store is. */
export async function ask<V extends Verb>(
  settings: Settings,
  verb: V,
  input: unknown,
): Promise<Awaited<ReturnType<(typeof answers)[V]>>> {
  const server = await runningServer(settings)
  if (server) return (await askServer(server, verb, input)) as never
  if (!settings.databaseUrl && !existsSync(join(settings.dataDir, 'database')))
    throw new Problem(
      'not_found',
      `There is no database under ${settings.dataDir}; start the server once, or set WATCHBILL_DATA or DATABASE_URL to where it is.`,
    )
  // Loaded here alone: beside a server the database's code is not needed, and it is large.
  const { openStore } = await import('../store/index.ts')
  await using store = await openStore({ databaseUrl: settings.databaseUrl, dataDir: settings.dataDir })
  const around = asksGitHub.includes(verb) ? await (await import('./app-ports.ts')).appPorts(settings) : {}
  return (await answers[verb]({ store, now: () => new Date(), newId: randomUUID, ...around }, input)) as never
}

/** The same, where a server holds the embedded database; undefined where none does. */
export async function askIfServed<V extends Verb>(
  settings: Settings,
  verb: V,
  input: unknown,
): Promise<Awaited<ReturnType<(typeof answers)[V]>> | undefined> {
  const server = await runningServer(settings)
  return server && ((await askServer(server, verb, input)) as never)
}

/** What a server left behind that was killed can name a process id and a port that others have by now: none of them gets its token. */
async function runningServer({ databaseUrl, dataDir }: Settings): Promise<z.infer<typeof serverFile> | undefined> {
  if (databaseUrl) return undefined
  try {
    const server = serverFile.parse(JSON.parse(readFileSync(join(dataDir, 'server.json'), 'utf8')))
    process.kill(server.pid, 0)
    return (await hasToken(server)) ? server : undefined
  } catch {
    return undefined
  }
}

async function hasToken({ url, token }: z.infer<typeof serverFile>): Promise<boolean> {
  const asked = randomUUID()
  const response = await fetch(`${url}/api/commands?asked=${asked}`, {
    redirect: 'error',
    signal: AbortSignal.timeout(10_000),
  })
  const { proof } = (await response.json()) as { proof?: unknown }
  return proof === proofOf(token, asked)
}

async function askServer(server: z.infer<typeof serverFile>, verb: string, input: unknown): Promise<unknown> {
  const response = await fetch(`${server.url}/api/commands/${verb}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(input),
    signal: AbortSignal.timeout(verb === 'copy-files' ? 600_000 : 30_000),
  }).catch(cause => {
    throw new Problem(
      'unavailable',
      `The server at ${server.url} holds the database but does not answer; look at its log, or stop it and try again.`,
      { cause },
    )
  })
  const answer = (await response.json()) as { result?: unknown; code?: ProblemCode; message?: string }
  if (response.ok) return answer.result
  throw new Problem(
    answer.code && answer.code in meanings ? answer.code : 'internal',
    answer.message ?? asProblem(undefined).message,
  )
}
