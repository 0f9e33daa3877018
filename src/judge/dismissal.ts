// How far a dismissal reaches: what was ruled out when it was mild is not ruled out as something grave.
import type { Routine } from '../domain/routine.ts'
import { atLeast, type Severity, severities } from '../domain/severity.ts'
import type { StoredFinding } from '../domain/store.ts'
import type { Known } from './claims.ts'

/**
 * The one limit of a dismissal: whoever ruled out something below high has not ruled out what is high or critical, once it rose by two
 * steps or more. Severities of one claim differ by a step from look to look; of a weakness one step is enough all the same.
 */
export function outgrows(now: Pick<Known, 'severity' | 'security'>, before: StoredFinding): boolean {
  if (before.state !== 'dismissed') return false
  const then = dismissedAs(before)
  const risen = severities.indexOf(then) - severities.indexOf(now.severity)
  return atLeast(now.severity, 'high') && !atLeast(then, 'high') && risen >= (now.security ? 1 : 2)
}

/** How grave it was when it was dismissed, whatever was said of it since: it does not creep up by a step each time. */
export function dismissedAs({ severity, inGate, dismissedAs }: StoredFinding): Severity {
  return inGate?.severity ?? dismissedAs ?? severity
}

/** A weakness that somebody ruled out stays on the checks of the routines that told of it, where everybody can see it. */
export function staysListed(earlier: StoredFinding, routines: Routine[]): boolean {
  const { state, security, elsewhere, verdict } = earlier
  const told = verdict.verdict !== 'merged into' && verdict.verdict !== 'refuted'
  const theirs = earlier.routines.length === 0 || routines.some(({ name }) => earlier.routines.includes(name))
  return state === 'dismissed' && security && elsewhere === undefined && told && theirs
}
