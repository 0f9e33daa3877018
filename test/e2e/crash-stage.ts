// A pull request, both simulators and the data that several servers in a row are started over, some of them to crash.
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import type { Turn } from '../../src/domain/conversation.ts'
import type { copyDatabase } from '../databases.ts'
import { type GitHubSimulator, type SimulatedRepository, startGitHub } from '../simulators/github/index.ts'
import { type ModelSimulator, startModel } from '../simulators/model/index.ts'
import { newDataDir } from './house.ts'
import { type Service, type ServiceOptions, startService } from './program.ts'
import { base, finds, isReviewed, longer } from './scene.ts'

/** `after:n`: once the nth write is stored; `before-receipt:n`: once the nth effect is carried out, before its receipt is stored. */
export type Point = `${'after' | 'before-receipt'}:${number}`

export type ServerDatabase = Awaited<ReturnType<typeof copyDatabase>>

export interface Stage extends AsyncDisposable {
  github: GitHubSimulator
  model: ModelSimulator
  repository: SimulatedRepository
  dataDir: string
  databaseUrl?: string
  start(point?: Point): Promise<Service>
  /** `watchbill serve` as people start it. */
  startReal(): Promise<Service>
  /** Stops the newest server in good order. */
  stop(): Promise<void>
  /** Opens the pull; resolves when its delivery is stored. */
  openPull(): Promise<void>
  isReviewed(): boolean
  reviewed(): Promise<unknown>
  /** Resolves once a server has written down how the run ended; the checks are complete a little before. */
  ended(): Promise<string>
  written(): Promise<{ name: string; value?: unknown }[]>
  /** Stored turns by conversation. */
  turns(): Promise<Turn[][]>
}

/** On the embedded database, or on this one, which is dropped at the end. */
export async function setStage(database?: ServerDatabase): Promise<Stage> {
  const databaseUrl = database?.url
  const github = await startGitHub()
  const model = await startModel({ reply: finds })
  const dataDir = await newDataDir(database)
  const repository = await github.createRepository({ owner: 'acme', name: 'shop', private: true, files: base })
  const head = await repository.commit({ branch: 'feature', files: longer })
  await github.settled()
  const services: Service[] = []
  const crashing = join(import.meta.dirname, 'crashing.ts')
  const options: ServiceOptions = { github, model, dataDir, ...(databaseUrl && { databaseUrl }) }
  const written = async () => {
    const lines = await readFile(join(dataDir, 'writes'), 'utf8').catch(() => '')
    return lines.split('\n').flatMap(line => (line ? [JSON.parse(line) as { name: string; value?: unknown }] : []))
  }
  return {
    ...options,
    github,
    model,
    repository,
    written,
    async start(point) {
      const service = await startService({ ...options, command: [crashing, ...(point ? [point] : [])] })
      services.push(service)
      return service
    },
    async startReal() {
      const service = await startService(options)
      services.push(service)
      return service
    },
    async stop() {
      expect(await services.at(-1)?.stop()).toBe(0)
    },
    async openPull() {
      await repository.openPull({ head: 'feature', title: 'Floor the price' })
      await github.waitFor(() => github.deliveries.find(one => one.event === 'pull_request')?.status === 202)
    },
    isReviewed: () => isReviewed(repository, head),
    reviewed: () => github.waitFor(() => isReviewed(repository, head), 60_000),
    ended: () => Promise.any(services.map(saysEnd)),
    async turns() {
      const turns = new Map<string, Turn[]>()
      for (const { name, value } of await written())
        if (name.startsWith('turn:')) turns.set(name, [...(turns.get(name) ?? []), value as Turn])
      return [...turns.values()]
    },
    async [Symbol.asyncDispose]() {
      for (const service of services) if (service.child.exitCode === null) await service.stop('SIGKILL')
      await github[Symbol.asyncDispose]()
      await model[Symbol.asyncDispose]()
      await database?.drop()
      await rm(dataDir, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

/** Resolves to the end that the server logs. */
export function saysEnd(service: Service): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no end was said:\n${service.output().slice(-4000)}`)), 30_000)
    const look = () => {
      const end = /"end":"([^"]+)","msg"/.exec(service.output())?.[1]
      if (end === undefined) return
      clearTimeout(timer)
      service.child.stdout?.off('data', look)
      resolve(end)
    }
    service.child.stdout?.on('data', look)
    look()
  })
}
