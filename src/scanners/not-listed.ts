// What a tool found beyond what it may list: no file of such places goes unnamed.
import type { Left } from '../domain/evidence.ts'
import type { Finding } from '../domain/finding.ts'

/** One sentence for each file that has places among `cut`. */
export function notListed(cut: Pick<Finding, 'file'>[]): Left[] {
  return [...Map.groupBy(cut, one => one.file)].map(([path, places]) => ({
    path,
    found: true,
    because: `${places.length === 1 ? '1 more place was' : `${places.length} more places were`} found in it than are listed, so nobody judged them.`,
  }))
}
