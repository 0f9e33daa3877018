// `backup --secrets`, and what `restore --replace` asks: secrets come along when asked for alone, and nothing is replaced unless somebody says so.
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { backupTo, confirmReplace, restoreFrom, showBackedUp, showRestored } from '../../src/commands/backup.ts'
import type { Settings } from '../../src/settings.ts'
import { copyDatabase, databases, type TestDatabase } from '../databases.ts'

const server = databases.find(({ name }) => name === 'PostgreSQL')
const told = { say: () => {}, now: new Date('2026-11-21T12:00:00Z') }

describe.skipIf(!server)('of a database on a server', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'watchbill-backup-'))
  const drops: (() => Promise<void>)[] = []
  let source: TestDatabase
  const settings = ({ databaseUrl, dataDir }: { databaseUrl?: string; dataDir: string }) =>
    ({ databaseUrl, dataDir }) as Settings

  beforeAll(async () => {
    source = await server!.open()
    writeFileSync(join(source.dataDir, 'app.json'), '{"secret":"of set-up"}')
  })
  afterAll(async () => {
    await source.close()
    for (const drop of drops) await drop()
    rmSync(scratch, { recursive: true, force: true })
  })

  it('secrets are in a backup with --secrets alone, and come back; the audit has each', async () => {
    const [without, file] = [join(scratch, 'without'), join(scratch, 'with')]
    const plain = await backupTo(settings(source), without, { ...told, secrets: false })
    expect(showBackedUp(plain)).toContain('It holds no secrets')
    const written = await backupTo(settings(source), file, { ...told, secrets: true })
    expect(showBackedUp(written)).toContain('It holds secrets (app.json)')
    expect(await source.store.audit.list(9)).toMatchObject([
      { at: told.now.toISOString(), who: 'the command line', what: 'backed up', about: file },
      { what: 'backed up', about: without },
    ])
    const { url, drop } = await copyDatabase()
    drops.push(drop)
    const there = settings({ databaseUrl: url, dataDir: join(scratch, 'there') })
    await restoreFrom(there, without, { ...told, replace: false })
    expect(existsSync(join(there.dataDir, 'app.json'))).toBe(false)
    // What stands there is a note that it was restored: rows enough to refuse.
    await expect(restoreFrom(there, file, { ...told, replace: false })).rejects.toMatchObject({ code: 'conflict' })
    const restored = await restoreFrom(there, file, { ...told, replace: true })
    expect(showRestored(restored)).toContain('Files of set-up: app.json.')
    expect(readFileSync(join(there.dataDir, 'app.json'), 'utf8')).toBe('{"secret":"of set-up"}')
    expect(statSync(join(there.dataDir, 'app.json')).mode & 0o777).toBe(0o600)
  })

  it('--replace asks, and where nobody can be asked --yes has to say it', async () => {
    await expect(confirmReplace(settings(source), false)).rejects.toMatchObject({
      code: 'bad_input',
      message:
        'With --replace the rows in the database of DATABASE_URL are deleted; say --yes too where nobody can be asked.',
    })
    await confirmReplace(settings(source), true)
  })
})
