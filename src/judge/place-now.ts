// Where quotes stand at this commit: those of new claims and those of earlier findings alike.
import type { Change } from '../domain/change.ts'
import type { Finding, Placement } from '../domain/finding.ts'
import type { StoredFinding } from '../domain/store.ts'
import type { Checkout } from '../domain/workspace.ts'
import { place, placeAt, placeInTree, plainPath } from './place.ts'
import { readText } from './texts.ts'

export type PlaceNow = (claim: Pick<Finding, 'file' | 'quote' | 'line'>) => Promise<Placement>

export interface Places {
  change: Change
  checkout: Checkout
  /** There is no diff to stand on: quotes are looked for in the files themselves. */
  tree?: boolean
}

/** An earlier finding, and where its quote stands now. */
export interface Before {
  finding: StoredFinding
  placement: Placement
}

/** Reads each file once. */
export function placing({ change, checkout, tree }: Places): PlaceNow {
  const texts = new Map<string, string | undefined>()
  const textOf = async (path: string) => {
    if (!texts.has(path)) texts.set(path, await readText(checkout, path))
    return texts.get(path)
  }
  return async claim => {
    if (claim.line !== undefined) return placeAt({ ...claim, line: claim.line }, change, tree)
    const standing = tree ? placeInTree(claim, await textOf(plainPath(claim.file))) : undefined
    if (standing?.line !== undefined) return standing
    const first = place(claim, change)
    if (first.at === 'line' || first.line !== undefined) return first
    return standing ?? place(claim, change, await textOf(first.path))
  }
}

export async function whereNow(earlier: StoredFinding[], placeNow: PlaceNow): Promise<Before[]> {
  const before: Before[] = []
  // The line that code gave was that of an earlier head.
  for (const finding of earlier) {
    const { file, quote } = finding
    before.push({ finding, placement: await placeNow({ file, quote }) })
  }
  return before
}

/** What was said of removed lines stands while they are removed, and what was said of others while they are not. */
export function standsAs(then: Placement, now: Placement): boolean {
  if (isOld(then) !== isOld(now)) return false
  return now.at !== 'nowhere' || now.line !== undefined
}

function isOld(placement: Placement): boolean {
  return placement.at === 'line' && placement.side === 'LEFT'
}
