// The first line of a backup, which may come from anywhere.
import { expect, it } from 'vitest'
import { readBackupHeader } from '../../src/domain/backup.ts'

const header = (files: Record<string, string>) =>
  JSON.stringify({
    watchbill: 'backup',
    form: 1,
    at: '2026-11-21T12:00:00.000Z',
    program: '0.1.0',
    engine: 'PGlite',
    migrations: ['0001'],
    files,
  })

it('brings the file of set-up, and no other', () => {
  expect(readBackupHeader(header({ 'app.json': '{}' })).files).toEqual({ 'app.json': '{}' })
  for (const name of ['..', 'database', 'moved.json', 'server.json', '../app.json', 'app.json.part'])
    expect(() => readBackupHeader(header({ [name]: '{}' }))).toThrow(/no backup of Watchbill/)
})
