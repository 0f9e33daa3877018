// Two states of a repository as real commits, and the dependency scanner sent over what changed between them.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ScanInput, Scanner } from '../../../src/domain/evidence.ts'
import { openWorkspaces } from '../../../src/workspace/index.ts'
import { makeRepository, writeCommits } from '../../workspace/origin.ts'

type Files = { [path: string]: string }

export async function scanBetween(scanner: Scanner, before: Files, after: Files, more: Partial<ScanInput> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'locks-'))
  const gitDir = join(dir, '.git')
  const gone = Object.keys(before).map(path => [path, undefined])
  try {
    makeRepository(gitDir)
    writeCommits(gitDir, [
      { files: before },
      { files: { ...Object.fromEntries(gone), ...after }, parents: [':1'], ref: 'refs/heads/main' },
    ])
    const { signal } = more.signal ? { signal: more.signal } : new AbortController()
    const workspaces = openWorkspaces({ dataDir: join(gitDir, 'data') })
    await using checkout = await workspaces.openLocal({
      dir,
      range: 'HEAD~1..HEAD',
      signal: new AbortController().signal,
    })
    const change = await checkout.change()
    const paths = change.files.map(file => file.path)
    return await scanner.scan({ checkout, change, paths, ...more, signal })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

/** A lock file of npm as npm writes it. */
export function npmLock(packages: { [name: string]: string | { version: string; resolved?: string } }): string {
  const entries = Object.entries(packages).map(([name, about]) => {
    const { version, resolved = `https://registry.npmjs.org/${name}/-/${name}-${version}.tgz` } =
      typeof about === 'string' ? { version: about } : about
    return [`node_modules/${name}`, { version, resolved, integrity: 'sha512-AAAA' }]
  })
  const root = { name: 'shop', lockfileVersion: 3, packages: { '': { name: 'shop' }, ...Object.fromEntries(entries) } }
  return `${JSON.stringify(root, null, 2)}\n`
}
