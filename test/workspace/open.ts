// Opens a pull of a test origin in a temporary data directory.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { OpenPull, Workspaces } from '../../src/domain/workspace.ts'
import { openWorkspaces, type WorkspaceOptions } from '../../src/workspace/index.ts'
import { type Origin, startOrigin, token, writeCommits } from './origin.ts'

export const repository: OpenPull['repository'] = {
  id: 4711,
  owner: 'o',
  ownerId: 1,
  ownerType: 'Organization',
  name: 'r',
  private: true,
  defaultBranch: 'main',
  installationId: 1,
}

/** `finish` is told how to clean up: after the test, unless it says otherwise. */
export async function setUp(
  options: Partial<WorkspaceOptions> = {},
  finish: (clean: () => Promise<void>) => void = onTestFinished,
) {
  const origin = await startOrigin()
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'data-'))
  const logged: string[] = []
  const log = (line: object, sentence: string) => void logged.push(`${sentence} ${JSON.stringify(line)}`)
  const workspaces = openWorkspaces({ dataDir, retryDelayMs: 1, log, ...options })
  finish(async () => {
    await origin[Symbol.asyncDispose]()
    rmSync(dataDir, { recursive: true, force: true })
  })
  return { origin, dataDir, workspaces, logged, open: opening(workspaces, origin) }
}

function opening(workspaces: Workspaces, origin: Origin) {
  return (base: string, head: string, more: Partial<OpenPull> = {}) => {
    const number = more.number ?? 1
    return workspaces.openPull({
      repository,
      cloneUrl: origin.url,
      number,
      base,
      head,
      token: async () => token,
      signal: new AbortController().signal,
      ...more,
    })
  }
}

/** A pull of these two states: refs as GitHub keeps them. */
export function pullOf(
  origin: Origin,
  before: Parameters<Origin['commit']>[0],
  after: Parameters<Origin['commit']>[0],
) {
  const [base, head] = writeCommits(origin.dir, [
    { files: before, ref: 'refs/heads/main' },
    { files: after, parents: [':1'], ref: 'refs/pull/1/head' },
  ])
  return { base: base!, head: head! }
}
