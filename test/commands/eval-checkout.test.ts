// Where the code of a data set comes from: what is asked of the workspaces for an address, and which clone is taken for it.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { openItem } from '../../src/commands/eval-checkout.ts'
import { Problem } from '../../src/domain/problem.ts'
import type { Checkout, Workspaces } from '../../src/domain/workspace.ts'
import { itemOf } from '../../src/evaluation/item.ts'

const dir = mkdtempSync(join(tmpdir(), 'watchbill-places-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const github = { apiUrl: 'https://api.github.com', webUrl: 'https://github.com', token: 'gh-token' }
const [base, head] = ['a'.repeat(40), 'b'.repeat(40)]
const item = (repository: string, pull?: number) =>
  itemOf({ id: 'x', repository, ...(pull && { pull }), base, head, known: [], rejected: [] })

/** Workspaces that only note what they are asked for. */
async function asked(repository: string, pull?: number, repos?: string) {
  const notes: [string, Record<string, unknown>][] = []
  const note = (verb: string) => async (request: object) => {
    notes.push([verb, request as Record<string, unknown>])
    return {} as Checkout
  }
  const workspaces = {
    openLocal: note('openLocal'),
    openPull: note('openPull'),
    openCommit: note('openCommit'),
  } as unknown as Workspaces
  const places = { set: dir, ...(repos && { repos }) }
  const signal = new AbortController().signal
  await openItem({ github }, workspaces, item(repository, pull), places, { progress: () => {}, signal })
  const [verb, { token, ...request }] = notes[0]!
  return { verb, request, token: token ? await (token as () => Promise<string>)() : undefined }
}

it('a pull of an address is fetched as one, and GitHub alone is given the token', async () => {
  const pull = await asked('https://github.com/o/r', 7)
  expect(pull).toMatchObject({
    verb: 'openPull',
    token: 'gh-token',
    request: { cloneUrl: 'https://github.com/o/r.git', number: 7, base, head, repository: { owner: 'o', name: 'r' } },
  })
  const commit = await asked('https://git.example.com/group/sub/r.git/')
  expect(commit).toMatchObject({
    verb: 'openCommit',
    token: '',
    request: { cloneUrl: 'https://git.example.com/group/sub/r.git', commit: head, since: base },
  })
})

it('two addresses have two mirrors, and one has one however it is written', async () => {
  const idOf = async (address: string) =>
    ((await asked(address)).request as { repository: { id: number } }).repository.id
  const id = await idOf('https://github.com/o/r')
  expect(Number.isSafeInteger(id)).toBe(true)
  expect(await idOf('https://github.com/O/r.git')).toBe(id)
  expect(await idOf('https://github.com/o/s')).not.toBe(id)
})

it.each(['o/r', 'o/r.git', 'o+r', 'r', 'r.git'])('a clone that is called %s is taken in its place', async name => {
  const repos = mkdtempSync(join(dir, 'clones-'))
  mkdirSync(join(repos, name), { recursive: true })
  const { verb, request } = await asked('https://github.com/o/r', 7, repos)
  expect(verb).toBe('openLocal')
  expect(request).toMatchObject({ dir: join(repos, name), range: `${base}...${head}` })
})

it('without a clone by its name it is fetched after all', async () => {
  const repos = mkdtempSync(join(dir, 'clones-'))
  mkdirSync(join(repos, 'another'))
  expect((await asked('https://github.com/o/r', 7, repos)).verb).toBe('openPull')
})

it('a directory begins at the data set, and one that is not there is said', async () => {
  mkdirSync(join(dir, 'shop'))
  expect((await asked('./shop')).request).toMatchObject({ dir: join(dir, 'shop') })
  await expect(asked('./none')).rejects.toThrow(Problem)
})
