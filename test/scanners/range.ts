// A range of a real repository with the files given, opened as people's own are, and a tool that looks at it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { readPatterns } from '../../src/builtins.ts'
import type { Evidence, ToolName } from '../../src/domain/evidence.ts'
import type { Checkout } from '../../src/domain/workspace.ts'
import { openScanners } from '../../src/scanners/index.ts'
import { openWorkspaces } from '../../src/workspace/index.ts'
import { type Files, makeRepository, writeCommits } from '../workspace/origin.ts'

const signal = new AbortController().signal
const dataDir = mkdtempSync(join(tmpdir(), 'scanners-'))
export const workspaces = openWorkspaces({ dataDir })
const scanners = openScanners({ confine: workspaces.confine, rules: readPatterns(), osvUrl: 'off' })

export async function openRange(before: Files, after: Files): Promise<Checkout> {
  const dir = mkdtempSync(join(tmpdir(), 'range-'))
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }))
  const gitDir = join(dir, '.git')
  makeRepository(gitDir)
  const [base, head] = writeCommits(gitDir, [
    { files: before },
    { files: after, parents: [':1'], ref: 'refs/heads/main' },
  ])
  return workspaces.openLocal({ dir, range: `${base}..${head}`, signal })
}

/** What one tool says of what changed. */
export async function lookWith(tool: ToolName, before: Files, after: Files): Promise<Evidence> {
  await using checkout = await openRange(before, after)
  const change = await checkout.change()
  const paths = change.files.filter(file => file.status !== 'deleted' && !file.symlink).map(file => file.path)
  const scanner = scanners.find(one => one.tool === tool)!
  return await scanner.scan({ checkout, change, paths, signal })
}
