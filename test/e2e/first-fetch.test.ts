// The first fetch of a large repository: a job of its own, told on the check, shared by all who wait for it, and explained when it fails.
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from '../../src/commands/reach.ts'
import { readSettings } from '../../src/settings.ts'
import { usualDatabase } from '../databases.ts'
import { type GitHubSimulator, type SimulatedRepository, startGitHub } from '../simulators/github/index.ts'
import { startModel } from '../simulators/model/index.ts'
import { type House, newDataDir, openHouse } from './house.ts'
import { startService } from './program.ts'
import { base, changed, conclusions, findsNothing, isReviewed } from './scene.ts'
import { ended, routineFrom, startTask, workFile } from './tasks.ts'

/** Thirty files that do not compress: a pack of some 600 kB. */
const large = {
  ...base,
  ...Object.fromEntries(Array.from({ length: 30 }, (_, n) => [`data/${n}.bin`, randomBytes(20_000)])),
}
let house: House

beforeAll(async () => {
  house = await openHouse({ reply: findsNothing, progressEvery: 250 })
})
afterAll(() => house[Symbol.asyncDispose]())

/** A repository that was never fetched, with as many pulls as there are branches; its packs come by half until `release`. */
async function openLarge(github: GitHubSimulator, name: string, branches: string[]) {
  const repository = await github.createRepository({
    owner: 'acme',
    name,
    private: true,
    files: large,
    collaborators: { wendy: 'write' },
  })
  const { promise, resolve: release } = Promise.withResolvers<void>()
  const path = new RegExp(`^/acme/${name}\\.git/git-upload-pack`)
  github.faults.add({ match: { path }, kind: 'slow', hold: { bytes: 300_000, until: promise }, times: 100 })
  const heads: string[] = []
  for (const branch of branches) {
    heads.push(await repository.commit({ branch, files: changed, message: `Floor the price, ${branch}` }))
    await repository.openPull({ head: branch, title: `Floor the price, ${branch}` })
  }
  return { repository, heads, release }
}

const runsOf = async (repository: SimulatedRepository) =>
  (await house.server.store.runs.list({ repositoryId: repository.id, limit: 9 })).toReversed()
const told = (repository: SimulatedRepository, head: string) =>
  repository.checkRuns(head).map(check => `${check.output.title} | ${check.output.summary}`)
const tellsProgress = (repository: SimulatedRepository, head: string) => () =>
  told(repository, head).length === 2 && told(repository, head).every(text => /for the first time: \d+ %/.test(text))
const clones = (repository: SimulatedRepository) =>
  house.lines.filter(line => line.sentence === `fetched ${repository.owner}/${repository.name}` && line.first === true)
const allEnded =
  (repository: SimulatedRepository, count = 1) =>
  async () => {
    const runs = await runsOf(repository)
    return runs.length === count && runs.every(run => run.status === 'ended')
  }

describe('two pulls of a large repository that was never fetched', () => {
  it('share one fetch outside of their runs, say how far it is on every check, and are both reviewed', async () => {
    const { repository, heads, release } = await openLarge(house.github, 'large', ['one', 'two'])
    for (const head of heads) await house.until(tellsProgress(repository, head))

    for (const text of heads.flatMap(head => told(repository, head))) {
      const [, percent] =
        /^Rehearsed: Cloning for the first time \| .*Cloning acme\/large for the first time: (\d+) %$/s.exec(text) ?? []
      expect(Number(percent)).toBeGreaterThan(5)
      expect(Number(percent)).toBeLessThan(95)
    }
    expect(repository.checkRuns().map(check => check.status)).toEqual(Array(4).fill('in_progress'))
    expect(await runsOf(repository)).toMatchObject(
      Array(2).fill({ status: 'queued', attempt: 0, waits: expect.any(Number) }),
    )
    expect(await house.server.store.queueDepth()).toContainEqual(
      expect.objectContaining({ queue: 'fetch', waiting: 0, active: 1 }),
    )

    release()
    for (const head of heads) await house.until(() => isReviewed(repository, head))
    await house.until(allEnded(repository, 2))
    expect(await runsOf(repository)).toMatchObject(Array(2).fill({ end: 'done', attempt: 1 }))
    expect(conclusions(repository.checkRuns(heads[1]))).toEqual({
      'code-review': 'success',
      'security-review': 'success',
    })
    expect(clones(repository)).toHaveLength(1)
  })
})

describe('a run that waits for the fetch', () => {
  it('takes a push that comes meanwhile, and reviews the newer commit alone', async () => {
    const { repository, heads, release } = await openLarge(house.github, 'pushed', ['one'])
    await house.until(tellsProgress(repository, heads[0]!))
    const newer = await repository.commit({ branch: 'one', files: { 'src/price.ts': 'export const cents = 1\n' } })
    await house.until(tellsProgress(repository, newer))
    release()
    await house.until(() => isReviewed(repository, newer))
    await house.until(allEnded(repository))
    expect(conclusions(repository.checkRuns(heads[0]))).toEqual({
      'code-review': 'cancelled',
      'security-review': 'cancelled',
    })
    expect(await runsOf(repository)).toMatchObject([{ end: 'done', head: newer }])
    expect(clones(repository)).toHaveLength(1)
  })

  it('is stopped at once by a pause, and so is a fetch that nobody waits for any more; resumed, it is reviewed', async () => {
    const { repository, heads, release } = await openLarge(house.github, 'paused', ['one'])
    await house.until(tellsProgress(repository, heads[0]!))
    const settings = readSettings(house.environment)
    await ask(settings, 'pause', { scope: 'acme/paused', by: 'olive' })
    await house.until(() => repository.checkRuns().every(check => check.conclusion === 'cancelled'))
    await house.until(() => house.lines.some(line => line.repository === repository.id && line.code === 'stopped'))
    expect(told(repository, heads[0]!)[0]).toContain('Paused by olive')
    expect(clones(repository)).toEqual([])

    release()
    await ask(settings, 'resume', { scope: 'acme/paused' })
    await house.until(async () => (await runsOf(repository)).at(-1)?.end === 'done')
    expect(repository.checkRuns().filter(check => check.status !== 'completed')).toEqual([])
  })
})

