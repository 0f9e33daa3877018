// The first start of an embedded database: all of it is there in the end, or nothing is.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { makeDatabase } from '../../src/store/first-start.ts'

const source = fileURLToPath(new URL('../../src/store/first-start.ts', import.meta.url))
const newDirectory = () => mkdtempSync(join(tmpdir(), 'watchbill-first-'))

it('that is killed leaves none, and what it leaves goes with the next, also while it is still written to', {
  timeout: 60_000,
}, async () => {
  const dataDir = newDirectory()
  const directory = join(dataDir, 'database')
  const starting = spawn(process.execPath, [
    '--eval',
    `await (await import(${JSON.stringify(source)})).makeDatabase(${JSON.stringify(directory)})`,
  ])
  const gone = once(starting, 'exit')
  const part = await appears(dataDir, /^database\.making-/)
  // The second of three databases, of some hundred files each.
  await appears(await appears(part, /^base$/), /^4$/)
  starting.kill('SIGKILL')
  await gone
  expect(readdirSync(dataDir)).toEqual([basename(part)])

  await makeDatabase(directory)
  expect(readdirSync(dataDir)).toEqual(['database'])
  expect(readFileSync(join(directory, 'PG_VERSION'), 'utf8')).toMatch(/^\d+\n$/)
})

it('does not touch what is there already', async () => {
  const directory = join(newDirectory(), 'database')
  mkdirSync(directory)
  writeFileSync(join(directory, 'PG_VERSION'), 'of an older program')
  await makeDatabase(directory)
  expect(readFileSync(join(directory, 'PG_VERSION'), 'utf8')).toBe('of an older program')
})

const mounting = ['--user', '--map-root-user', '--mount', 'sh', '-ec']
const mounts = spawnSync('unshare', [...mounting, 'mount -t tmpfs none /mnt']).status === 0

it.runIf(process.env.WATCHBILL_TEST_LONG && mounts).each(['200m', '20m'])(
  'fills a directory that is mounted there, or leaves it empty: %s',
  { timeout: 60_000 },
  async size => {
    const dataDir = newDirectory()
    const directory = join(dataDir, 'database')
    mkdirSync(directory)
    const make = `await (await import(${JSON.stringify(source)})).makeDatabase(${JSON.stringify(directory)})`
    const script = `mount -t tmpfs -o size=${size} none "$1"; "$2" --eval "$3" 2>&1 | grep -o 'see that the disk has room' || true; ls "$1"`
    const { stdout, stderr } = spawnSync('unshare', [...mounting, script, 'sh', directory, process.execPath, make], {
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    const said = stdout.trim().split('\n')
    if (size === '20m') expect(said).toEqual(['see that the disk has room'])
    else expect(said).toEqual(expect.arrayContaining(['PG_VERSION', 'base', 'global', 'pg_wal']))
    expect(readdirSync(dataDir)).toEqual(['database'])
  },
)

it('is refused where something else is', async () => {
  const dataDir = newDirectory()
  writeFileSync(join(dataDir, 'notes.txt'), 'mine')
  await expect(makeDatabase(dataDir)).rejects.toThrow(
    `The embedded database could not be made in ${dataDir}: something else is there; move that away.`,
  )
  await expect(makeDatabase(join(dataDir, 'notes.txt'))).rejects.toThrow('something else is there; move that away.')
  expect(readdirSync(dataDir)).toEqual(['notes.txt'])
})

/** The path of what has such a name in the directory, once it is there. */
async function appears(directory: string, wanted: RegExp): Promise<string> {
  const watching = watch(directory)
  try {
    for (;;) {
      const name = readdirSync(directory).find(name => wanted.test(name))
      if (name !== undefined) return join(directory, name)
      await once(watching, 'change')
    }
  } finally {
    watching.close()
  }
}
