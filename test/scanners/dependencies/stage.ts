// Two states of a repository as real commits, and the dependency scanner sent over what changed between them.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ScanInput, Scanner } from '../../../src/domain/evidence.ts'
import { openWorkspaces } from '../../../src/workspace/index.ts'

type Files = { [path: string]: string }

export async function scanBetween(scanner: Scanner, before: Files, after: Files, more: Partial<ScanInput> = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'locks-'))
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', dir, '-c', 'user.name=a', '-c', 'user.email=a@example.org', ...args])
  const commit = (files: Files) => {
    git('rm', '-rqf', '--ignore-unmatch', '.')
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true })
      writeFileSync(join(dir, path), text)
    }
    git('add', '-A')
    git('commit', '-q', '--allow-empty', '-m', 'state')
  }
  try {
    git('init', '-q', '-b', 'main')
    commit(before)
    commit(after)
    const { signal } = more.signal ? { signal: more.signal } : new AbortController()
    const workspaces = openWorkspaces({ dataDir: join(dir, '.git', 'data') })
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
