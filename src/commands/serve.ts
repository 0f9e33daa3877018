// `watchbill serve`: the app, until it is told to stop.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { asProblem } from '../domain/problem.ts'
import type { Store } from '../domain/store.ts'
import { type Running, startServer } from '../main.ts'
import { loadDotEnv, readSettings } from '../settings.ts'
import { whenToldToStop } from './interrupt.ts'

/** Resolves when a signal has stopped the server and everything is closed. */
export async function serve(directory: string): Promise<number> {
  const settings = readSettings(loadDotEnv(directory), { serves: true })
  if (settings.databaseUrl === undefined && !existsSync(join(settings.dataDir, 'database')))
    console.log(`The first start makes a database in ${settings.dataDir}, which takes some seconds.`)
  const running = await startServer(settings, { say: line => console.log(line) })
  // Listened for before anything is said: whoever reads the line may send one at once.
  const told = new Promise<string>(resolve => {
    whenToldToStop(['SIGTERM', 'SIGINT'], resolve)
  })
  process.on('SIGHUP', () => void renew(running, directory))
  if (running.url) console.log(`Watchbill ${settings.app ? 'answers' : 'is in set-up mode'} at ${running.url}`)
  if (!settings.anthropic.apiKey)
    console.log(
      `ANTHROPIC_API_KEY is not set: ${settings.app ? '' : 'once there is an App, '}deliveries are taken, but each run will end saying that no model can be asked.`,
    )
  if (!settings.app)
    console.log(
      `No GitHub App is configured yet, so nothing is reviewed. Next: ${running.url && settings.role === 'all' ? `open ${running.url}/ and enter the set-up code above, or ` : ''}create one by hand and start again with APP_ID, PRIVATE_KEY_PATH and WEBHOOK_SECRET set.`,
    )
  const advice = await adviceOf(running.store)
  if (advice) console.log(advice)
  console.log(`${await told}: stopping; running work is finished or handed back.`)
  await running.stop()
  return 0
}

/** The files that the environment names, and .env, are read anew; what can not be used changes nothing. */
async function renew(running: Running, directory: string): Promise<void> {
  try {
    await running.renew(readSettings(loadDotEnv(directory), { serves: true }).app)
    console.log("SIGHUP: the App's key and secrets were read anew.")
  } catch (thrown) {
    console.error(`SIGHUP: nothing was changed. ${asProblem(thrown).message}`)
  }
}

/** For some tens of repositories the embedded database is enough; see "What the embedded database does not promise" in docs/operations.md. */
const repositoriesEmbedded = 20

/** The sentence for an embedded database that has become too small for what it is used for. */
export async function adviceOf({
  engine,
  repositories,
}: Pick<Store, 'engine' | 'repositories'>): Promise<string | undefined> {
  if (engine !== 'PGlite') return undefined
  const seen = (await repositories.list(repositoriesEmbedded + 1)).length
  if (seen <= repositoriesEmbedded) return undefined
  return `More than ${repositoriesEmbedded} repositories are on the embedded database, which holds one connection and does not wait for the disk: PostgreSQL is recommended. \`watchbill move --to postgres://…\` takes everything there.`
}
