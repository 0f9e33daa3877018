// Deliveries while the server is killed again and again and answers are lost both ways: after the comparison with GitHub's list every event was acted on once.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { copyDatabase } from '../databases.ts'
import { startGitHub } from '../simulators/github/index.ts'
import { startModel } from '../simulators/model/index.ts'
import { newDataDir } from './house.ts'
import { type Service, startService } from './program.ts'
import { base, changed, findsNothing } from './scene.ts'

const long = process.env.WATCHBILL_TEST_LONG === '1'
const { events, kills } = long ? { events: 1000, kills: 20 } : { events: 24, kills: 1 }
const seed = Number(process.env.SEED ?? 7)
const crashing = join(import.meta.dirname, 'crashing.ts')
const engines = !('socket' in inject('postgres')) ? ['PGlite'] : long ? ['PGlite', 'PostgreSQL'] : ['PostgreSQL']

describe.each(engines)('on %s', engine => {
  it(`${events} deliveries, ${kills} kills, a tenth of the answers lost: each event is acted on once`, {
    timeout: 900_000,
  }, async () => {
    const random = randomFrom(seed)
    await using github = await startGitHub()
    await using model = await startModel({ reply: findsNothing })
    const database = engine === 'PostgreSQL' ? await copyDatabase() : undefined
    const dataDir = await newDataDir(database)
    const repository = await github.createRepository({ owner: 'acme', name: 'shop', private: true, files: base })
    repository.setCollaborator('wendy', 'write')
    await repository.commit({ branch: 'feature', files: changed })
    const pulls: number[] = []
    // Nobody is told of them.
    for (let index = 0; index < 10; index++) pulls.push((await repository.openPull({ head: 'feature' })).number)
    await github.settled()

    const start = () =>
      startService({ github, model, dataDir, command: [crashing], ...(database && { databaseUrl: database.url }) })
    const services: Service[] = []
    const asked: { pull: number; id: number }[] = []
    const answers = () =>
      pulls.flatMap(number => repository.pull(number).issueComments.filter(comment => comment.byApp))
    try {
      services.push(await start())
      github.loses = () => random() < 0.1
      github.faults.add({
        match: { path: { test: () => random() < 0.1 } as unknown as RegExp },
        kind: 'cut-after',
        times: Number.POSITIVE_INFINITY,
      })
      for (let round = 0; round <= kills; round++) {
        const before = github.attempts.length
        const most = Math.floor((events * (round + 1)) / (kills + 1))
        while (asked.length < most) {
          const pull = pulls[asked.length % pulls.length]!
          asked.push({ pull, id: repository.comment(pull, '@watchbill help', 'wendy').id })
        }
        if (round === kills) break
        // Somewhere among them; what follows finds nobody.
        const passed = before + 1 + Math.floor(random() * (events / (kills + 1)) * 0.8)
        await github.waitFor(() => github.attempts.length >= passed, 60_000)
        await services.at(-1)?.stop('SIGKILL')
        await github.settled()
        services.push(await start())
      }
      await github.waitFor(() => answers().length >= events, 600_000)
      await github.settled()
      expect(await services.at(-1)?.stop()).toBe(0)
    } finally {
      for (const service of services) if (service.child.exitCode === null) await service.stop('SIGKILL')
      await database?.drop()
      await rm(dataDir, { recursive: true, force: true, maxRetries: 3 })
    }

    const perPull = (list: { pull: number }[], number: number) => list.filter(({ pull }) => pull === number).length
    for (const number of pulls)
      expect(repository.pull(number).issueComments.filter(comment => comment.byApp)).toHaveLength(
        perPull(asked, number),
      )
    const eyes = asked.map(({ pull, id }) => {
      const comment = repository.pull(pull).issueComments.find(one => one.id === id)
      return comment?.reactions.length
    })
    expect(new Set(eyes).size).toBe(1)
    // It was needed: some came only because they were asked for again, none of which twice for one attempt.
    const wishes = github.requests.filter(
      one => one.operation === 'apps/redeliver-webhook-delivery' && one.status === 202,
    )
    expect(wishes.length).toBeGreaterThan(0)
    expect(new Set(wishes.map(({ path }) => path)).size).toBe(wishes.length)
    expect(github.attempts.filter(({ status }) => status === 0).length).toBeGreaterThan(events / 20)
    expect(github.refusals).toEqual([])
  })
})

/** From 0 to 1, the same for the same seed: https://en.wikipedia.org/wiki/Linear_congruential_generator */
function randomFrom(start: number): () => number {
  let state = start
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
