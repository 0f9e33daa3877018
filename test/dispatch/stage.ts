// A repository on the simulated GitHub whose deliveries are dispatched when the test says so: no server, no worker, nothing runs.
import { createHash, randomUUID } from 'node:crypto'
import { readBuiltIns } from '../../src/builtins.ts'
import { type DispatchPorts, dispatch } from '../../src/dispatch.ts'
import type { Event, Occurrence, Repository } from '../../src/domain/event.ts'
import type { Delivery, Store } from '../../src/domain/store.ts'
import { connectGitHub } from '../../src/github/index.ts'
import { readCommand } from '../../src/routines/index.ts'
import { databases, type TestDatabase, usual } from '../databases.ts'
import { routineFile } from '../routines/samples.ts'
import { type GitHubSimulator, type SimulatedRepository, startGitHub } from '../simulators/github/index.ts'

export interface Told extends Delivery {
  /** By routine. */
  met: Record<string, Occurrence>
}

export interface Stage extends AsyncDisposable {
  github: GitHubSimulator
  store: Store
  database: TestDatabase
  ports: DispatchPorts
  lines: { sentence: string; [field: string]: unknown }[]
  /** A repository with these routines (name → front matter, as YAML lines), beside the built-in ones. */
  open(
    routines: Record<string, string>,
    change?: Partial<Parameters<GitHubSimulator['createRepository']>[0]>,
  ): Promise<Scene>
}

export interface Scene {
  repo: SimulatedRepository
  repository: Repository
  /** Dispatches what GitHub has sent about it since the last time; answers with what became of each delivery, in order. */
  tell(): Promise<Told[]>
  /** As `tell`, of the last delivery with this name and action. */
  last(event: string, action?: string): Promise<Told>
  /** A delivery that the simulator does not make by itself, sent and dispatched. */
  send(name: string, payload: Record<string, unknown>): Promise<Told>
  event(change?: Partial<Event>): Event
  runs(): ReturnType<Store['runs']['list']>
}

let scenes = 0

export async function openStage(engine: 'PGlite' | 'PostgreSQL' = usual.name): Promise<Stage> {
  const github = await startGitHub()
  const database = await databases.find(one => one.name === engine)!.open()
  const lines: Stage['lines'] = []
  const log = (line: object, sentence: string) => void lines.push({ ...line, sentence })
  const host = await connectGitHub({
    appId: github.app.id,
    privateKey: github.app.privateKey,
    webhookSecrets: [github.app.webhookSecret],
    apiUrl: `${github.url}/api/v3`,
    webUrl: github.url,
    names: ['watchbill'],
    readCommand,
    log,
    waitScale: 0.001,
  })
  const { store } = database
  const ports: DispatchPorts = {
    store,
    host,
    builtIn: readBuiltIns(),
    now: () => new Date(),
    newId: randomUUID,
    timing: { quiet: 1000, quietAtMost: 6000 },
    log,
  }
  const stage: Stage = {
    github,
    store,
    database,
    ports,
    lines,
    async open(routines, change) {
      const files = Object.fromEntries(
        Object.entries(routines).map(([name, yaml]) => {
          const { path, text } = routineFile(name, `description: ${name}\n${yaml}`)
          return [path, text]
        }),
      )
      const repo = await github.createRepository({
        owner: 'acme',
        name: `scene-${++scenes}`,
        private: true,
        files: { 'src/a.ts': 'export const a = 1\n', ...files },
        ...change,
      })
      return openScene(stage, repo)
    },
    async [Symbol.asyncDispose]() {
      await database.close()
      await github[Symbol.asyncDispose]()
    },
  }
  return stage
}

async function openScene({ github, store, ports }: Stage, repo: SimulatedRepository): Promise<Scene> {
  const repository = await ports.host.repository(repo.installationId, repo.owner, repo.name)
  const done = new Set<string>()
  const take = async (id: string, name: string, payload: Record<string, unknown>): Promise<Told> => {
    done.add(id)
    const bodyHash = createHash('sha256').update(id).digest('hex')
    await store.deliveries.accept({ id, name, bodyHash, payload, at: new Date().toISOString() })
    await dispatch(ports, { deliveryId: id })
    const met = await store.occurrences.ofEvent(id)
    return { ...(await store.deliveries.get(id))!, met: Object.fromEntries(met.map(one => [one.routine, one])) }
  }
  /** What every delivery about the repository carries: read off that of a push, which is not dispatched. */
  const envelope = async () => {
    await repo.commit({ branch: 'aside', files: { aside: randomUUID() } })
    await github.settled()
    const sent = github.deliveries.filter(one => one.payload.repository?.id === repo.id && !done.has(one.id))
    for (const { id } of sent) done.add(id)
    return sent[0]!.payload
  }
  const actor = { id: 1, login: 'octocat', type: 'User' } as const
  const scene: Scene = {
    repo,
    repository,
    async tell() {
      await github.settled()
      const news = github.deliveries.filter(one => one.payload.repository?.id === repo.id && !done.has(one.id))
      const told: Told[] = []
      for (const { id, event, payload } of news) told.push(await take(id, event, payload))
      return told
    },
    async last(event, action) {
      const told = (await scene.tell()).findLast(
        one => one.name === event && (action === undefined || (one.payload as { action?: string }).action === action),
      )
      if (!told) throw new Error(`GitHub sent no ${event} ${action ?? ''}`)
      return told
    },
    async send(name, payload) {
      const { repository, sender, installation } = await envelope()
      return take(randomUUID(), name, { repository, sender, installation, ...payload })
    },
    event: change => ({
      id: `event-${randomUUID()}`,
      kind: 'manual',
      action: 'run',
      at: new Date().toISOString(),
      repository,
      actor,
      own: false,
      ...change,
    }),
    runs: () => store.runs.list({ repositoryId: repo.id, limit: 100 }),
  }
  return scene
}
