// `watchbill routines`: what holds for a repository and why, as a server reads it, and for the files of a directory.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { listOfDirectory, listOfRepository, showListing } from '../../src/commands/routines.ts'
import { openStage, type Stage } from '../dispatch/stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

const settings = 'enable: [docs-drift]\ndisable: [security-review]\nautomatic: false\n'

it('says of each what it is for, what starts it, where it comes from, and whether it is on and why', async () => {
  const scene = await stage.open({
    sweep: 'kind: work\non: { schedule: { cron: "0 2 1 1 *" }, push: { branches: [main], paths: ["src/**"] } }',
    wrong: 'kind: work\non: { shedule: nightly }',
  })
  await scene.repo.commit({ branch: 'main', files: { '.github/watchbill.yml': settings } })
  await scene.tell()
  const repo = `${scene.repo.owner}/${scene.repo.name}`
  const listing = await listOfRepository(stage.ports, { repo })
  const of = (name: string) => listing.routines.find(one => one.name === name)
  expect(of('sweep')).toEqual({
    name: 'sweep',
    description: 'sweep',
    kind: 'work',
    triggers: ['pushes to `main` (filters on paths)', 'the clock, `0 2 1 1 *`'],
    from: '.github/routines/sweep.md',
    state: 'on',
    because: 'It answers by itself.',
    due: expect.stringMatching(/^\d{4}-01-01T02:00:00/),
  })
  expect(of('docs-drift')).toMatchObject({ state: 'on', from: 'built-in', due: expect.any(String) })
  expect(of('nightly-security-sweep')).toMatchObject({
    state: 'standby',
    triggers: ['the clock, `nightly`'],
    because: expect.stringContaining('until `enable`'),
  })
  expect(of('nightly-security-sweep')?.due).toBeUndefined()
  expect(of('security-review')).toMatchObject({ state: 'off', because: expect.stringContaining('`disable`') })
  expect(of('wrong')).toMatchObject({ state: 'off', because: expect.stringContaining('unknown key `shedule`') })
  expect(of('code-review')).toMatchObject({ state: 'on', because: expect.stringContaining('ask for it') })
  expect(listing.notes).toEqual(['The files have 1 problem: `watchbill check` names each.'])
  const text = showListing(listing)
  expect(text).toContain(`Routines of ${repo}`)
  expect(text).toMatch(/^security-review +off +– +built-in$/m)
})

it('without a server that asks GitHub it says what to do instead', async () => {
  const scene = await stage.open({})
  await scene.repo.commit({ branch: 'main', files: { a: '1\n' } })
  await scene.tell()
  const { store, now } = stage.ports
  const repo = `${scene.repo.owner}/${scene.repo.name}`
  await expect(listOfRepository({ store, now }, { repo })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('in a checkout, without --repo'),
  })
})

it('of a directory: its files beside the built-in ones; words have no due time that is known here', () => {
  const dir = mkdtempSync(join(tmpdir(), 'watchbill-routines-'))
  try {
    mkdirSync(join(dir, '.github/routines'), { recursive: true })
    const write = (name: string, on: string) =>
      writeFileSync(
        join(dir, `.github/routines/${name}.md`),
        `---\ndescription: ${name}\nkind: work\non: ${on}\n---\nDo it.\n`,
      )
    write('exact', '{ schedule: ["0 2 * * *", nightly] }')
    write('words', '{ schedule: nightly }')
    write('broken', '{ shedule: nightly }')
    const { routines, notes } = listOfDirectory(dir, new Date('2026-11-21T10:00:00Z'))
    const due = (name: string) => routines.find(one => one.name === name)?.due
    expect([due('exact'), due('words')]).toEqual(['2026-11-22T02:00:00.000Z', undefined])
    expect(routines.map(one => one.name)).toContain('code-review')
    expect(routines.find(one => one.name === 'broken')).toMatchObject({
      state: 'off',
      triggers: ['what its file says, once that is mended'],
    })
    expect(notes).toEqual([
      'The files have 1 problem: `watchbill check` names each.',
      "The organisation's files are not known here.",
    ])
  } finally {
    rmSync(dir, { recursive: true })
  }
})
