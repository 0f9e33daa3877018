// Routines that nobody looks after any more: past the day by which a person was to look, or with an owner who is gone.
import type { Repository } from '../../domain/event.ts'
import type { Host } from '../../domain/host.ts'
import { asProblem } from '../../domain/problem.ts'
import type { Routine } from '../../domain/routine.ts'
import { pastReview } from '../../routines/index.ts'

export interface Stale {
  routine: string
  /** A sentence. */
  because: string
  /** False: it could not be found out, for a permission that the App was not granted. */
  certain: boolean
}

/** Asks GitHub about owners, once an hour for each. Problems of GitHub are no news about a routine: they are told as uncertain. */
export async function staleRoutines(
  ports: { host: Pick<Host, 'ownerStands'>; now: () => Date },
  repository: Repository,
  routines: Routine[],
): Promise<Stale[]> {
  const today = ports.now().toISOString().slice(0, 10)
  const found = await Promise.all(
    routines.map(async (routine): Promise<Stale[]> => {
      const { name } = routine
      const overdue = pastReview(routine, today)
      const about: Stale[] = overdue ? [{ routine: name, because: `\`${name}\` ${overdue}`, certain: true }] : []
      const owner = await ownerOf(ports.host, repository, routine)
      return owner ? [...about, owner] : about
    }),
  )
  return found.flat()
}

/** What the check of a routine says about it: one line, or none. */
export async function staleLine(
  ports: { host: Pick<Host, 'ownerStands'>; now: () => Date },
  repository: Repository,
  routine: Routine,
): Promise<string[]> {
  if (routine.owner === undefined && routine.review_by === undefined) return []
  const stale = await staleRoutines(ports, repository, [routine])
  return stale.length > 0 ? [stale.map(({ because }) => because).join(' ')] : []
}

async function ownerOf(
  host: Pick<Host, 'ownerStands'>,
  repository: Repository,
  { name, owner }: Routine,
): Promise<Stale | undefined> {
  if (owner === undefined) return undefined
  try {
    const { stands, because } = await host.ownerStands(repository, owner)
    if (stands) return undefined
    return stands === false
      ? { routine: name, because: `\`${name}\` has nobody who looks after it: ${because}.`, certain: true }
      : { routine: name, because: `\`${name}\` is looked after by ${owner}: ${because}.`, certain: false }
  } catch (thrown) {
    const because = `\`${name}\` is looked after by ${owner}, and whether they are still there could not be asked: ${asProblem(thrown).message}`
    return { routine: name, because, certain: false }
  }
}
