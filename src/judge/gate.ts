// What stays in the gate from review to review: it leaves by a fix, or by a dismissal of somebody who may, and by nothing that a later look says less of.
import type { Judged, Verification } from '../domain/finding.ts'
import type { Routine } from '../domain/routine.ts'
import { atLeast } from '../domain/severity.ts'
import type { StoredFinding } from '../domain/store.ts'
import type { Checkout } from '../domain/workspace.ts'
import { plainPath } from './place.ts'
import { readText } from './texts.ts'

type InGate = NonNullable<Judged['inGate']>

/** How grave it was when it was verified, and why it still counts; undefined for what no gate was ever shut by, or is shut by any more. */
export function stillInGate(earlier: StoredFinding): InGate | undefined {
  const { state, stateBecause, outOfGate, head } = earlier
  if (state === 'fixed' || state === 'posted elsewhere' || (state === 'dismissed' && outOfGate)) return undefined
  const severity = earlier.inGate?.severity ?? (countedOnce(earlier) ? earlier.severity : undefined)
  if (severity === undefined) return undefined
  return {
    severity,
    because:
      state === 'dismissed'
        ? `${sentence(stateBecause)} It is not said again, and stays in the gate until it is fixed, or dismissed by somebody with maintain permission who neither opened this pull request nor pushed to it.`
        : `Verified at ${head.slice(0, 7)} as ${severity}, and since then neither fixed nor dismissed.`,
  }
}

/** Of what is dismissed nobody is asked again for nothing. */
export function shutsSomeGate(earlier: StoredFinding, routines: Routine[]): boolean {
  const inGate = stillInGate(earlier)
  return (
    inGate !== undefined &&
    routines.some(
      ({ name, severity: { gate } }) =>
        gate !== 'none' &&
        atLeast(inGate.severity, gate) &&
        (earlier.routines.length === 0 || earlier.routines.includes(name)),
    )
  )
}

function countedOnce({ verification, verdict, origin }: StoredFinding): boolean {
  const stood = verdict.verdict === 'posted' || verdict.verdict === 'held'
  return verification.state === 'valid' && stood && origin === 'introduced'
}

function sentence(because: string): string {
  const words = because.trim()
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`
}

/** Pure. A finding that comes again milder, unsettled or dismissed shuts the gate as it did; one that was refuted does not. */
export function keepInGate(judged: Judged[], earlier: StoredFinding[]): Judged[] {
  const before = new Map(earlier.map(one => [one.fingerprint, one]))
  return judged.map(finding => {
    const { inGate: _, ...now } = finding
    const known = before.get(finding.fingerprint)
    const inGate = known && finding.verdict.verdict !== 'refuted' ? stillInGate(known) : undefined
    return inGate && !countsByItself(finding, inGate) ? { ...now, inGate } : now
  })
}

function countsByItself({ verification, verdict, origin, severity }: Judged, inGate: InGate): boolean {
  const stands = verdict.verdict === 'posted' || verdict.verdict === 'held'
  return verification.state === 'valid' && stands && origin === 'introduced' && atLeast(severity, inGate.severity)
}

/** That a finding is over is believed on code that stands at the head alone, whatever it is about and however mild: words cost an author nothing. */
export async function mayWithdraw(cited: Verification['cited'], checkout: Checkout): Promise<boolean> {
  return (await citedAtHead(checkout, cited)).length > 0
}

/** A verdict may also cite what stood before the change. */
export async function citedAtHead(checkout: Checkout, cited: Verification['cited']): Promise<Verification['cited']> {
  const standing: Verification['cited'] = []
  for (const one of cited) {
    const wanted = one.text.replace(/\s+/g, '')
    const file = await readText(checkout, plainPath(one.path))
    if (wanted !== '' && file?.replace(/\s+/g, '').includes(wanted)) standing.push(one)
  }
  return standing
}
