// How bad a finding is if it is true, in the one order used everywhere.

export const severities = ['critical', 'high', 'medium', 'low', 'nit'] as const
export type Severity = (typeof severities)[number]

/** True when `one` is as bad as `floor` or worse. */
export function atLeast(one: Severity, floor: Severity): boolean {
  return severities.indexOf(one) <= severities.indexOf(floor)
}

/** For sorting: the worse first. */
export function bySeverity(a: { severity: Severity }, b: { severity: Severity }): number {
  return severities.indexOf(a.severity) - severities.indexOf(b.severity)
}
