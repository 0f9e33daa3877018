// What a schema can not say about a configuration: expressions that compile, globs that can match, nothing given twice.
import { RE2JS } from 're2js'
import type { Agent, RepositorySettings, RoutineFront } from '../domain/routine.ts'
import { globProblem } from './globs.ts'
import { complaintsAboutSchedule } from './schedules/complaints.ts'

interface Complaint {
  path: PropertyKey[]
  message: string
  note?: true
}

const texts = ['author', 'title', 'body', 'base', 'head'] as const

export function complaintsAboutRoutine(front: Partial<RoutineFront>, leastInterval?: number): Complaint[] {
  const at = ['on', 'pull_request']
  const pull = front.on?.pull_request
  const size = pull?.size
  return [
    ...texts.flatMap(name => expression(pull?.[name]?.matches, [...at, name, 'matches'])),
    ...globs(pull?.branches, [...at, 'branches']),
    ...globs(pull?.paths, [...at, 'paths']),
    ...twice(pull?.types, [...at, 'types']),
    ...(size?.min !== undefined && size.max !== undefined && size.min > size.max
      ? [{ path: [...at, 'size'], message: `has a \`min\` of ${size.min} above its \`max\` of ${size.max}.` }]
      : []),
    ...twice(
      front.agents?.map(agent => (typeof agent === 'string' ? agent : agent.name)),
      ['agents'],
    ),
    ...(front.agents ?? []).flatMap((agent, index) =>
      agentGlobs(typeof agent === 'string' ? undefined : agent.paths, ['agents', index, 'paths']),
    ),
    ...twice(front.can, ['can']),
    ...complaintsAboutSchedule(front.on?.schedule, leastInterval),
  ]
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
    ...settings.skip.flatMap((glob, index) =>
      glob.startsWith('!') ? [{ path: ['skip', index], message: '`skip` takes no "!"; list what is skipped.' }] : [],
    ),
    ...twice(settings.disable, ['disable']),
  ]
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
  if (pattern.length > 500) return [{ path, message: 'is longer than 500 characters.' }]
  try {
    RE2JS.compile(pattern)
    return []
  } catch (thrown) {
    const reason =
      thrown instanceof Error ? thrown.message.replace(/^error parsing regexp: /, '') : 'it does not compile'
    return [{ path, message: `is not a regular expression of RE2: ${reason}.` }]
  }
}

function twice(list: string[] | undefined, path: PropertyKey[]): Complaint[] {
  return (list ?? []).flatMap((one, index) =>
    list?.indexOf(one) === index ? [] : [{ path: [...path, index], message: `\`${one}\` is given twice.` }],
  )
}
