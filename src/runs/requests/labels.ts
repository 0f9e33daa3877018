// A label that starts something is used up by it: taken off when a run was requested, unless a routine that answers says `keep`.
import type { Event, Occurrence } from '../../domain/event.ts'
import type { Host } from '../../domain/host.ts'
import { asProblem } from '../../domain/problem.ts'
import type { Routine } from '../../domain/routine.ts'
import type { Store } from '../../domain/store.ts'
import { numberOf } from './subject.ts'

export interface LabelPorts {
  store: Store
  host: Pick<Host, 'removeLabel'>
  log: (line: object, sentence: string) => void
}

/** Safe to repeat. Where GitHub does not let it be taken off, the occurrences of those that it started say so. */
export async function takeLabelOff(
  ports: LabelPorts,
  { event, routines }: { event: Event; routines: Routine[] },
  occurrences: Occurrence[],
): Promise<void> {
  const { label } = event
  const number = numberOf(event)
  if (event.kind !== 'label' || label === undefined || number === undefined) return
  const started = occurrences.filter(({ verdict }) => verdict !== 'skipped' && verdict !== 'refused')
  const answering = routines.filter(
    routine =>
      labelOf(routine)?.toLowerCase() === label.toLowerCase() && started.some(one => one.routine === routine.name),
  )
  if (answering.length === 0 || answering.some(keeps)) return
  try {
    await ports.host.removeLabel(event.repository, number, label, event.issue ? 'issue' : 'pull')
  } catch (thrown) {
    const { message } = asProblem(thrown)
    ports.log({ event: event.id, problem: message }, 'the label could not be taken off')
    const sentence = ` The label "${label}" could not be taken off: ${message}`
    for (const { id, because } of started)
      if (!because.includes(sentence)) await ports.store.occurrences.update(id, { because: because + sentence })
  }
}

function labelOf({ on }: Routine): string | undefined {
  return typeof on.label === 'string' ? on.label : on.label?.name
}

function keeps({ on, can }: Routine): boolean {
  return !can.includes('label') || (typeof on.label === 'object' && on.label.keep)
}
