// What is worth saying about a routine whose file is right: a date that has passed, a pin that can move, a trigger that starts nothing.
import type { ConfigurationProblem, Routine } from '../domain/routine.ts'
import { unheard } from './contradictions.ts'
import type { Link } from './inherit.ts'
import { isPin } from './pinned.ts'
import { pastTimes } from './schedules/complaints.ts'

/** `today`: "2026-11-21". */
export function notesOn(routine: Routine, link: Link, today: string | undefined): ConfigurationProblem[] {
  const note = (path: PropertyKey[], message: string) => ({ ...link.complain(path, message), note: true as const })
  const { extends: from } = link.front
  const overdue = today === undefined ? undefined : pastReview(routine, today)
  return [
    ...(Object.keys(routine.on).length === 0
      ? [note(['on'], 'is missing, so nothing ever starts it but `watchbill run`; give it a trigger.')]
      : []),
    ...unheard(routine).map(({ path, message }) => note(path, message)),
    ...(overdue ? [note(['review_by'], overdue)] : []),
    ...(today ? pastTimes(routine.on.schedule, today) : []).map(({ path, message }) => note(path, message)),
    ...(from && isPin(from) && !/@[0-9a-f]{40}$/.test(from)
      ? [note(['extends'], 'is pinned to a tag, which can be moved; a full commit id of 40 characters can not.')]
      : []),
  ]
}

/** Why a routine is due to be looked over; undefined while it is not. */
export function pastReview({ review_by, owner }: Routine, today: string): string | undefined {
  if (review_by === undefined || today <= review_by) return undefined
  return `was to be looked over by ${review_by}, and that day has passed${owner ? `; ${owner} looks after it.` : '.'}`
}
