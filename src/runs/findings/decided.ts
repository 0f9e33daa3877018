// What people decided about findings, laid over what a review produced: at its end, and whenever they decide later, so that the check of the head says it at once.
import { drawnWithoutCode, drawn as key } from '../../domain/drawn.ts'
import type { Event } from '../../domain/event.ts'
import type { Judged } from '../../domain/finding.ts'
import type { Host } from '../../domain/host.ts'
import type { Routine } from '../../domain/routine.ts'
import type { ReviewRun } from '../../domain/run.ts'
import type { Rooms, StoredFinding } from '../../domain/store.ts'
import { keepInGate } from '../../judge/index.ts'
import { renderCheck } from '../../publish/index.ts'
import { checkedOf, checkName, setCheck, unlessRefused } from '../checks/checks.ts'

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
  ports: DrawPorts,
  run: Pick<ReviewRun, 'id' | 'repository' | 'number'>,
  routine: Routine,
  drawn: Drawn,
  again = false,
): Promise<void> {
  const name = checkName(routine.name)
  const of = { repository: run.repository, runId: run.id, routine: routine.name, head: drawn.run.head }
  await setCheck(ports, of, async () => {
    const stored = await ports.store.findings.ofPull(run.repository.id, run.number)
    const update = renderCheck({ ...drawn, judged: asDecided(drawn.judged, stored), routine, checkName: name })
    // GitHub adds the annotations of an update to those that stand: https://docs.github.com/en/rest/checks/runs#update-a-check-run
    const { annotations: _, ...rest } = update
    return again ? rest : update
  })
}

/** Draws the checks of the pull's newest review anew. False where nothing is kept of one, or it was not drawn yet, so that its own end will tell. */
export async function redrawChecks(
  ports: DrawPorts & { log?: (line: object, sentence: string) => void },
  about: Pick<Event, 'repository' | 'number'>,
): Promise<boolean> {
  const done = new Set<string>()
  for await (const { run, drawn } of drawnOf(ports, about)) {
    for (const routine of checkedOf(run)) {
      const from = drawn[routine.name]
      if (!from || done.has(routine.name)) continue
      done.add(routine.name)
      const draw = () => drawCheck(ports, run, routine, from, true)
      if (!(await unlessRefused(ports.log, { run: run.id }, 'a check could not be drawn anew', draw))) return false
    }
  }
  return done.size > 0
}

/** Whether there is anything to draw the pull's checks from, before that is done. */
export async function canRedraw(
  ports: { store: Pick<Rooms, 'steps' | 'runs'> },
  about: Pick<Event, 'repository' | 'number'>,
): Promise<boolean> {
  for await (const { drawn } of drawnOf(ports, about)) if (Object.keys(drawn).length > 0) return true
  return false
}

/** Of each review of the pull what its checks were drawn from, the newest first. */
async function* drawnOf(
  { store }: { store: Pick<Rooms, 'steps' | 'runs'> },
  { repository, number }: Pick<Event, 'repository' | 'number'>,
) {
  if (number === undefined) return
  const under = (await store.runs.activeAbout(repository.id, number)).filter(run => run.kind === 'review')
  for (const run of [...under.toReversed(), ...(await store.runs.past(repository.id, number, 20))]) {
    const step =
      (await store.steps.list(run.id, key)).at(-1) ?? (await store.steps.list(run.id, drawnWithoutCode)).at(-1)
    if (step) yield { run, drawn: step.value as Record<string, Drawn> }
  }
}
