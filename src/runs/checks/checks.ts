// A routine's check run on GitHub over the life of a run: opened at dispatch, moved along, completed at every end.
import type { Repository } from '../../domain/event.ts'
import type { CheckUpdate, Host } from '../../domain/host.ts'
import { asProblem, meanings } from '../../domain/problem.ts'
import type { Routine } from '../../domain/routine.ts'
import type { Run } from '../../domain/run.ts'
import type { Rooms } from '../../domain/store.ts'

/** What the check is called on the pull request; required checks are named so. */
export function checkName(routine: string): string {
  return `Watchbill / ${routine}`
}

/** Those of a run that may have a check at all. */
export function checkedOf(run: Pick<Run, 'routines'>): Routine[] {
  return run.routines.map(part => part.routine).filter(routine => routine.can.includes('check'))
}

export interface CheckPorts {
  host: Pick<Host, 'openCheck' | 'updateCheck'>
  store: Pick<Rooms, 'effects'>
  now: () => Date
}

export interface CheckOf {
  repository: Repository
  runId: string
  routine: string
  head: string
}

/**
 * Makes the check of this run and routine on this head say what is wanted, creating it where it is not yet. What depends on what others may
 * change meanwhile comes as a function, which is asked once it is the check's turn: of two, the later one knows what the earlier one knew.
 * Safe to repeat: the check's id is kept as the receipt of an effect, and GitHub is asked by external id when an earlier attempt left no receipt.
 */
export function setCheck(
  ports: CheckPorts,
  of: CheckOf,
  wanted: CheckUpdate | (() => Promise<CheckUpdate>),
): Promise<number> {
  return inLine(ports, of, async ({ id, create }) => {
    const update = typeof wanted === 'function' ? await wanted() : wanted
    if (id === undefined) return create(update)
    await ports.host.updateCheck(of.repository, id, update)
    return id
  })
}

/** As `setCheck` of one that is open, unless `still` says otherwise once it is its turn: what was completed meanwhile stays completed. */
export function moveCheck(
  ports: CheckPorts,
  of: CheckOf,
  update: CheckUpdate,
  still: () => Promise<boolean>,
): Promise<void> {
  return inLine(ports, of, async ({ id, create }) => {
    if (await still()) await (id === undefined ? create(update) : ports.host.updateCheck(of.repository, id, update))
  })
}

/** As `setCheck`, but one that stands is left as it is: by the time it is opened, its run may have moved it along or be over. */
export function openCheck(ports: CheckPorts, of: CheckOf, update: CheckUpdate): Promise<number> {
  return inLine(ports, of, async ({ id, create }) => id ?? create(update))
}

/** What GitHub does not take (the commit or the check is gone, a permission was taken back) is said in the log and keeps nobody. Whether it took it. */
export async function unlessRefused(
  log: ((line: object, sentence: string) => void) | undefined,
  about: object,
  sentence: string,
  work: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await work()
    return true
  } catch (thrown) {
    const { code, message } = asProblem(thrown)
    if (meanings[code].retry) throw thrown
    log?.({ ...about, problem: message }, sentence)
    return false
  }
}

interface Standing {
  /** Undefined where none is known to stand. */
  id: number | undefined
  create(update: CheckUpdate): Promise<number>
}

/** Dispatch and run may be at the same check at the same time, also in two processes; two that find none would both make one. */
function inLine<T>(
  { host, store: { effects }, now }: CheckPorts,
  { repository, runId, routine, head }: CheckOf,
  work: (standing: Standing) => Promise<T>,
): Promise<T> {
  // With the repository's number: copies of it share commits, and what is said of a pull request without a run is known by its number.
  const key = `check:${repository.id}:${runId}:${routine}:${head}`
  return effects.alone(key, async () => {
    const intent = { routine, head }
    const { first, receipt } = await effects.intend({ key, runId, kind: 'check', intent, at: now().toISOString() })
    return work({
      id: (receipt as { id: number } | undefined)?.id,
      async create(update) {
        const id = await host.openCheck(repository, { ...update, head, externalId: runId, first })
        await effects.done(key, { id }, now().toISOString())
        return id
      },
    })
  })
}
