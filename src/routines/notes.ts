// What is worth saying about a routine whose file is right: a date that has passed, a pin that can move, a trigger that starts nothing.
import type { ConfigurationProblem, Routine } from '../domain/routine.ts'
import { unheard } from './contradictions.ts'
import type { Link } from './inherit.ts'
import { isPin } from './pinned.ts'
import { dropsText, notesOnText } from './placeholders.ts'
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
    ...ignored(routine, link).map(({ path, message }) => note(path, message)),
    ...(dropsText(routine) && link.front.on?.api
      ? [
          note(
            ['on', 'api'],
            'lets a text come along that reaches nobody: the instructions do not refer to it with `{{text}}`.',
          ),
        ]
      : []),
    ...notesOnText(routine, link.file),
    ...staying(routine, link).map(({ path, message }) => note(path, message)),
    ...unheard(routine).map(({ path, message }) => note(path, message)),
    ...(overdue ? [note(['review_by'], overdue)] : []),
    ...(today ? pastTimes(routine.on.schedule, today) : []).map(({ path, message }) => note(path, message)),
    ...(from && isPin(from) && !/@[0-9a-f]{40}$/.test(from)
      ? [note(['extends'], 'is pinned to a tag, which can be moved; a full commit id of 40 characters can not.')]
      : []),
  ]
}

/** A label that is to be used up by what it starts, and that the routine may not take off. */
function staying({ on, can }: Routine, { front }: Link): { path: PropertyKey[]; message: string }[] {
  const kept = on.label === undefined || (typeof on.label === 'object' && on.label.keep)
  if (kept || can.includes('label') || !(front.on?.label || front.can)) return []
  const message =
    'stays where it was set, since `can` has no `label`: it has to be taken off by hand to ask again. Add it to `can`, or say `keep: true`.'
  return [front.on?.label ? { path: ['on', 'label'], message } : { path: ['can'], message: `the label ${message}` }]
}

const ofReviews = 'and is ignored, since a task posts nothing on lines; its findings stand on its check.'
const ofTasks = 'and is ignored, since this is a review; say `kind: work`, or leave it out.'

/** What the file itself says and its kind has no use for. */
function ignored({ kind, severity }: Routine, { front }: Link): { path: PropertyKey[]; message: string }[] {
  if (kind === 'review')
    return [
      ...(['each', 'reads'] as const)
        .filter(key => front[key] !== undefined)
        .map(key => ({ path: [key], message: `is for tasks, ${ofTasks}` })),
      ...(front.incomplete === 'fail' && severity.gate === 'none'
        ? [{ path: ['incomplete'], message: '`fail` changes nothing without a gate; say `severity: { gate: high }`.' }]
        : []),
    ]
  return [
    ...(front.incomplete ? [{ path: ['incomplete'], message: `is for reviews, ${ofReviews}` }] : []),
    ...(front.severity?.inline ? [{ path: ['severity', 'inline'], message: `is for reviews, ${ofReviews}` }] : []),
    ...(front.can?.includes('review')
      ? [{ path: ['can', front.can.indexOf('review')], message: `\`review\` is for reviews, ${ofReviews}` }]
      : []),
  ]
}

/** Why a routine is due to be looked over; undefined while it is not. */
export function pastReview({ review_by, owner }: Routine, today: string): string | undefined {
  if (review_by === undefined || today <= review_by) return undefined
  return `was to be looked over by ${review_by}, and that day has passed${owner ? `; ${owner} looks after it.` : '.'}`
}

/** Most of what is said of a routine goes by these. */
const weighty = ['on', 'kind', 'extends', 'can', 'standby', 'each']

/** Of a file with problems: without the notes that might only be about what those took out of it. */
export function reliable(notes: ConfigurationProblem[], wrong: ConfigurationProblem[]): ConfigurationProblem[] {
  const keys = wrong
    .filter(({ note, path }) => !note || path === 'extends')
    .flatMap(({ path, suggestion }) => [path, suggestion].flatMap(key => topOf(key) ?? []))
  if (keys.some(key => weighty.includes(key))) return []
  return notes.filter(({ path }) => !keys.includes(topOf(path) ?? ''))
}

function topOf(path: string | undefined): string | undefined {
  return path === undefined ? undefined : /^[^.[]*/.exec(path)?.[0]
}
