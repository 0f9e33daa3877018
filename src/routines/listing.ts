// The routines of a configuration as people are told of them: what each is for, what starts it, where it comes from, and whether it is on.
import type { Configuration, Routine } from '../domain/routine.ts'
import { automaticUpTo } from './admit.ts'
import { sayTriggers } from './say-triggers.ts'

export interface ListedRoutine {
  name: string
  description: string
  kind: Routine['kind']
  /** A phrase each; of one on standby, what would start it once it is enabled. */
  triggers: string[]
  /** "built-in", "organisation", or the file. */
  from: string
  state: 'on' | 'standby' | 'off'
  /** One sentence. */
  because: string
}

/** By name. `installationSize` where it is known: on a large installation reviews wait to be asked for. */
export function listRoutines(
  { routines, settings }: Pick<Configuration, 'routines' | 'settings'>,
  installationSize?: number,
): ListedRoutine[] {
  const large = installationSize !== undefined && installationSize > automaticUpTo
  const asked = settings.automatic === false || (settings.automatic === undefined && large)
  return routines
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(routine => ({
      name: routine.name,
      description: routine.description,
      kind: routine.kind,
      triggers: routine.broken
        ? ['what its file says, once that is mended']
        : sayTriggers(routine.standby ?? routine.on),
      from: fromOf(routine),
      ...stateOf(routine, asked),
    }))
}

function fromOf({ source, path, required }: Routine): string {
  if (source === 'built-in') return 'built-in'
  if (source === 'repository') return path
  return `the organisation's ${path.replace(/^organisation:/, '')}${required ? ', required' : ''}`
}

function stateOf(routine: Routine, asked: boolean): Pick<ListedRoutine, 'state' | 'because'> {
  if (routine.off !== undefined) return { state: 'off', because: routine.off }
  if (routine.standby)
    return {
      state: 'standby',
      because: 'It answers only when it is named, until `enable` in .github/watchbill.yml lists it.',
    }
  if (Object.keys(routine.on).length === 0) return { state: 'on', because: 'It answers only when it is named.' }
  if (asked && routine.kind === 'review' && routine.on.pull_request && !routine.required)
    return {
      state: 'on',
      because:
        'Pull requests do not start it by themselves: ask for it, or say `automatic: true` in .github/watchbill.yml.',
    }
  return { state: 'on', because: 'It answers by itself.' }
}
