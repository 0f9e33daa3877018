// Files that nobody may be shown: by their paths, however these are written, and by where the change moved them from.
import picomatch from 'picomatch'
import type { Change } from '../domain/change.ts'
import type { Checkout } from '../domain/workspace.ts'

/** Whether a path, in any spelling, is one of those. */
export type Hides = (path: string) => boolean

/** What a checkout is made of that depends on what is hidden. */
export type Looking = (hides: Hides) => Pick<Checkout, 'file' | 'grep' | 'glob' | 'log' | 'blame' | 'show'>

/** See `Checkout.without`. */
export async function hideFiles(open: Checkout, looking: Looking, globs: string[]): Promise<Checkout> {
  if (globs.length === 0) return open
  const named = hiding(globs)
  const change = withoutLines(await open.change(), named)
  const moved = new Set(change.files.filter(file => file.private).map(file => plain(file.path)))
  const hides: Hides = path => open.hides(path) || named(path) || moved.has(plain(path))
  return {
    ...open,
    ...looking(hides),
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
    without: further => hideFiles(open, looking, [...globs, ...further]),
  }
}

/** One that was moved out of a private place counts, under its new name: else moving it would be the way to show it. */
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
  const matchers = globs.map(glob => picomatch(glob.normalize('NFC'), { dot: true, nocase: true, flags: 'is' }))
  return path => [plain(path), plain(path.replaceAll('\\', '/'))].some(one => matchers.some(matches => matches(one)))
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
