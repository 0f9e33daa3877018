// Mirrors of very large repositories: commits and trees of all of history, and only those files that are looked at, fetched at once.
import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Problem } from '../domain/problem.ts'
import type { Git } from './git.ts'

/** KiB, as GitHub tells a repository's size, above which files of earlier commits are left where they are. */
export const largeRepository = 2 * 1024 ** 2

const markOf = (gitDir: string) => join(gitDir, 'partial')

/** Decided once, before anything was fetched into the mirror. */
export async function makePartial(gitDir: string): Promise<void> {
  await writeFile(markOf(gitDir), '')
}

export function isPartial(gitDir: string): boolean {
  return existsSync(markOf(gitDir))
}

/**
 * For a fetch alone. The mirror's own configuration names no such remote, so that no other git child takes a file that
 * is not here for one that can be had: it can not fetch, whatever its version and whatever it is asked.
 */
export function partialRemote(url: URL): { name: string; config: string[]; flags: string[] } {
  const settings = [`url=${url.href}`, 'promisor=true', 'partialclonefilter=blob:none']
  return {
    name: 'watchbill',
    config: settings.map(setting => `remote.watchbill.${setting}`),
    flags: ['--filter=blob:none'],
  }
}

const listMs = 5 * 60 * 1000

/** Objects of these commits' trees that are not in the mirror. */
export async function missingObjects(
  git: Git,
  { gitDir, commits, signal }: { gitDir: string; commits: string[]; signal: AbortSignal },
): Promise<string[]> {
  const missing: string[] = []
  let rest = ''
  const args = ['rev-list', '--objects', '--no-object-names', '--missing=print', ...commits.map(one => `${one}^{tree}`)]
  const listed = await git({
    gitDir,
    args,
    signal,
    timeoutMs: listMs,
    sink(chunk) {
      const lines = (rest + chunk.toString('latin1')).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (line.startsWith('?')) missing.push(line.slice(1))
      return true
    },
  })
  if (listed.code === 0 && listed.ended === 'exit') return missing
  throw new Problem('unavailable', 'The files of the commit could not be listed in a repository this large.', {
    cause: listed.stderr,
  })
}

const absent =
  /(unable to read|cannot read blob|could not (read|fetch)) [0-9a-f]{40}|cat-file .*: bad file|missing blob/is

/** What a look says that needs a file of an earlier commit; undefined where it failed of something else. */
export function notFetched(gitDir: string, stderr: string): string | undefined {
  return isPartial(gitDir) && absent.test(stderr)
    ? 'This repository is so large that files of earlier commits are not at hand, and no look fetches any; those of the head and of the merge base are.'
    : undefined
}
