// What a routine's keys say against each other: filters that nothing gets past, gates that never open, a review that nothing can start.
import type { Routine, RoutineFront } from '../domain/routine.ts'
import type { LabelsFilter, TextFilter } from '../domain/triggers.ts'
import { quoted, sameLabel, textFails } from './matching/filters.ts'
import { patternProblem } from './patterns.ts'

interface Complaint {
  path: PropertyKey[]
  message: string
  note?: true
}
type On = NonNullable<RoutineFront['on']>

export function contradictions(front: Partial<RoutineFront>): Complaint[] {
  const on = front.on ?? {}
  return [
    ...Object.entries(on).flatMap(([trigger, filters]) => aboutFilters(['on', trigger], filters)),
    ...aboutPulls(on.pull_request, front.extends !== undefined),
    ...aboutReleases(on.release),
    ...aboutTags(on.push),
    ...aboutReview(front),
    ...aboutCaps(front.runs),
    ...aboutSearches(front),
  ]
}

/** What never comes with a pull; a workflow run or a check suite may belong to one. */
const withoutPull = ['push', 'issues', 'release', 'deployment_status', 'schedule', 'api'] as const

/** Triggers that can start nothing of a routine that reviews pulls, since they come without one. */
export function unheard({ kind, on }: Pick<Routine, 'kind' | 'on'>): { path: PropertyKey[]; message: string }[] {
  if (kind !== 'review') return []
  return withoutPull
    .filter(trigger => on[trigger] !== undefined)
    .map(trigger => ({
      path: ['on', trigger],
      message:
        'starts no review, since it comes without a pull request; say `kind: work`, or give that a routine of its own.',
    }))
}

function aboutFilters(path: PropertyKey[], filters: unknown): Complaint[] {
  if (typeof filters !== 'object' || filters === null || Array.isArray(filters)) return []
  return Object.entries(filters).flatMap(([name, filter]) => {
    if (name === 'labels') return aboutLabels([...path, name], filter)
    return texts.includes(name) ? aboutText([...path, name], filter) : []
  })
}

const texts = ['author', 'title', 'body', 'base', 'head', 'tag', 'app']

/** Where a filter names the values it wants, each can be held against the rest of it. */
function aboutText(path: PropertyKey[], { is, one_of, ...rest }: TextFilter): Complaint[] {
  if (rest.matches !== undefined && patternProblem(rest.matches) !== undefined) return []
  const logins = path.at(-1) === 'author' || path.at(-1) === 'app'
  const wanted = is === undefined ? one_of : [is]
  const others = is === undefined ? rest : { ...rest, ...(one_of ? { one_of } : {}) }
  if (!wanted?.every(value => textFails('', others, value, logins).length > 0)) return []
  return [{ path, message: `lets nothing past: ${quoted(wanted)} and its other operators rule each other out.` }]
}

function aboutLabels(path: PropertyKey[], { any, all, none }: LabelsFilter): Complaint[] {
  const isOut = (label: string) => none?.some(one => sameLabel(one, label)) ?? false
  const both = all?.filter(isOut) ?? []
  const message = (labels: string[]) => `asks for ${quoted(labels)} and rules it out with \`none\`.`
  if (both.length > 0) return [{ path, message: message(both) }]
  return any?.every(isOut) ? [{ path, message: message(any) }] : []
}

/** Of what happens to a pull, what only happens before it is merged. */
const beforeMerging = ['opened', 'reopened', 'ready_for_review', 'synchronize', 'converted_to_draft', 'enqueued']

/** What a routine extends may name other types. */
function aboutPulls(pull: On['pull_request'], extending: boolean): Complaint[] {
  if (!pull || (extending && !pull.types)) return []
  const path = ['on', 'pull_request']
  const { types = ['opened'], merged, draft } = pull
  return [
    ...(merged && types.every(type => beforeMerging.includes(type))
      ? [
          {
            path: [...path, 'merged'],
            message: 'is true of no pull request that was only just opened or pushed to; add `types: [closed]`.',
          },
        ]
      : []),
    ...(draft === false && types.every(type => type === 'converted_to_draft')
      ? [
          {
            path: [...path, 'draft'],
            message: 'rules out drafts, and `converted_to_draft` is about nothing else; leave it out.',
          },
        ]
      : []),
  ]
}

function aboutReleases(release: On['release']): Complaint[] {
  const only = { true: 'released', false: 'prereleased' }[String(release?.prerelease)]
  if (!only || !release?.types?.every(type => type === only)) return []
  return [{ path: ['on', 'release', 'prerelease'], message: `rules out all that \`${only}\` is about; leave it out.` }]
}

function aboutTags(push: On['push']): Complaint[] {
  if (!push?.tags || push.branches || !push.paths) return []
  return [
    { path: ['on', 'push', 'paths'], message: 'is asked of branches alone, and only `tags` are given.', note: true },
  ]
}

/** What it extends may bring another trigger. */
function aboutReview({ kind, on, extends: from }: Partial<RoutineFront>): Complaint[] {
  if (kind !== 'review' || from !== undefined || !on) return []
  const label = typeof on.label === 'object' && on.label.on?.every(one => one === 'issue')
  const deaf = (name: string) =>
    name === 'merge_group' || (name === 'label' && label) || withoutPull.some(one => one === name)
  if (Object.keys(on).length === 0 || !Object.keys(on).every(deaf)) return []
  return [
    {
      path: ['kind'],
      message:
        'is review, and nothing under `on` comes with a pull request; say `kind: work`, or answer pull requests, a label or a comment.',
    },
  ]
}

function aboutCaps(runs: RoutineFront['runs']): Complaint[] {
  if (runs?.day === undefined || runs.month === undefined || runs.day <= runs.month) return []
  return [{ path: ['runs'], message: `lets ${runs.day} run in a \`day\`, and only ${runs.month} in a \`month\`.` }]
}

function aboutSearches({ skip_if: skip, only_if: only }: Partial<RoutineFront>): Complaint[] {
  if (!skip || !only || skip.search !== only.search || only.at_least < skip.at_least) return []
  return [
    { path: ['only_if'], message: `never lets it run: \`skip_if\` holds back all that this search lets through.` },
  ]
}
