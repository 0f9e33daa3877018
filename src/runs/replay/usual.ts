// What a run of a routine usually costs: the mean of its last runs in the repository, else half of the most that one of its kind may cost.
import { caps, workCaps } from '../../agents/index.ts'
import type { RiskTier } from '../../domain/change.ts'
import type { Event } from '../../domain/event.ts'
import type { Configuration, Routine } from '../../domain/routine.ts'
import type { Run } from '../../domain/run.ts'
import type { Usual } from './replay.ts'

/** Of a run that several routines share, each has an equal part. */
export function usualOf(runs: Run[], { settings }: Pick<Configuration, 'settings'>): Usual {
  const past = new Map<string, number[]>()
  for (const run of runs.filter(one => one.status === 'ended' && one.usd > 0))
    for (const { routine } of run.routines)
      past.set(routine.name, [...(past.get(routine.name) ?? []), run.usd / run.routines.length])
  return {
    usd(routine, event) {
      const known = past.get(routine.name)
      if (known) return mean(known)
      const most = [routine.budget.usd, settings.budget.run, settings.ceilings?.run].filter(cap => cap !== undefined)
      return Math.min(half(routine, event), ...most)
    },
    basis(routine) {
      const known = past.get(routine.name)
      return known
        ? `$${mean(known).toFixed(mean(known) < 0.1 ? 4 : 2)} a run, ${known.length === 1 ? 'as its last one' : `the mean of its last ${known.length}`}`
        : 'it has not run here yet: half of the most that such a run may cost'
    },
  }
}

const mean = (numbers: number[]) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length

function half(routine: Routine, { pull }: Event): number {
  const most = routine.kind === 'work' ? workCaps[routine.each ? 'sweep' : 'task'] : caps[tierOf(pull)]
  return most.usd / 2
}

/** By size alone: which paths are sensitive is told when a change is read. */
function tierOf(pull: Event['pull']): RiskTier {
  if (pull?.additions === undefined) return 'lite'
  const lines = pull.additions + (pull.deletions ?? 0)
  if (lines <= 10) return 'trivial'
  return lines <= 150 ? 'lite' : 'full'
}
