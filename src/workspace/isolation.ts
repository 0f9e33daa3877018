// How git's reading children are confined here: by bubblewrap where it works, and by a ceiling of memory everywhere.
import { existsSync } from 'node:fs'
import type { Git, Wrap } from './git.ts'

export interface Isolation {
  /** For people. */
  words: string
  wrap: Wrap
}

/** Finds out once, by trying: user namespaces are off in many containers, whatever is installed. */
export function isolationOf(git: Git): () => Promise<Isolation> {
  let known: Promise<Isolation> | undefined
  return () => {
    known ??= probe(git)
    return known
  }
}

async function probe(git: Git): Promise<Isolation> {
  const tried = await git({ args: ['--version'], timeoutMs: 5_000, wrap: inBubblewrap }).catch(() => undefined)
  const works = tried?.code === 0 && tried.stdout.toString().startsWith('git version')
  if (works) return { words: 'bubblewrap', wrap: inBubblewrap }
  return { words: 'none (git runs with an empty environment)', wrap: limited }
}

const systemPaths = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/nix',
  '/etc/ld.so.cache',
  '/etc/alternatives',
]

/** No network, no other process in sight, and nothing of the disk but git itself and the repository, read-only. */
const inBubblewrap: Wrap = (command, args, readable) => {
  const inner = limited(command, args, readable)
  const paths = [...systemPaths.filter(path => existsSync(path)), ...readable]
  const binds = paths.flatMap(path => ['--ro-bind-try', path, path])
  const walls = [
    '--unshare-all',
    '--die-with-parent',
    '--new-session',
    '--proc',
    '/proc',
    '--dev',
    '/dev',
    '--tmpfs',
    '/tmp',
  ]
  return { command: 'bwrap', args: [...walls, ...binds, '--chdir', '/', '--', inner.command, ...inner.args] }
}

// A pattern of nested repeats makes regcomp(3) take gigabytes; where the shell has no such limit (macOS) it goes without.
const memoryKilobytes = 2 * 1024 * 1024

const limited: Wrap = (command, args) => ({
  command: '/bin/sh',
  args: ['-c', `ulimit -v ${memoryKilobytes} 2>/dev/null; exec "$0" "$@"`, command, ...args],
})
