// What a schema can not say about a configuration: expressions that compile, globs that can match, nothing given twice.
import type { Agent, RepositorySettings, RoutineFront } from '../domain/routine.ts'
import type { TextFilter } from '../domain/triggers.ts'
import { contradictions } from './contradictions.ts'
import { globProblem } from './globs.ts'
import { patternProblem } from './patterns.ts'
import { complaintsAboutSchedule } from './schedules/complaints.ts'

interface Complaint {
  path: PropertyKey[]
  message: string
  note?: true
}

export function complaintsAboutRoutine(front: Partial<RoutineFront>, leastInterval?: number): Complaint[] {
  return [
    ...complaintsAboutTriggers(front.on ?? {}),
    ...(['skip_if', 'only_if'] as const).flatMap(key => search(front[key]?.search, [key, 'search'])),
    ...twice(front.repositories, ['repositories']),
    ...twice(front.reads, ['reads']),
    ...Object.keys(front.paths ?? {}).flatMap(glob => folder(glob, front.paths?.[glob], ['paths', glob])),
    ...day(front.review_by, ['review_by']),
    ...twice(
      front.agents?.map(agent => (typeof agent === 'string' ? agent : agent.name)),
      ['agents'],
    ),
    ...(front.agents ?? []).flatMap((agent, index) =>
      agentGlobs(typeof agent === 'string' ? undefined : agent.paths, ['agents', index, 'paths']),
    ),
    ...twice(front.can, ['can']),
    ...contradictions(front),
    ...pointlessIntent(front),
    ...complaintsAboutSchedule(front.on?.schedule, leastInterval),
  ]
}

function pointlessIntent({ intent, kind, extends: parent }: Partial<RoutineFront>): Complaint[] {
  if (!intent) return []
  const path = ['intent']
  if (kind === 'work')
    return [
      { path, message: 'is for reviews; a task has no pull request whose words it could hold against the change.' },
    ]
  if (parent === 'security-review')
    return [{ path, message: 'is not for security reviews: they never see what a pull request says of itself.' }]
  return []
}

/** Filters of the same name are of the same kind in every trigger. */
const texts = ['author', 'title', 'body', 'base', 'head', 'tag', 'app']
const globLists = ['branches', 'tags', 'paths', 'environments']
const lists = ['types', 'conclusions', 'states', 'workflows', 'on']

function complaintsAboutTriggers(on: Partial<RoutineFront['on']> & object): Complaint[] {
  return Object.entries(on).flatMap(([trigger, value]) => {
    if (typeof value !== 'object' || Array.isArray(value) || trigger === 'schedule') return []
    return Object.entries(value).flatMap(([key, filter]) => {
      const path = ['on', trigger, key]
      if (texts.includes(key)) return expression((filter as TextFilter | undefined)?.matches, [...path, 'matches'])
      if (globLists.includes(key)) return globs(filter as string[] | undefined, path)
      if (lists.includes(key)) return twice(filter as string[] | undefined, path)
      return key === 'size' ? range(filter as SizeFilter | undefined, path) : []
    })
  })
}

type SizeFilter = { min?: number; max?: number }

function range(size: SizeFilter | undefined, path: PropertyKey[]): Complaint[] {
  if (size?.min === undefined || size.max === undefined || size.min <= size.max) return []
  return [{ path, message: `has a \`min\` of ${size.min} above its \`max\` of ${size.max}.` }]
}

/** Two repositories in one search would both be looked through. */
function search(text: string | undefined, path: PropertyKey[]): Complaint[] {
  const [, qualifier] = /(?:^|\s)-?(repo|org|user):/i.exec(text ?? '') ?? []
  if (!qualifier) return []
  return [{ path, message: `names a place itself; leave \`${qualifier}:\` out, since the repository is added.` }]
}

function folder(glob: string, part: object | undefined, path: PropertyKey[]): Complaint[] {
  const wrong = glob.startsWith('!')
    ? '`paths` takes no "!"; the last glob that matches a file decides.'
    : globProblem(glob)
  if (wrong) return [{ path, message: wrong }]
  const empty = part !== undefined && Object.keys(part).length === 0
  return empty ? [{ path, message: 'says nothing; give it `agents`, a `floor`, or both.' }] : []
}

function day(date: string | undefined, path: PropertyKey[]): Complaint[] {
  if (date === undefined || new Date(`${date}T00:00:00Z`).toJSON()?.slice(0, 10) === date) return []
  return [{ path, message: `is "${date}", and there is no such day.` }]
}

export function complaintsAboutAgent(front: Pick<Agent, 'name' | 'paths' | 'tools'>, fileName: string): Complaint[] {
  return [
    ...(front.name === fileName
      ? []
      : [{ path: ['name'], message: `is "${front.name}", but the file is called ${fileName.slice(0, 80)}.md.` }]),
    ...agentGlobs(front.paths, ['paths']),
    ...twice(front.tools, ['tools']),
  ]
}

export function complaintsAboutSettings(settings: RepositorySettings): Complaint[] {
  return [
    ...globs(settings.skip, ['skip']),
    ...notOut(settings.skip, 'skip', '`skip` takes no "!"; list what is skipped.'),
    ...globs(settings.private, ['private']).map(one => ({ ...one, message: `${one.message} ${closed}` })),
    ...notOut(settings.private, 'private', `\`private\` takes no "!"; list what is private. ${closed}`),
    ...settings.instructions.flatMap(({ paths }, index) => agentGlobs(paths, ['instructions', index, 'paths'])),
    ...twice(settings.disable, ['disable']),
  ]
}

const closed = 'Until this is mended every file is private: no model is shown any.'

function notOut(list: string[], key: string, message: string): Complaint[] {
  return list.flatMap((glob, index) => (glob.startsWith('!') ? [{ path: [key, index], message }] : []))
}

function agentGlobs(list: string[] | undefined, path: PropertyKey[]): Complaint[] {
  const onlyOut = list?.every(glob => glob.startsWith('!'))
  const message = 'takes every file out; give at least one glob without "!", e.g. `**`.'
  return [...globs(list, path), ...(onlyOut ? [{ path, message }] : [])]
}

function globs(list: string[] | undefined, path: PropertyKey[]): Complaint[] {
  return (list ?? []).flatMap((glob, index) => {
    const message = globProblem(glob)
    return message ? [{ path: [...path, index], message }] : []
  })
}

function expression(pattern: string | undefined, path: PropertyKey[]): Complaint[] {
  if (pattern === undefined) return []
  const message = patternProblem(pattern)
  return message === undefined ? [] : [{ path, message }]
}

function twice(list: string[] | undefined, path: PropertyKey[]): Complaint[] {
  return (list ?? []).flatMap((one, index) =>
    list?.indexOf(one) === index ? [] : [{ path: [...path, index], message: `\`${one}\` is given twice.` }],
  )
}
