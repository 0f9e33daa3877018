// What Node compiled at one start serves the next, where the home directory can be written, and nowhere else.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { watchbill } from '../commands/cli.ts'

const dir = mkdtempSync(join(tmpdir(), 'watchbill-compiled-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const kept = (place: string) => readdirSync(place, { recursive: true, withFileTypes: true }).filter(one => one.isFile())
const version = (environment: Record<string, string | undefined>, cwd = dir) =>
  watchbill(['--version'], { cwd, alone: true, environment: { NODE_COMPILE_CACHE: undefined, ...environment } })
const works = { exit: 0, err: '', out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) }

it('is kept under the home directory, and used by the next start', async () => {
  expect(await version({ HOME: dir })).toMatchObject(works)
  const place = join(dir, '.cache/watchbill/compiled')
  const first = kept(place).length
  expect(first).toBeGreaterThan(10)
  expect(await version({ HOME: dir })).toMatchObject(works)
  expect(kept(place)).toHaveLength(first)
})

it('is not kept where there is no such directory, where the home is no full path, and where Node is told so', async () => {
  writeFileSync(join(dir, 'file'), '')
  const empty = join(dir, 'empty')
  mkdirSync(empty)
  const homes = [{ HOME: join(dir, 'file') }, { HOME: 'home' }, { HOME: empty, NODE_DISABLE_COMPILE_CACHE: '1' }]
  for (const environment of homes) expect(await version(environment, empty)).toMatchObject(works)
  expect(readdirSync(empty)).toEqual([])
})
