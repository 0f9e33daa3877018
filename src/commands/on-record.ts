// What a review by hand knows of earlier ones: what this installation has on record of the pull, and what its own words on the pull tell.
import type { Repository } from '../domain/event.ts'
import type { Judged } from '../domain/finding.ts'
import type { Standing } from '../domain/host.ts'
import { asProblem } from '../domain/problem.ts'
import type { StoredFinding } from '../domain/store.ts'
import { readBack } from '../publish/index.ts'
import type { Settings } from '../settings.ts'
import { ask, isStoreThere } from './reach.ts'

interface OnRecord {
  earlier: StoredFinding[]
  /** Without what stands there already though we did not post it: the app did, for who reviews with a token of their own. */
  unsaid: (judged: Judged[]) => Judged[]
}

/** A database that can not be read is told of, and no reason to look at nothing. */
export async function readOnRecord(
  settings: Settings,
  { owner, name, id }: Pick<Repository, 'owner' | 'name' | 'id'>,
  number: number,
  standing: Standing,
  progress: (sentence: string) => void,
): Promise<OnRecord> {
  const stored = isStoreThere(settings)
    ? await ask(settings, 'findings-of-pull', { owner, name, number }).catch(thrown => {
        progress(`What this installation found before is not known: ${asProblem(thrown).message}`)
        return []
      })
    : []
  const known = new Set(stored.flatMap(one => [one.fingerprint, one.fingerprint.slice(0, 16)]))
  const read = readBack(standing, { repositoryId: id, number }).filter(one => !known.has(one.fingerprint))
  const ours = new Set(standing.comments.map(comment => comment.key))
  const said = new Set(
    stored.flatMap(one =>
      one.state === 'open' && one.where !== undefined && !ours.has(one.fingerprint) ? [one.fingerprint] : [],
    ),
  )
  return { earlier: [...stored, ...read], unsaid: judged => judged.filter(one => !said.has(one.fingerprint)) }
}
