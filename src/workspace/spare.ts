// The worktree of a closed checkout, kept for the next one of the same mirror: it is taken only when nobody touched it, and then brought up to date.
import { mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Git } from './git.ts'

/** A worktree and the private index that belongs to it, in one directory. */
export interface Work {
  dir: string
  tree: string
  index: string
}

export function workIn(room: { dir: string }): Work {
  const dir = join(room.dir, 'work')
  return { dir, tree: join(dir, 'tree'), index: join(dir, 'head.index') }
}

/** Puts the mirror's spare in the place of `work`; false when it has none, or somebody touched it. Whoever renames it first has it alone. */
export async function takeSpare(git: Git, gitDir: string, work: Work, signal: AbortSignal): Promise<boolean> {
  const taken = await rename(join(gitDir, 'spare'), work.dir).then(
    () => true,
    () => false,
  )
  return taken && (await isUntouched(git, gitDir, work, signal))
}

/** Keeps one a mirror; with another there already this does nothing. */
export async function keepSpare(gitDir: string, work: Work): Promise<void> {
  await rename(work.dir, join(gitDir, 'spare')).catch(() => {})
}

export async function emptyWork(work: Work): Promise<void> {
  await rm(work.dir, { recursive: true, force: true })
  await mkdir(work.tree, { recursive: true })
}

/**
 * Whether every file is as it was checked out, and there is no other. The index remembers size, inode, and the times of content and of
 * attributes of each file; the last can not be set by hand, so whoever wrote to a file, or linked it, is found out. New names are found by
 * listing, since git itself passes over anything called `.git`.
 */
async function isUntouched(git: Git, gitDir: string, work: Work, signal: AbortSignal): Promise<boolean> {
  const base = { gitDir, index: work.index, signal }
  const [listed, refreshed, found] = await Promise.all([
    git({ ...base, args: ['ls-files', '-z', '--cached'] }),
    git({ ...base, workTree: work.tree, args: ['update-index', '--refresh'] }),
    namesUnder(work.tree).catch(() => undefined),
  ])
  if (listed.code !== 0 || listed.ended !== 'exit' || refreshed.code !== 0 || refreshed.ended !== 'exit' || !found)
    return false
  const files = listed.stdout.toString().split('\0').slice(0, -1)
  const directories = new Set(files.flatMap(parentsOf))
  return sameNames(found.files, files) && sameNames(found.directories, [...directories])
}

async function namesUnder(tree: string) {
  const files: string[] = []
  const directories: string[] = []
  for (const entry of await readdir(tree, { recursive: true, withFileTypes: true })) {
    const path = relative(tree, join(entry.parentPath, entry.name))
    if (entry.isDirectory()) directories.push(path)
    else if (entry.isFile()) files.push(path)
    else return undefined
  }
  return { files, directories }
}

function parentsOf(path: string): string[] {
  const parents: string[] = []
  for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) parents.push(path.slice(0, at))
  return parents
}

function sameNames(found: string[], wanted: string[]): boolean {
  const names = new Set(wanted)
  return found.length === names.size && found.every(name => names.has(name))
}
