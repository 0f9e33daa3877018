// Which findings of earlier reviews of a pull are mended at this head, those that have no comment of their own included.
import type { Judged } from '../domain/finding.ts'
import type { Mended } from '../domain/plan.ts'
import type { StoredFinding } from '../domain/store.ts'
import { stillQuoted } from '../judge/index.ts'
import { sinceLastTime } from './known.ts'

/** What people saw as open: a comment, an item of a review's text, or an annotation. */
const seen: Judged['verdict']['verdict'][] = ['posted', 'held', 'unverified']

export async function findMended(
  earlier: StoredFinding[],
  judged: Judged[],
  places: Parameters<typeof stillQuoted>[1],
): Promise<Mended[]> {
  const standing = await stillQuoted(earlier, places)
  const { gone } = sinceLastTime(judged, earlier, places.checkout.head, one => standing.has(one.fingerprint), seen)
  return gone.map(({ finding, because }) => ({ fingerprint: finding.fingerprint, because }))
}
