// Which changed files belong together: those of a directory with their tests, and next to it what it imports.
import type { ChangedFile } from '../domain/change.ts'

/** Every file once: groups in which a reader needs the one to judge the other, and neighbours that import each other. Pure. */
export function relatedGroups(files: ChangedFile[]): ChangedFile[][] {
  const home = homes(files)
  const groups = Map.groupBy(files, file => home.get(file.path) ?? directoryOf(file.path))
  const names = [...groups.keys()].sort()
  const near = neighbours(files, home)
  const ordered: string[] = []
  const seen = new Set<string>()
  // By a stack, since a chain of imports can be as long as there are directories.
  for (const name of names) {
    const stack = [name]
    while (stack.length > 0) {
      const next = stack.pop()!
      if (seen.has(next)) continue
      seen.add(next)
      ordered.push(next)
      stack.push(
        ...[...(near.get(next) ?? [])]
          .filter(one => !seen.has(one))
          .sort()
          .reverse(),
      )
    }
  }
  return ordered.map(name => groups.get(name)!)
}

/** Whether a path is a test's, and what it is called without saying so: `src/__tests__/price.test.ts` is `price`. */
export function testedName(path: string): string | undefined {
  const base = path.slice(path.lastIndexOf('/') + 1)
  const stem = base.replace(/\.[^.]*$/, '')
  const name = stem
    .replace(/[._-](?:test|tests|spec)$/i, '')
    .replace(/^test[._-]/i, '')
    .replace(/(?:Test|Tests|Spec|IT)$/, '')
  const marked = name !== stem
  const placed = /(?:^|\/)(?:tests?|specs?|__tests__)\//i.test(path)
  return (marked || placed) && name !== '' ? name : undefined
}

/** By path, the directory that a test belongs to: that of the one changed file whose name it has. */
function homes(files: ChangedFile[]): Map<string, string> {
  const byName = new Map<string, string[]>()
  for (const { path } of files) {
    if (testedName(path) !== undefined) continue
    const stem = path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '')
    byName.set(stem, [...(byName.get(stem) ?? []), directoryOf(path)])
  }
  const found = new Map<string, string>()
  for (const { path } of files) {
    const name = testedName(path)
    const where = name === undefined ? [] : (byName.get(name) ?? [])
    const best = closest(directoryOf(path), where)
    if (best !== undefined) found.set(path, best)
  }
  return found
}

/** Of several directories the one that shares most of its names with the test's; none when two share as many. */
function closest(directory: string, candidates: string[]): string | undefined {
  const parts = new Set(directory.split('/').filter(Boolean))
  const scored = candidates.map(one => ({ one, score: one.split('/').filter(part => parts.has(part)).length }))
  scored.sort((a, b) => b.score - a.score)
  const [first, second] = scored
  return first && first.score !== second?.score ? first.one : undefined
}

const importing =
  /(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*['"](\.{1,2}\/[^'"]{1,300})['"]|^\s*from\s+(\.{1,3}[\w.]*)\s+import\b/

/** Directories of which one imports from the other, as far as the lines of the diff tell. */
function neighbours(files: ChangedFile[], home: Map<string, string>): Map<string, Set<string>> {
  const known = new Map<string, string>()
  for (const { path } of files) {
    known.set(path, home.get(path) ?? directoryOf(path))
    known.set(path.replace(/(?:\/index)?\.[^./]*$/, ''), home.get(path) ?? directoryOf(path))
  }
  const near = new Map<string, Set<string>>()
  const join = (a: string, b: string) => near.set(a, (near.get(a) ?? new Set<string>()).add(b))
  for (const file of files) {
    const own = known.get(file.path)!
    for (const line of file.hunks.flatMap(hunk => hunk.lines)) {
      if (line.kind === 'removed' || line.text.length > 1_000) continue
      const [, quoted, dotted] = importing.exec(line.text) ?? []
      const target = quoted ?? (dotted && fromDots(dotted))
      if (!target) continue
      const path = resolved(directoryOf(file.path), target)
      const other = known.get(path) ?? known.get(path.replace(/\.[^./]*$/, ''))
      if (other === undefined || other === own) continue
      join(own, other)
      join(other, own)
    }
  }
  return near
}

/** `..shop.price` of Python as `../shop/price`. */
function fromDots(dotted: string): string {
  const dots = /^\.+/.exec(dotted)?.[0].length ?? 1
  return `${dots === 1 ? './' : '../'.repeat(dots - 1)}${dotted.slice(dots).replaceAll('.', '/')}`
}

function resolved(directory: string, target: string): string {
  const parts = directory.split('/').filter(Boolean)
  for (const part of target.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}

function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1)
}
