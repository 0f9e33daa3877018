// Where the file of an earlier finding went: by a rename that git saw, else by the lines themselves, which now stand in another changed file.
import type { Change, Since } from '../domain/change.ts'
import type { StoredFinding } from '../domain/store.ts'
import type { Checkout } from '../domain/workspace.ts'
import { place } from './place.ts'
import { readText } from './texts.ts'

interface Looking {
  change: Change
  since?: Since | undefined
  checkout: Checkout
}

/** Characters other than whitespace below which lines stand in many files, and below which in nearly all. */
const tellingAtLeast = { anywhere: 16, inNew: 6 }

/** Its own path where it did not go, or nobody can tell. Only what is gone from its path is looked for elsewhere. */
export async function whereFileWent(finding: StoredFinding, looking: Looking): Promise<string> {
  const { change, since, checkout } = looking
  const { placement, quote } = finding
  const { path } = placement
  const renamed = since?.change.files.find(file => file.oldPath === path && file.status === 'renamed')?.path
  if (renamed !== undefined) return renamed
  const there = change.files.find(file => file.path === path) ?? change.files.find(file => file.oldPath === path)
  if ((there && there.status !== 'deleted') || (placement.at === 'line' && placement.side === 'LEFT')) return path
  const { length } = quote.replace(/\s+/g, '')
  if (length < tellingAtLeast.inNew || checkout.hides(path)) return path
  if (there === undefined && (await readText(checkout, path)) !== undefined) return path
  for (const file of change.files.toSorted((a, b) => Number(isNamed(b.path)) - Number(isNamed(a.path)))) {
    if (file.status === 'deleted' || file.hunks.length === 0) continue
    if (length < tellingAtLeast.anywhere && file.status !== 'added') continue
    const now = place({ file: file.path, quote }, change)
    if (now.at === 'line' && now.side === 'RIGHT' && now.how !== 'substring') return file.path
  }
  return path

  function isNamed(other: string): boolean {
    return other.endsWith(path.slice(path.lastIndexOf('/')))
  }
}

/** The same findings, each under the path that its file has now. */
export async function followFiles(earlier: StoredFinding[], looking: Looking): Promise<StoredFinding[]> {
  const followed: StoredFinding[] = []
  for (const one of earlier) {
    const path = await whereFileWent(one, looking)
    const moved = path !== one.placement.path
    followed.push(moved ? { ...one, file: path, placement: { ...one.placement, path } } : one)
  }
  return followed
}
