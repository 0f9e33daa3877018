// A pull request whose pushes are reviewed one by one, in this process: real store, git and HTTP, and a model that knows the code.

import { rmSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readWords } from '../../src/builtins.ts'
import { readFile } from '../../src/claude/index.ts'
import type { ReviewRun } from '../../src/domain/run.ts'
import { review } from '../../src/review.ts'
import type { ReviewPorts } from '../../src/runs/ports.ts'
import { answerInThread } from '../../src/runs/replies/answer-replies.ts'
import { isReply } from '../../src/runs/replies/reply-routine.ts'
import { firstFetch } from '../../src/runs/waiting/first-fetch.ts'
import { openWorkspaces } from '../../src/workspace/index.ts'
import { openStage, type Scene } from '../dispatch/stage.ts'
import { usualPermissions } from '../simulators/github/app.ts'
import { gitText } from '../simulators/github/bare-repository.ts'
import type { GitHubSimulator, ReviewComment, SimulatedPull } from '../simulators/github/index.ts'
import { type Defect, type Files, type LifeModel, lifeModel } from './life-model.ts'

export interface Life extends AsyncDisposable {
  github: GitHubSimulator
  scene: Scene
  model: LifeModel
  pull(): SimulatedPull
  /** Our comments that head a thread, the oldest first. */
  comments(): ReviewComment[]
  /** Pushes to the pull's branch: what changes, or from where it starts over. */
  push(files: Files | Record<string, string | null>, over?: { from: string }): Promise<Pushed>
  /** As a merge of the base branch into the pull's. */
  mergeBase(): Promise<Pushed>
  /** Dispatches what happened, and does the reviews that it asks for. */
  settle(): Promise<ReviewRun | undefined>
  /** What the pull's head holds. */
  code(): Files
  ports: ReviewPorts
}

export interface Pushed {
  sha: string
  short: string
  run: ReviewRun | undefined
  /** Conversations that it took, and tokens read. */
  counted: Record<string, number>
  tokens: number
  /** The check of code-review on it. */
  summary: string
  text: string
}

export async function openLife(defects: Defect[], base: Files, change: Files): Promise<Life> {
  const stage = await openStage()
  stage.ports.timing = { quiet: 0, quietAtMost: 0 }
  const dataDir = await mkdtemp(join(tmpdir(), 'watchbill-life-'))
  const { github, store } = stage
  const scene = await stage.open({}, { files: base })
  github.setPermissions('acme', { ...usualPermissions, contents: 'write' })
  scene.repo.setCollaborator('wendy', 'write')
  let code: Files = { ...base, ...change }
  const model = lifeModel(defects, () => code)
  const workspaces = openWorkspaces({ dataDir, retryDelayMs: 1, log: stage.ports.log })
  const ports: ReviewPorts = {
    ...stage.ports,
    workspaces,
    model: model.model,
    modelProblem: () => undefined,
    readFile,
    scanners: [],
    hide: async text => text,
    words: readWords(),
    prompts: 'x',
    version: '0',
    budget: { run: 5, day: 100, month: 100 },
    rehearsed: true,
  }
  await scene.repo.commit({ branch: 'feature', files: change })
  const { number } = await scene.repo.openPull({ head: 'feature', title: 'Prices' })
  const signal = new AbortController().signal
  const { gitDir } = scene.repo

  const life: Life = {
    github,
    scene,
    model,
    ports,
    pull: () => scene.repo.pull(number),
    comments: () =>
      scene.repo.pull(number).reviewComments.filter(one => one.user.type === 'Bot' && one.inReplyTo === null),
    code: () => code,
    async settle() {
      await scene.tell()
      let last: ReviewRun | undefined
      for (;;) {
        const queued = (await store.runs.underWay()).find(run => run.repository.id === scene.repository.id)
        if (!queued) return last
        if (!(await workspaces.holds(scene.repository)))
          await firstFetch(ports, { repositoryId: scene.repository.id, place: await workspaces.place() }, signal)
        await (isReply(queued) ? answerInThread : review)(ports, queued.id, signal)
        last = (await store.runs.get(queued.id)) as ReviewRun
      }
    },
    async push(files, over) {
      if (over) code = { ...(await filesAt(over.from)) }
      for (const [path, text] of Object.entries(files)) {
        if (text === null) delete code[path]
        else code[path] = text
      }
      return pushed(
        await scene.repo.commit({ branch: 'feature', files, ...(over && { from: over.from, force: true }) }),
      )
    },
    async mergeBase() {
      const [main, feature] = [scene.repo.sha(), scene.repo.sha('feature')]
      const tree = (await gitText(gitDir, ['merge-tree', '--write-tree', main, feature])).trim()
      const who = ['-c', 'user.name=w', '-c', 'user.email=w@x']
      const commit = await gitText(gitDir, [...who, 'commit-tree', tree, '-p', feature, '-p', main, '-m', 'Merge main'])
      await gitText(gitDir, ['update-ref', 'refs/tmp/merge', commit.trim()])
      const sha = await scene.repo.importBranch(gitDir, 'refs/tmp/merge', 'feature')
      code = await filesAt(sha)
      return pushed(sha)
    },
    async [Symbol.asyncDispose]() {
      await stage[Symbol.asyncDispose]()
      rmSync(dataDir, { recursive: true, force: true, maxRetries: 3 })
    },
  }
  return life

  async function pushed(sha: string): Promise<Pushed> {
    model.counted()
    const run = await life.settle()
    const check = scene.repo.checkRuns(sha).find(one => one.name === 'Watchbill / code-review')
    const spent = run && (await store.ledger.spent({ runId: run.id }))
    return {
      sha,
      short: sha.slice(0, 7),
      run,
      counted: model.counted(),
      tokens: spent?.usage.input ?? 0,
      summary: check?.output.summary ?? '',
      text: check?.output.text ?? '',
    }
  }

  async function filesAt(sha: string): Promise<Files> {
    const paths = (await gitText(gitDir, ['ls-tree', '-r', '--name-only', sha])).trim().split('\n')
    const all = await Promise.all(paths.map(async path => [path, await gitText(gitDir, ['show', `${sha}:${path}`])]))
    return Object.fromEntries(all)
  }
}
