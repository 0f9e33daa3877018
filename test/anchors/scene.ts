// A simulated GitHub with the real host connected to it and real workspaces beside it: all that a comment's way to its line needs.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Repository } from '../../src/domain/event.ts'
import type { Host } from '../../src/domain/host.ts'
import type { Workspaces } from '../../src/domain/workspace.ts'
import { connectGitHub } from '../../src/github/index.ts'
import { openWorkspaces } from '../../src/workspace/index.ts'
import { readCommand } from '../github/examples.ts'
import { type GitHubSimulator, type SimulatedRepository, startGitHub } from '../simulators/github/index.ts'

export interface Scene extends AsyncDisposable {
  github: GitHubSimulator
  host: Host
  repo: SimulatedRepository
  repository: Repository
  workspaces: Workspaces
}

export async function openScene(): Promise<Scene> {
  const github = await startGitHub()
  const repo = await github.createRepository({ owner: 'acme', name: 'app', files: { 'README.md': 'hello\n' } })
  const host = await connectGitHub({
    appId: github.app.id,
    privateKey: github.app.privateKey,
    webhookSecrets: [github.app.webhookSecret],
    apiUrl: `${github.url}/api/v3`,
    webUrl: github.url,
    readCommand,
    waitScale: 0.0001,
  })
  const dataDir = await mkdtemp(join(tmpdir(), 'anchors-'))
  return {
    github,
    host,
    repo,
    repository: await host.repository(repo.installationId, 'acme', 'app'),
    workspaces: openWorkspaces({ dataDir, retryDelayMs: 1 }),
    async [Symbol.asyncDispose]() {
      await github[Symbol.asyncDispose]()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
