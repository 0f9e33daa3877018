// The first start of an embedded database: all of it is there in the end, or nothing is.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { makeDatabase } from '../../src/store/first-start.ts'

const source = fileURLToPath(new URL('../../src/store/first-start.ts', import.meta.url))
const making = (directory: string) =>
  `await (await import(${JSON.stringify(source)})).makeDatabase(${JSON.stringify(directory)})`
const newDirectory = () => mkdtempSync(join(tmpdir(), 'watchbill-first-'))

it('that is killed leaves none, and what it leaves goes with the next, also while it is still written to', {
  timeout: 60_000,
}, async () => {
  const killed = await killedStart()
  expect(readdirSync(killed.dataDir)).toEqual([basename(killed.part)])

  const directory = join(killed.dataDir, 'database')
  await makeDatabase(directory)
  expect(readdirSync(killed.dataDir)).toEqual(['database'])
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
const mounts = () => spawnSync('unshare', [...mounting, 'mount -t tmpfs none /mnt']).status === 0

it.runIf(process.env.WATCHBILL_TEST_LONG === '1' && mounts()).each(['200m', '20m'])(
  'fills a directory that is mounted there, or leaves it empty: %s',
  { timeout: 60_000 },
  async size => {
    const dataDir = newDirectory()
    const directory = join(dataDir, 'database')
    mkdirSync(directory)
    const script = `mount -t tmpfs -o size=${size} none "$1"; "$2" --eval "$3" 2>&1 | grep -o 'see that the disk has room' || true; ls "$1"`
    const { stdout, stderr } = spawnSync(
      'unshare',
      [...mounting, script, 'sh', directory, process.execPath, making(directory)],
      {
        encoding: 'utf8',
      },
    )
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

/** Of one that was killed while its database was written, tried until that is so. */
async function killedStart(): Promise<{ dataDir: string; part: string }> {
  for (;;) {
    const dataDir = newDirectory()
    const starting = spawn(process.execPath, ['--eval', making(join(dataDir, 'database'))])
    const gone = once(starting, 'exit')
    const part = await appears(dataDir, /^database\.making-/)
    // The second of three databases, of some hundred files each; where it went on to its end meanwhile, they are elsewhere.
    const written = await appears(part, /^base$/)
      .then(base => appears(base, /^4$/))
      .catch(() => undefined)
    starting.kill('SIGKILL')
    await gone
    if (written && !existsSync(join(dataDir, 'database'))) return { dataDir, part }
  }
}

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
