// `watchbill simulate` before anything was stored: the clock's starts are counted, and what is taken for granted is said.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { simulateAlone } from '../../src/commands/simulate.ts'
import { routineFile } from '../routines/samples.ts'
import { watchbill } from './cli.ts'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'watchbill-simulate-'))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const nightly = 'kind: work\ndescription: Mine\non: { schedule: "30 2 * * *", push: {} }\nruns: { month: 12 }'
const until = new Date('2026-11-21T12:00:00.000Z')
const alone = (files: ReturnType<typeof routineFile>[], base?: typeof files) =>
  simulateAlone({ dataDir: '/nowhere' }, dir, { days: 10, files, ...(base && { base }) }, until)

it('needs no database: it says so, that it assumes nothing to have happened, and how to find out more', async () => {
  const { path, text } = routineFile('mine', nightly)
  await mkdir(join(dir, '.github/routines'), { recursive: true })
  await writeFile(join(dir, path), text)
  const environment = { WATCHBILL_DATA: join(dir, 'data') }
  const { exit, out, err } = await watchbill(['simulate', dir, '--days', '10'], { environment })
  expect({ exit, err }).toEqual({ exit: 0, err: '' })
  const far = await watchbill(['simulate', dir, '--days', '400'], { environment })
  expect(far).toMatchObject({ exit: 2, out: '' })
  for (const said of ['a whole number of days from 1 to 90', 'watchbill simulate --help'])
    expect(far.err).toContain(said)
  expect(out).toContain(`There is no database under ${join(dir, 'data')} yet`)
  expect(out).toContain('no past event, earlier run or pause is known, and none is assumed')
  expect(out).toContain('`watchbill replay EVENT PAYLOAD.json` tells what one delivery would start')
  expect(out).toContain(`${basename(dir)}, against `)
  expect(out).toMatch(/Replayed against 0 events of the last 10 days: would have fired 10 times \(was 0\)/)
  expect(out).toMatch(/^ {2}\S+T02:30 {2}its time came/m)
  expect(readdirSync(dir)).toEqual(['.github'])
})

it('holds the clock to the caps of its own replay, and the files before to the same time', async () => {
  const { replay, repository } = await alone(
    [routineFile('mine', nightly)],
    [routineFile('mine', nightly.replace('12', '5'))],
  )
  expect(repository).toBe(basename(dir))
  expect(replay.routines.find(one => one.routine === 'mine')).toMatchObject({
    before: { fired: 5, overCap: 5 },
    after: { fired: 10, overCap: 0 },
  })
})

it('tells what is wrong with the files', async () => {
  const { problems } = await alone([routineFile('mine', 'kind: work\ndescription: Mine\non: { schedul: nightly }')])
  expect(problems).toEqual([expect.objectContaining({ message: expect.stringContaining('did you mean `schedule`?') })])
})
