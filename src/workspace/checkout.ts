// Writes one commit as plain files: no hook, no filter, no submodule, no symlink and no .git, whatever the tree holds.
import { Problem } from '../domain/problem.ts'
import { eachEntry, unlisted } from './entries.ts'
import { type Git, type GitCommand, lastWords, mustRun } from './git.ts'
import { emptyWork, type Work } from './spare.ts'

export interface CheckoutRequest {
  gitDir: string
  head: string
  /** Where to; its index stays, since listings read it. */
  work: Work
  /** `work` is an untouched checkout of an earlier commit. */
  begun: boolean
  signal: AbortSignal
}

export interface CheckedOut {
  /** Paths that could not be written: colliding, too long, or names that git refuses. */
  unwritten: string[]
  /** The worktree is exactly its index, so that another checkout can begin from it. */
  whole: boolean
}

export async function checkOut(git: Git, request: CheckoutRequest): Promise<CheckedOut> {
  const { gitDir, work, signal } = request
  const entries = await listTree(git, request)
  const refused = entries.filter(entry => isForbidden(entry.path))
  const whole = refused.length === 0 && !entries.some(entry => entry.facts.startsWith('160000'))
  const base = { gitDir, index: work.index, workTree: work.tree, signal, timeoutMs: checkoutMs, config: parallel }
  if (request.begun && refused.length === 0) {
    const updated = await git({ ...base, args: ['read-tree', '-m', '-u', request.head] })
    if (updated.code === 0 && updated.ended === 'exit') return { unwritten: [], whole }
  }
  await emptyWork(work)
  const unwritten = await writeAll(git, base, request.head, entries, refused)
  return { unwritten, whole: whole && unwritten.length === 0 }
}

type Base = Pick<GitCommand, 'gitDir' | 'index' | 'workTree' | 'signal' | 'timeoutMs' | 'config'>

const checkoutMs = 5 * 60 * 1000
const parallel = ['checkout.workers=0', 'checkout.thresholdForParallelism=500']

async function writeAll(git: Git, base: Base, head: string, entries: Entry[], refused: Entry[]): Promise<string[]> {
  const allowed = refused.length === 0 ? entries : entries.filter(entry => !refused.includes(entry))
  // read-tree gives up on the whole tree for one forbidden name; then the index is made of the others.
  if (refused.length === 0) await mustRun(git, { ...base, args: ['read-tree', head] })
  else {
    const input = Buffer.from(allowed.map(entry => `${entry.facts}\t${entry.path}\0`).join(''), 'latin1')
    await mustRun(git, { ...base, args: ['update-index', '-z', '--index-info'], input })
  }
  const written = await git({ ...base, args: ['checkout-index', '--all', '--index', '--quiet'] })
  const names = refused.map(entry => shown(entry.path))
  if (written.ended !== 'exit') throw new Problem('too_large', 'Checking the commit out took more than five minutes.')
  if (written.code === 0) return names
  const missing = await missingFiles(git, base)
  const collided = collisionsOf(allowed.map(entry => entry.path))
  if (missing.length + collided.length === 0)
    throw new Problem('unavailable', `The commit could not be checked out: ${lastWords(written.stderr)}.`, {
      cause: written.stderr,
    })
  return [...names, ...missing, ...collided]
}

interface Entry {
  /** `MODE TYPE ID`, as `update-index --index-info` takes it. */
  facts: string
  /** Bytes in latin1. */
  path: string
}

const mostFiles = 500_000
const mostBytes = 8 * 1024 ** 3

/** The listing first, and bounded. */
async function listTree(git: Git, { gitDir, head, signal }: CheckoutRequest): Promise<Entry[]> {
  const entries: Entry[] = []
  let bytes = 0
  const listing = { gitDir, commit: head, signal, timeoutMs: checkoutMs, sizes: true, encoding: 'latin1' } as const
  const ended = await eachEntry(git, listing, entry => {
    bytes += entry.bytes
    return entries.push({ facts: `${entry.mode} ${entry.type} ${entry.id}`, path: entry.path }) <= mostFiles
  })
  if (ended === 'timeout') throw unlisted('it took too long')
  if (ended === 'enough')
    throw new Problem('too_large', `The commit has more than ${mostFiles} files, so it was not checked out.`)
  if (bytes > mostBytes)
    throw new Problem(
      'too_large',
      `The commit's files are larger than ${mostBytes / 1024 ** 3} GiB together, so it was not checked out.`,
    )
  return entries
}

/** The names that git's own verify_path refuses on any system, HFS+ and NTFS spellings of `.git` among them (read-cache.c). */
function isForbidden(path: string): boolean {
  if (!/\.git|git~|\/\/|^\/|\/$|\.[/\0]|\.$|[\x80-\xff]/i.test(path)) return false
  return path.split('/').some(part => {
    const name = Buffer.from(part, 'latin1')
      .toString('utf8')
      .replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '')
      .replace(/[\\:].*$/s, '')
      .replace(/(?<=.)[ .]+$/, '')
      .toLowerCase()
    return ['', '.', '..', '.git', 'git~1'].includes(name)
  })
}

async function missingFiles(git: Git, base: Base) {
  const listed = await mustRun(git, { ...base, args: ['ls-files', '-z', '--deleted'] })
  return listed.toString('latin1').split('\0').filter(Boolean).map(shown)
}

/** On a file system that ignores case the second of two such names finds the first in its place. */
function collisionsOf(paths: string[]): string[] {
  const seen = new Set<string>()
  return paths.filter(path => {
    const folded = path.toLowerCase()
    const collides = seen.has(folded)
    seen.add(folded)
    return collides
  })
}

function shown(path: string): string {
  return Buffer.from(path, 'latin1').toString('utf8')
}
