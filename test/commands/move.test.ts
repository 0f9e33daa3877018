// `watchbill move` as it is typed: where the URL comes from, what is said of a wrong one, that no password is shown, and what a kill in the middle leaves.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { main } from '../../src/cli.ts'
import type { Store } from '../../src/domain/store.ts'
import { readMoveMark } from '../../src/store/copying/moved.ts'
import { openStore } from '../../src/store/index.ts'
import { copyDatabase, copyTemplate, databases } from '../databases.ts'
import { liftoff } from '../e2e/program.ts'
import { newDelivery, newRun, now } from '../store/samples.ts'
import { compiled } from './cli.ts'

vi.setConfig({ testTimeout: 120_000 })
const long = process.env.WATCHBILL_TEST_LONG === '1'
const program = fileURLToPath(new URL('../../bin/watchbill.js', import.meta.url))
const password = 'Tr0ub4dor-of-this-test'

describe.skipIf(databases.length < 2)('watchbill move', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'watchbill-move-'))
  const drops: (() => Promise<void>)[] = []
  let dataDir: string
  beforeAll(async () => {
    dataDir = await source('one', async store => {
      await store.deliveries.accept(newDelivery({ id: 'd1' }))
    })
  })
  afterEach(() => {
    vi.restoreAllMocks()
    vi.unstubAllEnvs()
  })
  afterAll(async () => {
    for (const drop of drops) await drop()
    rmSync(scratch, { recursive: true, force: true })
  })

  async function source(name: string, fill: (store: Store) => Promise<void>): Promise<string> {
    const directory = join(scratch, name)
    await copyTemplate(join(directory, 'database'))
    await using store = await openStore({ dataDir: directory })
    await fill(store)
    return directory
  }
  async function target(): Promise<string> {
    const { url, drop } = await copyDatabase()
    drops.push(drop)
    return url
  }
  function start(from: string, to: string) {
    const environment = { PATH: process.env.PATH, NODE_COMPILE_CACHE: compiled, WATCHBILL_DATA: from }
    return spawn(process.execPath, [...liftoff, program, 'move', '--to', to], { cwd: scratch, env: environment })
  }
  /** In this process. */
  async function type(...words: string[]): Promise<{ exit: number; said: string }> {
    vi.stubEnv('WATCHBILL_DATA', dataDir)
    vi.stubEnv('DATABASE_URL', undefined)
    const said: unknown[] = []
    for (const way of ['log', 'error'] as const) vi.spyOn(console, way).mockImplementation(line => void said.push(line))
    vi.spyOn(process.stderr, 'write').mockImplementation(line => Boolean(said.push(line)))
    return { exit: await main(['move', ...words]), said: said.join('\n') }
  }

  it('wants to be told where to', async () => {
    expect(await type()).toMatchObject({ exit: 2, said: expect.stringContaining("required option '--to <url>'") })
  })

  const wrong: [string, (url: URL) => string, RegExp][] = [
    ['another kind of address', url => url.href.replace('postgres', 'mysql'), /^Say where to move by --to postgres:/],
    ['no address', () => `host=somewhere password=${password}`, /^Say where to move by --to postgres:/],
    ['an address that is cut off', () => `postgres://ada:${password}@`, /^Say where to move by --to postgres:/],
    [
      'a server that does not answer',
      url => Object.assign(url, { port: '1' }).href,
      /^The database does not answer; what was asked is not done/,
    ],
    [
      'a database that is not there',
      url => Object.assign(url, { pathname: '/nobody_made_this' }).href,
      /^The server has no database of the name in DATABASE_URL \(or in what --to says\); make it/,
    ],
    [
      'a name or password that the server does not take',
      url => Object.assign(url, { username: 'nobody_of_this_test' }).href,
      /^The database does not let the user of its address in; mend the user name or the password/,
    ],
  ]
  let refused: string | undefined
  it.each(wrong)('says what is wrong with %s, and never the password', async (what, change, sentence) => {
    refused ??= await target()
    const there = new URL(refused)
    // The test run's own server asks for a password: a wrong one would be refused before the name of the database is looked at.
    const url = what === 'a database that is not there' ? there : Object.assign(there, { password })
    const { exit, said } = await type('--to', change(url))
    expect(said).toMatch(sentence)
    expect(said).not.toContain(url.password)
    expect(exit).toBeGreaterThan(0)
    expect(readMoveMark(dataDir)).toBeUndefined()
  })

  it('takes the URL from standard input, moves, and tells what arrived without the password', async () => {
    const url = new URL(await target())
    const child = start(dataDir, '-')
    child.stdin.end(`${url.href}\n`)
    const [out, err, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
    expect({ exit, err }).toEqual({ exit: 0, err: '' })
    expect(out).toContain(`Moved to ${url.host}${url.pathname}: `)
    expect(out).toMatch(/^ {2}deliveries +1$/m)
    if (url.password) expect(out).not.toContain(`:${url.password}@`)
    await using store = await openStore({ databaseUrl: url.href, dataDir: join(scratch, 'there') })
    expect(await store.deliveries.get('d1')).toBeDefined()
    // Given again by an argument: it is there.
    expect(await type('--to', url.href)).toMatchObject({
      exit: 0,
      said: expect.stringContaining(`All of it had arrived at ${url.host}${url.pathname} before.`),
    })
  })

  it.runIf(long)('killed in the middle, leaves nothing there and all here, and given again it arrives', async () => {
    const many = await source('many', async store => {
      const run = newRun()
      await store.runs.request(run)
      await store.runs.claim(run.id, now())
      const value = 'x'.repeat(40_000)
      for (let n = 0; n < 1_500; n++) await store.steps.append(run.id, 1, `turn ${n}`, value, now())
    })
    const url = await target()
    const watcher = new pg.Client(url)
    await watcher.connect()
    const ours = async (condition: string) => {
      const { rows } = await watcher.query(
        `select pid from pg_stat_activity where datname = current_database() and application_name like 'watchbill%' and ${condition}`,
      )
      return rows.length
    }
    const rows = async () => Number((await watcher.query('select count(*) as count from steps')).rows[0].count)
    const child = start(many, url)
    const gone = once(child, 'exit')
    while ((await ours(`query ilike 'insert into %steps%' and xact_start is not null`)) === 0) {
      expect(child.exitCode).toBe(null)
      await pause(5)
    }
    child.kill('SIGKILL')
    expect(await gone).toEqual([null, 'SIGKILL'])
    while ((await ours('true')) > 0) await pause(20)
    expect(await rows()).toBe(0)
    expect(readMoveMark(many)?.state).toBe('moving')
    await expect(openStore({ dataDir: many })).rejects.toMatchObject({
      message: expect.stringMatching(/was begun and did not end/),
    })

    const again = start(many, url)
    const [out, [exit]] = await Promise.all([text(again.stdout), once(again, 'close')])
    expect(exit).toBe(0)
    expect(out).toMatch(/^ {2}steps +1500$/m)
    expect(await rows()).toBe(1_500)
    expect(readMoveMark(many)?.state).toBe('moved')
    expect(existsSync(join(many, 'database'))).toBe(true)
    await watcher.end()
  })
})
