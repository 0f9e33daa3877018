// Backup, restore and move: what leaves one database arrives in another, whole, or nothing of it does.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { adviceOf } from '../../src/commands/serve.ts'
import { backup, move, restore } from '../../src/store/copying/index.ts'
import { readMoveMark, writeMoveMark } from '../../src/store/copying/moved.ts'
import { openStore } from '../../src/store/index.ts'
import { copyDatabase, databases, type TestDatabase } from '../databases.ts'
import { event } from '../routines/samples.ts'
import { newDelivery, newFinding, newRun, now, repository } from './samples.ts'

const long = process.env.WATCHBILL_TEST_LONG === '1'
const hostile = `"'\\ \u2028 \ud83d\ude00 \u0000 \r\n{"text":"x"} ${'x'.repeat(100_000)}`
const told: string[] = []
const options = {
  version: '9.9.9',
  at: '2026-11-21T12:00:00.000Z',
  say: (sentence: string) => void told.push(sentence),
}
const wanted = { replace: false, say: options.say, now: new Date('2026-11-21T13:00:00Z') }

describe.skipIf(databases.length < 2)('a backup', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'watchbill-copying-'))
  const file = join(scratch, 'one.backup')
  const [pglite, postgres] = databases
  let source: TestDatabase
  const drops: (() => Promise<void>)[] = []
  let runId: string

  beforeAll(async () => {
    source = await pglite!.open()
    const { store } = source
    await store.deliveries.accept(newDelivery({ id: 'd1', payload: { text: hostile } }))
    const own = event({ id: 'by call', kind: 'api', at: now(), text: hostile })
    await store.events.accept(own)
    const run = newRun()
    runId = run.id
    await store.runs.request(run)
    const claimed = (await store.runs.claim(run.id, now()))!
    for (let n = 0; n < 300; n++)
      await store.steps.append(run.id, 1, `turn ${n}`, { n, hostile: n % 50 ? '' : hostile }, now())
    await store.findings.save(claimed, 1, [newFinding('f')], now())
    await store.audit.append({ at: now(), who: 'ada', what: 'ran', about: run.id })
  })
  afterAll(async () => {
    await source.close()
    for (const drop of drops) await drop()
    rmSync(scratch, { recursive: true, force: true })
  })

  const target = async () => {
    const { url, drop } = await copyDatabase()
    drops.push(drop)
    return url
  }
  const content = (path: string) => gunzipSync(readFileSync(path)).toString('utf8').split('\n').slice(1)
  /** But what each copy adds: that it was made. */
  const withoutAudit = (path: string) => {
    const lines = content(path)
    const from = lines.findIndex(line => line.startsWith('{"table":"audit"'))
    const to = lines.findIndex((line, index) => index > from && !line.startsWith('['))
    return [...lines.slice(0, from), ...lines.slice(to)].filter(line => !/^\{"(sequences|end)"/.test(line))
  }

  it('of the embedded database, made while it works, is the same on PostgreSQL, and back again', async () => {
    const copied = join(scratch, 'copied')
    expect(await source.store.copyFiles(copied)).toBe(true)
    await source.store.deliveries.accept(newDelivery({ id: 'too late' }))
    const rows = await backup(
      { dataDir: source.dataDir },
      { ...options, path: file, copied, files: { 'app.json': 'secret' } },
    )
    expect(rows).toMatchObject({
      steps: 300,
      deliveries: 1,
      events: 1,
      runs: 1,
      findings: 1,
      audit: 1,
      'pgboss.job': 3,
    })
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(scratch).filter(name => name.endsWith('.part'))).toEqual([])

    const databaseUrl = await target()
    const there = join(scratch, 'there')
    expect(await restore({ databaseUrl, dataDir: there }, { ...wanted, path: file })).toEqual({
      at: options.at,
      rows,
      files: ['app.json'],
    })
    expect(statSync(join(there, 'app.json')).mode & 0o777).toBe(0o600)
    const second = join(scratch, 'two.backup')
    expect(await backup({ databaseUrl, dataDir: there }, { ...options, path: second })).toEqual({ ...rows, audit: 2 })
    // An embedded database made from nothing takes seconds: the long run has it.
    const back = { dataDir: join(scratch, 'back'), ...(!long && { databaseUrl: await target() }) }
    expect(await restore(back, { ...wanted, path: second })).toEqual({
      at: options.at,
      rows: { ...rows, audit: 2 },
      files: [],
    })
    const third = join(scratch, 'three.backup')
    await backup(back, { ...options, path: third })
    expect(withoutAudit(third)).toEqual(withoutAudit(second))
    expect(withoutAudit(second)).toEqual(withoutAudit(file))
    expect(withoutAudit(file).length).toBeGreaterThan(300)

    await using store = await openStore(back)
    expect((await store.deliveries.get('d1'))?.payload).toEqual({ text: hostile })
    expect((await store.events.get('by call'))?.text).toBe(hostile)
    expect(await store.audit.verify()).toBeUndefined()
    expect((await store.audit.list(9)).map(({ who, what, about }) => `${who}: ${what} ${about}`)).toEqual([
      'the command line: restored the database',
      'the command line: restored the database',
      `ada: ran ${runId}`,
    ])
    // Ids go on where they were, and the run is there to be taken anew.
    await store.steps.append(runId, 1, 'later', 1, now())
    expect((await store.steps.list(runId)).at(-1)).toMatchObject({ key: 'later' })
    expect(await store.runs.claim(runId, now())).toMatchObject({ attempt: 2 })
  })

  it('fills only what is empty, unless what stands there is to be replaced', async () => {
    const databaseUrl = await target()
    const dataDir = join(scratch, 'elsewhere')
    await restore({ databaseUrl, dataDir }, { ...wanted, path: file })
    await expect(
      restore({ databaseUrl, dataDir: join(scratch, 'new') }, { ...wanted, path: file }),
    ).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/holds \d+ rows of Watchbill already/),
    })
    await expect(restore({ databaseUrl, dataDir }, { ...wanted, path: file })).rejects.toMatchObject({
      message: expect.stringContaining('a file app.json'),
    })
    await restore({ databaseUrl, dataDir }, { ...wanted, path: file, replace: true })
    await using store = await openStore({ databaseUrl, dataDir })
    expect(await store.deliveries.list(9)).toHaveLength(1)
    await expect(restore({ databaseUrl, dataDir }, { ...wanted, path: file, replace: true })).rejects.toMatchObject({
      message: expect.stringMatching(/connections of Watchbill are open/),
    })
    await expect(restore({ dataDir: source.dataDir }, { ...wanted, path: file, replace: true })).rejects.toMatchObject({
      message: expect.stringMatching(/is in use by process/),
    })
  })

  let harmed: string | undefined
  const harm: [string, (lines: string[]) => string[], RegExp][] = [
    ['is cut off at a line', lines => lines.slice(0, -2), /ends early/],
    [
      'lacks a row',
      lines => lines.filter(line => !line.includes('"turn 7"')),
      /tells of 300 rows of steps and has 299/,
    ],
    [
      'is of a newer form',
      ([first = '', ...rest]) => [first.replace('"form":1', '"form":2'), ...rest],
      /restore it with Watchbill 9\.9\.9 or newer/,
    ],
    [
      'is of a newer shape',
      ([first = '', ...rest]) => [first.replace('"0001"', '"0001","9999"'), ...rest],
      /newer version of Watchbill/,
    ],
    [
      'names a table of its own',
      lines => lines.map(line => line.replace('"table":"audit"', '"table":"pg_class"')),
      /does not have/,
    ],
    ['is something else', () => ['{"hello":1}'], /is no backup/],
  ]
  it.each(harm)('that %s changes nothing', async (_, change, sentence) => {
    harmed ??= await target()
    const databaseUrl = harmed
    const path = join(scratch, 'harmed.backup')
    writeFileSync(path, gzipSync(change(gunzipSync(readFileSync(file)).toString('utf8').split('\n')).join('\n')))
    await expect(restore({ databaseUrl, dataDir: join(scratch, 'new') }, { ...wanted, path })).rejects.toMatchObject({
      message: expect.stringMatching(sentence),
    })
    await using store = await openStore({ databaseUrl, dataDir: join(scratch, 'new') })
    expect(await store.deliveries.list(9)).toEqual([])
  })

  it('that is cut off anywhere, or not there, is told as such', async () => {
    const path = join(scratch, 'cut.backup')
    writeFileSync(path, readFileSync(file).subarray(0, 2_000))
    const databaseUrl = await target()
    const place = { databaseUrl, dataDir: join(scratch, 'new') }
    await expect(restore(place, { ...wanted, path })).rejects.toMatchObject({
      message: expect.stringMatching(/damaged or cut off/),
    })
    await expect(restore(place, { ...wanted, path: `${path}.not` })).rejects.toMatchObject({
      message: expect.stringMatching(/can not be read/),
    })
    await expect(backup(place, { ...options, path: join(scratch, 'no/such/place') })).rejects.toMatchObject({
      message: expect.stringMatching(/can not be written/),
    })
  })

  it('and a move are worth while above twenty repositories, which serve says', async () => {
    const { store } = source
    for (let id = 1; id <= 20; id++) await store.repositories.seen({ ...repository, id, name: `r${id}` }, now())
    expect(await adviceOf(store)).toBeUndefined()
    await store.repositories.seen({ ...repository, id: 21, name: 'r21' }, now())
    expect(await adviceOf(store)).toMatch(/^More than 20 repositories .* PostgreSQL is recommended/)
    expect(await adviceOf({ ...store, engine: 'PostgreSQL' })).toBeUndefined()
  })

  it('moves once, and the embedded database says so from then on', async () => {
    await expect(
      move(source.dataDir, await target(), { version: '1', now: new Date(), say: options.say }),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/is in use by process/),
    })
    expect(readMoveMark(source.dataDir)).toBeUndefined()
    await source.store[Symbol.asyncDispose]()
    const databaseUrl = await target()
    const moved = await move(source.dataDir, databaseUrl, { version: '1', now: new Date(), say: options.say })
    expect(moved).toMatchObject({ already: false, rows: { steps: 300, deliveries: 2 } })
    expect(moved.to).not.toContain('@')
    await expect(openStore({ dataDir: source.dataDir })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`was moved to ${moved.to}`),
    })
    // As if it had been cut off between the last row there and the mark here.
    await writeMoveMark(source.dataDir, { ...readMoveMark(source.dataDir)!, state: 'moving' })
    await expect(openStore({ dataDir: source.dataDir })).rejects.toMatchObject({
      message: expect.stringMatching(/was begun and did not end/),
    })
    expect(await move(source.dataDir, databaseUrl, { version: '1', now: new Date(), say: options.say })).toMatchObject({
      already: true,
    })
    expect(readMoveMark(source.dataDir)?.state).toBe('moved')
    await expect(
      move(source.dataDir, await target(), { version: '1', now: new Date(), say: options.say }),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/was moved to .* already/),
    })
    const store = await openStore({ databaseUrl, dataDir: source.dataDir })
    expect(await store.deliveries.list(9)).toHaveLength(2)
    expect((await store.audit.list(1))[0]).toMatchObject({ who: 'the command line', what: 'moved' })
    await store[Symbol.asyncDispose]()
    rmSync(join(source.dataDir, 'moved.json'))
  })

  it('moves into nothing that holds rows already, and leaves no mark', async () => {
    const place = await postgres!.open()
    await place.store.deliveries.accept(newDelivery())
    await place.store[Symbol.asyncDispose]()
    await expect(
      move(source.dataDir, place.databaseUrl!, { version: '1', now: new Date(), say: options.say }),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/holds \d+ rows of Watchbill already/),
    })
    expect(readMoveMark(source.dataDir)).toBeUndefined()
    await place.close()
  })
})
