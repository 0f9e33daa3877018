// A labelled pull request: what is known to be wrong in it, and what people said that is not.
import { createHash } from 'node:crypto'
import type { Severity } from '../domain/severity.ts'

/** One labelled comment. Lines count from 1, at head on the RIGHT side and at the merge base on the LEFT one. */
export interface Labelled {
  /** Within its item: "known-1", "rejected-2". */
  id: string
  path: string
  side: 'LEFT' | 'RIGHT'
  from: number
  to: number
  severity?: Severity
  /** In lower case. */
  category?: string
  text: string
}

export interface EvalItem {
  /** Unique in the set: "owner/name#12", or as the file says. */
  id: string
  /** An https address, or a directory relative to the data set's own. */
  repository: string
  pull?: number
  /** Full names of commits; the change is what came since the two parted. */
  base: string
  head: string
  known: Labelled[]
  rejected: Labelled[]
  /** Of everything above: two items with the same digest ask the same. */
  digest: string
}

export interface DataSet {
  name: string
  format: 'aacr-bench' | 'watchbill'
  /** Of all items in their order; how the file is written and where it lies do not count. */
  digest: string
  items: EvalItem[]
  /** What was read otherwise than it was written, in sentences. */
  notes: string[]
}

export function itemOf(item: Omit<EvalItem, 'digest'>): EvalItem {
  return { ...item, digest: digestOf(item) }
}

export function dataSetOf(set: Omit<DataSet, 'digest'>): DataSet {
  return { ...set, digest: digestOf(set.items.map(item => item.digest)) }
}

export function isSecurity({ category }: Pick<Labelled, 'category'>): boolean {
  return category !== undefined && /\bsecurity\b/.test(category)
}

/** Hex, 16 characters; the order of keys does not count. */
function digestOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex')
    .slice(0, 16)
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([, one]) => one !== undefined)
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, one]) => [key, sorted(one)]))
}
