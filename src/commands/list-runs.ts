// A run as `watchbill runs` lists it: without the texts of its routines, which are whole files.
import type { Routine } from '../domain/routine.ts'
import type { Run } from '../domain/run.ts'

type Brief<One> = One extends Run
  ? Omit<One, 'routines'> & {
      routines: {
        routine: Pick<Routine, 'name' | 'description' | 'source' | 'path' | 'commit'>
        occurrenceId: string
      }[]
    }
  : never
export type ListedRun = Brief<Run>

export function listed(run: Run): ListedRun {
  const routines = run.routines.map(({ routine: { name, description, source, path, commit }, occurrenceId }) => {
    return { routine: { name, description, source, path, ...(commit !== undefined && { commit }) }, occurrenceId }
  })
  return { ...run, routines }
}
