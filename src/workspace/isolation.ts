// How children that read hostile bytes are confined here: by bubblewrap where it works, and by a ceiling of memory everywhere.
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
  return { words: 'none (git and the tools run with an empty environment)', wrap: limited }
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

/** No network, no other process in sight, and nothing of the disk but the system's programs and what it is to read, read-only. */
const inBubblewrap: Wrap = (command, args, readable, room = {}) => {
  const inner = limited(command, args, readable, room)
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
  return {
    command: 'bwrap',
    args: [...walls, ...binds, '--chdir', room.directory ?? '/', '--', inner.command, ...inner.args],
  }
}

// A pattern of nested repeats makes regcomp(3) take gigabytes; where the shell has no such limit (macOS) it goes without.
const usualMemory = 2 * 1024 ** 3

const limited: Wrap = (command, args, _, { memoryBytes = usualMemory } = {}) => ({
  command: '/bin/sh',
  args: ['-c', `ulimit -v ${Math.floor(memoryBytes / 1024)} 2>/dev/null; exec "$0" "$@"`, command, ...args],
})
