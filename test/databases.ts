// Both databases for a suite: `describe.each(databases)('… on $name', ({ open }) => …)`; every `open` is a database of its own.
import { createHash, randomUUID } from 'node:crypto'
import { closeSync, ftruncateSync, mkdirSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { text } from 'node:stream/consumers'
import pg from 'pg'
import { inject } from 'vitest'
import type { Store } from '../src/domain/store.ts'
import { openStore, type StoreOptions } from '../src/store/index.ts'
import { templateDatabase } from './postgres-setup.ts'

export interface TestDatabase {
  store: Store
  /** Closes the store and opens it again on the same data. */
  reopen(options?: Partial<StoreOptions>): Promise<Store>
  /** Closes the store and removes the data. */
  close(): Promise<void>
  databaseUrl?: string
  dataDir: string
}

interface Engine {
  name: 'PGlite' | 'PostgreSQL'
  open(options?: Partial<StoreOptions>): Promise<TestDatabase>
}

const pglite: Engine = {
  name: 'PGlite',
  async open(options) {
    const dataDir = await mkdtemp(join(tmpdir(), 'watchbill-data-'))
    await copyTemplate(join(dataDir, 'database'))
    return opened({ dataDir, ...options }, async () => {})
  },
}

const postgres: Engine = {
  name: 'PostgreSQL',
  async open(options) {
    const { url, drop } = await copyDatabase()
    const dataDir = await mkdtemp(join(tmpdir(), 'watchbill-data-'))
    return opened({ dataDir, databaseUrl: url, ...options }, drop)
  },
}

/** PostgreSQL is left out, with a note at the start of the run, where it can not run. */
export const databases: Engine[] = 'socket' in inject('postgres') ? [pglite, postgres] : [pglite]

/** For tests that are about other things: a server takes half the time of PGlite, on which the long run has them, as most installations are. */
export const usual: Engine = process.env.WATCHBILL_TEST_LONG === '1' ? pglite : databases.at(-1)!

/** For what is looked at on both and holds on either alike: both in the long run, else one of them, in turn by the day or WATCHBILL_TEST_SEED. */
export const inTurn: Engine[] =
  process.env.WATCHBILL_TEST_LONG === '1'
    ? databases
    : [databases[Number(process.env.WATCHBILL_TEST_SEED ?? Math.floor(Date.now() / 86_400_000)) % databases.length]!]

async function opened(options: StoreOptions, drop: () => Promise<void>): Promise<TestDatabase> {
  const database: TestDatabase = {
    store: await openStore(options),
    dataDir: options.dataDir,
    databaseUrl: options.databaseUrl,
    async reopen(others) {
      await database.store[Symbol.asyncDispose]()
      database.store = await openStore({ ...options, ...others })
      return database.store
    },
    async close() {
      await database.store[Symbol.asyncDispose]()
      await drop()
      rmSync(options.dataDir, { recursive: true, force: true, maxRetries: 3 })
    },
  }
  return database
}

/** An embedded database with every table made. Written from memory: to have the system copy the thousand files takes ten times as long. */
export async function copyTemplate(directory: string): Promise<void> {
  held ??= readFiles(await template())
  mkdirSync(directory, { recursive: true })
  for (const { path, bytes, size } of held) {
    if (!bytes) mkdirSync(join(directory, path))
    else {
      const file = openSync(join(directory, path), 'wx')
      writeSync(file, bytes)
      ftruncateSync(file, size)
      closeSync(file)
    }
  }
}

interface Held {
  path: string
  /** Undefined of a directory; without the zeros at the end. */
  bytes?: Uint8Array
  size: number
}
let held: Held[] | undefined

/** Directories before what is in them. */
function readFiles(directory: string): Held[] {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true })
  const places = entries.map(entry => ({ entry, path: relative(directory, join(entry.parentPath, entry.name)) }))
  const files = places
    .filter(({ path }) => !ofTemplates.test(path))
    .map(({ entry, path }) => {
      if (!entry.isFile()) return { path, size: 0 }
      const bytes = readFileSync(join(directory, path))
      let end = bytes.length
      while (end > 0 && bytes[end - 1] === 0) end--
      return { path, size: bytes.length, bytes: bytes.subarray(0, end) }
    })
  return outsideForks(files.sort((a, b) => (a.path < b.path ? -1 : 1)))
}

/** What is in the databases template0 and template1: half of all files, and nobody connects to these. */
const ofTemplates = /^base\/[14]\/(?!PG_VERSION$)/

declare const WebAssembly: { Memory: new (of: { initial: number }) => { buffer: ArrayBuffer } }

/** V8 keeps WebAssembly's memory out of forks, and starting git takes longer the more memory is forked. */
function outsideForks(files: Held[]): Held[] {
  const bytes = files.reduce((sum, file) => sum + (file.bytes?.length ?? 0), 0)
  const memory = new Uint8Array(new WebAssembly.Memory({ initial: Math.ceil(bytes / 65_536) }).buffer)
  let at = 0
  return files.map(file => {
    if (!file.bytes) return file
    memory.set(file.bytes, at)
    at += file.bytes.length
    return { ...file, bytes: memory.subarray(at - file.bytes.length, at) }
  })
}

/** Kept between runs, since making one takes seconds. */
async function template(): Promise<string> {
  const cache = join(import.meta.dirname, '../node_modules/.cache/watchbill')
  const made = join(cache, `pglite-${await fingerprint()}`)
  if (await stat(made).catch(() => undefined)) return made
  await mkdir(cache, { recursive: true })
  const dataDir = await mkdtemp(join(cache, 'making-'))
  await (await openStore({ dataDir }))[Symbol.asyncDispose]()
  // Another worker may have been faster; its template is as good.
  await rename(join(dataDir, 'database'), made).catch(() => {})
  await rm(dataDir, { recursive: true, force: true })
  return made
}

async function fingerprint(): Promise<string> {
  const store = join(import.meta.dirname, '../src/store')
  const files = (await readdir(join(store, 'migrations'))).sort().map(name => join(store, 'migrations', name))
  const hash = createHash('sha256')
  for (const file of [...files, join(store, 'queue.ts')]) hash.update(await readFile(file))
  const { dependencies } = JSON.parse(await readFile(join(import.meta.dirname, '../package.json'), 'utf8'))
  hash.update(`${dependencies['@electric-sql/pglite']} ${dependencies['pg-boss']}`)
  return hash.digest('hex').slice(0, 16)
}

/** A database of its own on the test run's PostgreSQL, with every table made. */
export async function copyDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = await serverUrl()
  const name = `test_${randomUUID().replaceAll('-', '')}`
  // The default, by way of the log, takes three times as long for a database as small as this one (PostgreSQL 15 or later).
  await query(server, `create database ${name} template ${templateDatabase} strategy file_copy`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return { url: url.href, drop: () => query(server, `drop database if exists ${name} with (force)`) }
}

/** For a program of its own that is about other things: nothing where that is to be on the embedded database. */
export async function usualDatabase(): Promise<{ url: string; drop(): Promise<void> } | undefined> {
  return usual.name === 'PGlite' ? undefined : copyDatabase()
}

async function query(url: string, statement: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}

async function serverUrl(): Promise<string> {
  const postgres = inject('postgres')
  if ('missing' in postgres) throw new Error(postgres.missing)
  const answer = JSON.parse(await text(connect(postgres.socket)))
  if (answer.error) throw new Error(answer.error)
  return answer.url
}
