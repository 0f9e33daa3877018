// Files that nobody may be shown: by their paths, however these are written, and by where the change moved them from.
import picomatch from 'picomatch'
import type { Change } from '../domain/change.ts'
import type { Checkout } from '../domain/workspace.ts'
import type { Copies } from './private-copies.ts'

/** Whether a path, in any spelling, is one of those. */
export type Hides = (path: string) => boolean

/** What a checkout is made of that depends on what is hidden: paths, and blobs. */
export type Looking = (
  hides: Hides,
  hidesBlob: (id: string) => boolean,
) => Pick<Checkout, 'file' | 'grep' | 'glob' | 'log' | 'blame' | 'show'>

export interface Hiding {
  looking: Looking
  copies: Copies
}

/** See `Checkout.without`. */
export async function hideFiles(open: Checkout, { looking, copies }: Hiding, globs: string[]): Promise<Checkout> {
  if (globs.length === 0) return open
  const named = hiding(globs)
  const blobs = await copies.of(named)
  const copied = await copies.at(blobs)
  const change = withoutLines(await open.change(), path => named(path) || copied.has(path))
  const moved = new Set(change.files.filter(file => file.private).map(file => plain(file.path)))
  const hides: Hides = path => open.hides(path) || named(path) || moved.has(plain(path))
  return {
    ...open,
    ...looking(hides, id => blobs.has(id)),
    hides,
    async *blobs(paths, limits) {
      yield* paths.filter(hides).map(path => ({ path, because: 'private: kept from models by the settings' }))
      yield* open.blobs(
        paths.filter(path => !hides(path)),
        limits,
      )
    },
    change: async () => change,
    async since(commit) {
      const since = await open.since(commit)
      return since && { ...since, change: withoutLines(since.change, hides) }
    },
    without: further => hideFiles(open, { looking, copies }, [...globs, ...further]),
  }
}

/** One that was moved or copied out of a private place counts, under its new name: else moving it would be the way to show it. */
function withoutLines(change: Change, named: Hides): Change {
  const files = change.files.map(file => {
    if (!named(file.path) && !(file.oldPath !== undefined && named(file.oldPath))) return file
    const { unread: _, ...rest } = file
    return { ...rest, hunks: [], private: true as const }
  })
  return { ...change, files }
}

/** Without regard to case and to how letters are composed: some file systems have none for either. `s`: a line feed in a name is a character like others. */
function hiding(globs: string[]): Hides {
  // The name of a folder is all that is in it.
  const whole = globs.flatMap(glob => [glob, `${glob}/**`]).map(glob => glob.normalize('NFC'))
  const matches = picomatch(whole, { dot: true, nocase: true, flags: 'is' })
  return path => matches(plain(path)) || (path.includes('\\') && matches(plain(path.replaceAll('\\', '/'))))
}

/** `./a//b/../c` is `a/c`; characters that HFS+ does not see are taken out (https://developer.apple.com/library/archive/technotes/tn/tn1150.html#UnicodeSubtleties). */
function plain(path: string): string {
  const parts: string[] = []
  for (const part of path.replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '').split('/')) {
    if (part === '' || part === '.') continue
    if (part === '..') parts.pop()
    else parts.push(part)
  }
  return parts.join('/').normalize('NFC')
}