describe('a first fetch that fails', () => {
  it('is tried again, then explained on the checks of every run that waited, and tried anew when asked for', async () => {
    const fault = house.github.faults.add({ match: { path: /^\/acme\/broken\.git/ }, kind: '503', times: 1000 })
    const { repository, heads, release } = await openLarge(house.github, 'broken', ['one', 'two'])
    release()
    await house.until(allEnded(repository, 2))
    await house.until(() => repository.checkRuns().every(check => check.status === 'completed'))

    expect(repository.checkRuns()).toHaveLength(4)
    for (const text of heads.flatMap(head => told(repository, head)))
      expect(text).toMatch(
        /^Rehearsed: The review could not be done \| .*Fetching acme\/broken failed, also when tried again: the server answered with error 503\. Nothing was looked at; ask for a review again once it answers\./s,
      )
    expect(new Set(repository.checkRuns().map(check => check.conclusion))).toEqual(new Set(['neutral']))
    expect(await runsOf(repository)).toMatchObject(Array(2).fill({ end: 'failed', attempt: 0 }))
    expect(fault.happened).toBeGreaterThanOrEqual(9)
    expect(await house.server.store.deadLetters()).toMatchObject([
      { queue: 'fetch', data: { repositoryId: repository.id } },
    ])

    fault.remove()
    repository.clickCheckButton(repository.checkRuns(heads[0])[0]!.id, 'review', 'wendy')
    await house.until(async () => (await runsOf(repository)).at(-1)?.end === 'done')
    expect(repository.pull(1).state).toBe('open')
  })
})

describe('a repository that is read beside another', () => {
  /** `acme/NAME`, whose packs come by half until `release`, and a task of another that reads it. */
  async function openBeside(name: string) {
    const { repository: lib, release } = await openLarge(house.github, name, [])
    await lib.commit({ branch: 'main', files: { '.github/watchbill.yml': 'readable_by: ["acme/*"]\n' } })
    const files = { ...base, 'README.md': 'Prices are rounded.\n' }
    const till = await house.github.createRepository({ owner: 'acme', name: `${name}-till`, private: true, files })
    const push = {
      ref: 'refs/heads/main',
      branch: 'main',
      before: '0'.repeat(40),
      after: till.sha(),
      forced: false,
      title: 'Round',
    }
    const routine = routineFrom('prices', workFile(`repositories: [acme/${name}]`))
    const id = await startTask(house, till, routine, { kind: 'push', push })
    return { lib, till, id, release }
  }
  const titles = (repository: SimulatedRepository) =>
    repository.checkRuns().map(check => `${check.output.title} | ${check.output.summary}`)

  it('is fetched outside of the run, which waits and says how far it is, and then goes on', async () => {
    const { lib, till, id, release } = await openBeside('lib')
    await house.until(() => titles(till).some(text => /Cloning acme\/lib for the first time: \d+ %/.test(text)))
    expect(await house.server.store.runs.get(id)).toMatchObject({
      status: 'queued',
      attempt: 0,
      waits: expect.any(Number),
      waitsFor: { id: lib.id },
    })
    release()
    const run = await ended(house, id)
    expect(run.because).not.toContain('could not')
    expect(run).toMatchObject({ attempt: 1, waitsFor: undefined })
    expect(clones(lib)).toHaveLength(1)
  })

  it('that can not be fetched ends the run with the reason', async () => {
    const fault = house.github.faults.add({ match: { path: /^\/acme\/gone\.git/ }, kind: '503', times: 1000 })
    const { till, id, release } = await openBeside('gone')
    release()
    expect(await ended(house, id)).toMatchObject({
      end: 'failed',
      attempt: 0,
      because: expect.stringContaining('Fetching acme/gone failed, also when tried again'),
    })
    expect(titles(till)).toEqual([expect.stringContaining('Fetching acme/gone failed')])
    fault.remove()
  })
})

describe('kill -9 in the middle of a first fetch', () => {
  it('is made good by the next start', { timeout: 60_000 }, async () => {
    await using github = await startGitHub()
    await using model = await startModel({ reply: findsNothing })
    const database = await usualDatabase()
    const options = {
      github,
      model,
      dataDir: await newDataDir(database),
      ...(database && { databaseUrl: database.url }),
    }
    const doomed = await startService(options)
    const { repository, heads, release } = await openLarge(github, 'killed', ['one'])
    const fetching = () => github.requests.filter(request => request.operation === 'git-upload-pack/data').length
    await github.waitFor(() => fetching() > 0)
    await doomed.stop('SIGKILL')
    release()
    const service = await startService(options)
    await github.waitFor(() => isReviewed(repository, heads[0]!), 30_000)
    await service.stop()
    await database?.drop()
    await rm(options.dataDir, { recursive: true, force: true, maxRetries: 3 })
    expect(service.output()).toContain('"first":true,"msg":"fetched acme/killed"')
    expect(repository.checkRuns()).toHaveLength(2)
  })
})
