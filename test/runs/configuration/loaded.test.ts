// A configuration is made once of the same commits, and anew when one of them, what it is pinned to, or the day is another.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readBuiltIns } from '../../../src/builtins.ts'
import type { Repository } from '../../../src/domain/event.ts'
import { readConfiguration } from '../../../src/runs/configuration/configuration.ts'
import { openStage, type Stage } from '../../github/stage.ts'
import type { SimulatedRepository } from '../../simulators/github/index.ts'

const builtIn = readBuiltIns()
const text = (yaml: string) => `---\ndescription: Ours\n${yaml}\n---\nLook.\n`
let stage: Stage
let shop: SimulatedRepository
let shared: SimulatedRepository
let repository: Repository
let clock = '2026-11-21T12:00:00.000Z'

beforeAll(async () => {
  stage = await openStage()
  const files = { '.github/routines/ours.md': text('on: { push: {} }') }
  shop = await stage.github.createRepository({ owner: 'acme', name: 'shop', files })
  shared = await stage.github.createRepository({ owner: 'acme', name: '.github', files: { 'README.md': 'Hello.\n' } })
  repository = await stage.host.repository(shop.installationId, 'acme', 'shop')
})
afterAll(() => stage[Symbol.asyncDispose]())

const read = () => readConfiguration({ host: stage.host, builtIn, now: () => new Date(clock) }, repository)
const names = async () => (await read()).routines.map(one => one.name)

it('is the very same while nothing changes, and nobody can change it', async () => {
  const first = await read()
  expect(await read()).toBe(first)
  expect(() => first.routines.push(first.routines[0]!)).toThrow(TypeError)
  expect(() => Object.assign(first.settings, { enabled: false })).toThrow(TypeError)
})

it('is made anew of a new commit, of the repository or of its owner, and on another day', async () => {
  const before = await read()
  await shop.commit({ branch: 'main', files: { '.github/routines/more.md': text('on: { push: {} }') } })
  const after = await read()
  expect(after).not.toBe(before)
  expect(after.routines.map(one => one.name)).toContain('more')
  await shared.commit({ branch: 'main', files: { 'routines/house.md': text('on: { push: {} }') } })
  expect(await names()).toContain('house')
  const today = await read()
  expect(await read()).toBe(today)
  clock = '2026-11-22T12:00:00.000Z'
  expect(await read()).not.toBe(today)
})

it('is made anew when a file that it starts from is refused from now on', async () => {
  const rules = await stage.github.createRepository({
    owner: 'acme',
    name: 'rules',
    files: { 'api.md': text('on: { push: {} }'), '.github/watchbill.yml': 'readable_by: [acme/shop]\n' },
  })
  const pinned = text(`extends: acme/rules/api.md@${rules.sha()}`)
  await shop.commit({ branch: 'main', files: { '.github/routines/pinned.md': pinned } })
  const offOf = async () => (await read()).routines.find(one => one.name === 'pinned')?.off
  expect(await offOf()).toBeUndefined()
  expect(await read()).toBe(await read())
  await rules.commit({ branch: 'main', files: { '.github/watchbill.yml': 'readable_by: []\n' } })
  expect(await offOf()).toContain('does not list acme/shop under `readable_by`')
})
