// What people decided about findings, laid over what a review produced: at its end, and whenever they decide later, so that the check of the head says it at once.
import type { Event } from '../../domain/event.ts'
import type { Judged } from '../../domain/finding.ts'
import type { Host } from '../../domain/host.ts'
import { asProblem, meanings } from '../../domain/problem.ts'
import type { Routine } from '../../domain/routine.ts'
import type { ReviewRun } from '../../domain/run.ts'
import type { Rooms, StoredFinding } from '../../domain/store.ts'
import { keepInGate } from '../../judge/index.ts'
import { renderCheck } from '../../publish/index.ts'
import { checkedOf, checkName, setCheck } from '../checks/checks.ts'

/** Pure. Dismissed ones are suppressed, and those that were shown to be fixed are gone; what may not leave the gate is marked. */
export function asDecided(judged: Judged[], stored: StoredFinding[]): Judged[] {
  const by = new Map(stored.map(one => [one.fingerprint, one]))
  const left = judged.filter(one => !(by.get(one.fingerprint)?.state === 'fixed' && isOpen(one)))
  return keepInGate(
    left.map(one => {
      const known = by.get(one.fingerprint)
      if (known?.state !== 'dismissed' || !isOpen(one)) return one
      const shown = one.security ? 'check' : 'no'
      return { ...one, verdict: { verdict: 'suppressed', because: `Dismissed (${known.stateBecause}).`, shown } }
    }),
    stored,
  )
}

function isOpen({ verdict }: Judged): boolean {
  return ['posted', 'held', 'unverified'].includes(verdict.verdict)
}

/** What one check is drawn from. */
export type Drawn = Omit<Parameters<typeof renderCheck>[0], 'routine' | 'checkName'>

/** The step of a run that holds what each of its checks was drawn from. */
const key = 'drawn'

export interface DrawPorts {
  store: Pick<Rooms, 'steps' | 'findings' | 'effects' | 'runs'>
  host: Pick<Host, 'openCheck' | 'updateCheck'>
  now: () => Date
}

/** Kept before the checks are set: whoever decides from then on finds it, and whoever did before is heard by `drawCheck`. */
export async function keepDrawn(
  { store, now }: Pick<DrawPorts, 'store' | 'now'>,
  run: Pick<ReviewRun, 'id' | 'attempt'>,
  drawn: Record<string, Drawn>,
): Promise<void> {
  await store.steps.append(run.id, run.attempt, key, drawn, now().toISOString())
}

/** Completes one check by what is decided now. */
export async function drawCheck(
  { store, host, now }: DrawPorts,
  run: Pick<ReviewRun, 'id' | 'repository' | 'number'>,
  routine: Routine,
  drawn: Drawn,
  again = false,
): Promise<void> {
  const stored = await store.findings.ofPull(run.repository.id, run.number)
  const name = checkName(routine.name)
  const update = renderCheck({ ...drawn, judged: asDecided(drawn.judged, stored), routine, checkName: name })
  // GitHub adds the annotations of an update to those that stand: https://docs.github.com/en/rest/checks/runs#update-a-check-run
  const { annotations: _, ...rest } = update
  const of = { repository: run.repository, runId: run.id, routine: routine.name, head: drawn.run.head }
  await setCheck({ host, effects: store.effects, now }, of, again ? rest : update)
}

/** Draws the checks of the pull's newest review anew. False where it is too old for that, or was not drawn yet, so that its own end will tell. */
export async function redrawChecks(
  ports: DrawPorts & { log?: (line: object, sentence: string) => void },
  { repository, number }: Pick<Event, 'repository' | 'number'>,
): Promise<boolean> {
  const { store } = ports
  if (number === undefined) return false
  const under = (await store.runs.activeAbout(repository.id, number)).filter(run => run.kind === 'review')
  const done = new Set<string>()
  for (const run of [...under.toReversed(), ...(await store.runs.past(repository.id, number, 20))]) {
    const drawn = (await store.steps.list(run.id, key)).at(-1)?.value as Record<string, Drawn> | undefined
    if (!drawn) continue
    for (const routine of checkedOf(run)) {
      const from = drawn[routine.name]
      if (!from || done.has(routine.name)) continue
      done.add(routine.name)
      try {
        await drawCheck(ports, run, routine, from, true)
      } catch (thrown) {
        const { code, message } = asProblem(thrown)
        if (meanings[code].retry) throw thrown
        ports.log?.({ run: run.id, problem: message }, 'a check could not be drawn anew')
        return false
      }
    }
  }
  return done.size > 0
}
