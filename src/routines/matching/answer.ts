// What a trigger says of an event: yes with what happened, or no with everything that failed.
import type { Match } from '../../domain/routine.ts'

export const yes = (because: string): Match => ({ matched: true, because })
export const no = (because: string): Match => ({ matched: false, because })

/** All sentences of what failed, or, where nothing did, what happened. */
export function unless(failed: string[], happened: string): Match {
  return failed.length > 0 ? no(failed.join(' ')) : yes(happened)
}
