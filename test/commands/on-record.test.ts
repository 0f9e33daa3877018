// What a review by hand knows of earlier ones: by this installation's own record, and by what stands on the pull.
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readOnRecord } from '../../src/commands/on-record.ts'
import { renderComment } from '../../src/publish/comment.ts'
import type { Settings } from '../../src/settings.ts'
import { type TestDatabase, usual } from '../databases.ts'
import { standingOf } from '../publish/facts-of.ts'
import { newFinding, newRun, now, repository } from '../store/samples.ts'

const print = (digit: string) => digit.repeat(64)
const open = newFinding('f1', { fingerprint: print('1') })
const unposted = newFinding('f2', { fingerprint: print('2') })
const others = newFinding('f3', { fingerprint: print('3') })
const nothing = { reviews: [], comments: [] }
const commentOn = (finding: typeof open) =>
  standingOf({ key: finding.fingerprint, body: renderComment(finding, 'c'.repeat(40)), quote: finding.quote })

let database: TestDatabase
let settings: Settings
const told: string[] = []
const read = (standing: ReturnType<typeof standingOf>, number = 5, of = settings) =>
  readOnRecord(of, repository, number, standing, sentence => told.push(sentence))

beforeAll(async () => {
  database = await usual.open()
  const { store, databaseUrl, dataDir } = database
  await store.repositories.seen(repository, now())
  const run = newRun({ number: 5 })
  await store.runs.request(run)
  const claimed = (await store.runs.claim(run.id, now()))!
  await store.findings.save(claimed, 1, [open, unposted], now())
  await store.findings.placed(`${run.id}-f1`, 'inline', 1)
  settings = { databaseUrl, dataDir } as Settings
  // A database in a directory is opened by one at a time.
  if (databaseUrl === undefined) await store[Symbol.asyncDispose]()
})
afterAll(() => database.close())

describe('a review by hand', () => {
  it('knows what was found on the same pull, and on no other', async () => {
    const { earlier } = await read(nothing)
    expect(earlier.map(one => one.fingerprint).sort()).toEqual([open.fingerprint, unposted.fingerprint])
    expect((await read(nothing, 6)).earlier).toEqual([])
  })

  it('knows what a comment tells of, once', async () => {
    const both = { reviews: [], comments: [...commentOn(open).comments, ...commentOn(others).comments] }
    const { earlier } = await read(both)
    expect(earlier.map(one => one.fingerprint).sort()).toEqual([print('1'), print('2'), print('3')])
    expect(earlier.find(one => one.fingerprint === print('1'))?.claim).toBe(open.claim)
  })

  it('says nothing again that the app has posted, and all that nobody has', async () => {
    const { unsaid } = await read(nothing)
    expect(unsaid([open, unposted, others])).toEqual([unposted, others])
  })

  it('reconciles with what it posted itself', async () => {
    const { unsaid } = await read(commentOn(open))
    expect(unsaid([open, unposted])).toEqual([open, unposted])
  })

  it('goes on without a record that can not be read, and says so', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'no-record-'))
    writeFileSync(join(dataDir, 'server.json'), '{}')
    const { earlier } = await read(commentOn(others), 5, { dataDir } as Settings)
    expect(earlier.map(one => one.fingerprint)).toEqual([others.fingerprint])
    expect(told).toEqual([
      expect.stringMatching(/^What this installation found before is not known: There is no database/),
    ])
  })
})
