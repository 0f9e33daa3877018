// A routine from its file and those it extends: merged key by key, instructions one below the other, defaults last.
import { gatesSchema } from '../domain/gates.ts'
import type { Gates, RepositorySettings, Routine, RoutineFront } from '../domain/routine.ts'
import { severities } from '../domain/severity.ts'
import { defaultTypes } from '../domain/triggers.ts'
import { merge } from './merging.ts'
import { nearest } from './nearest.ts'
import type { WrittenRoutine } from './parse.ts'
import { isPin, type PinnedFiles, pinnedParent } from './pinned.ts'
import { isBroken, type Shelf } from './shelf.ts'

export interface Link extends WrittenRoutine {
  source: Routine['source']
  commit?: string | undefined
}

/** Why a routine's chain ends nowhere: a sentence, and what was probably meant. */
export interface NoParent {
  message: string
  suggestion?: string
  /** Only other files than those at hand can tell. */
  elsewhere?: true
}

/** The routine last, before it what it extends, farthest first; or why there is no such chain. */
export function ancestry(one: Link, shelves: Shelf[], pinned: PinnedFiles): Link[] | NoParent {
  const chain = [one]
  for (let current = one; current.front.extends !== undefined; ) {
    const parent = isPin(current.front.extends) ? pinnedParent(current, pinned) : parentOf(current, shelves)
    if ('message' in parent) return parent
    if (chain.some(link => link.file.path === parent.file.path))
      return {
        message: `\`${one.name}\` extends itself${current.name === one.name ? '' : ` by way of \`${current.name}\``}.`,
      }
    chain.unshift(parent)
    current = parent
  }
  return chain
}

/** Of names, only built-in and organisation routines are extended; one of the same name is looked for a place further down. */
function parentOf(child: Link, shelves: Shelf[]): Link | NoParent {
  const wanted = child.front.extends ?? ''
  const below = shelves.filter(shelf => shelf.source !== 'repository')
  const candidates = wanted === child.name && !isPin(child.file.path) ? below.slice(0, rank(child, shelves)) : below
  const shelf = candidates.findLast(one => one.routines.has(wanted))
  const found = shelf?.routines.get(wanted)
  if (shelf && found && !isBroken(found)) return { ...found, source: shelf.source, commit: shelf.commit }
  if (found) return { message: `\`${wanted}\` can not be extended while its file has problems.` }
  if (wanted === child.name && child.source !== 'repository') return { message: `\`${wanted}\` extends itself.` }
  const names = [...new Set(candidates.flatMap(one => [...one.routines.keys()]))].filter(name => name !== child.name)
  const close = nearest(wanted, names)
  const none = `there is no built-in or organisation routine called \`${wanted}\``
  return close
    ? { message: `${none}; did you mean \`${close}\`?`, suggestion: close }
    : { message: `${none}.`, elsewhere: true }
}

function rank({ source }: Link, shelves: Shelf[]): number {
  return shelves.findIndex(shelf => shelf.source === source)
}

/** `house`: the organisation's own settings, for what it requires. */
export function complete(
  one: Link,
  chain: Link[],
  settings: RepositorySettings,
  house: RepositorySettings | undefined,
): Routine {
  const front = chain.map(link => link.front).reduce(merge)
  const required = one.source === 'organisation' && one.front.required === true
  const said = front.severity ?? {}
  const severity = required
    ? stricter({ ...byDefault, ...said }, settings.severity)
    : { ...byDefault, ...settings.severity, ...said }
  const { pull_request: pull, ...on } = front.on ?? {}
  const language = front.language ?? (required ? house?.language : settings.language)
  const incomplete = front.incomplete ?? (required ? house?.incomplete : settings.incomplete)
  const intent = front.intent ?? (required ? house?.intent : settings.intent)
  return {
    name: one.name,
    description: front.description,
    source: one.source,
    path: one.file.path,
    ...(one.commit ? { commit: one.commit } : {}),
    kind: front.kind ?? kindOf(front),
    gates: gatesOf(front),
    repositories: front.repositories ?? [],
    reads: front.reads ?? [],
    ...(front.each ? { each: front.each } : {}),
    ...(front.paths ? { paths: front.paths } : {}),
    ...(language ? { language } : {}),
    ...(intent ? { intent } : {}),
    ...(front.owner ? { owner: front.owner } : {}),
    ...(front.review_by ? { review_by: front.review_by } : {}),
    on: { ...on, ...(pull ? { pull_request: { ...pull, types: pull.types ?? defaultTypes } } : {}) },
    model: front.model ?? 'standard',
    ...(front.agents ? { agents: front.agents } : {}),
    severity,
    ...(incomplete ? { incomplete } : {}),
    budget: front.budget ?? {},
    can: front.can ?? ['review', 'check', 'label'],
    required,
    instructions: chain
      .map(link => link.instructions)
      .filter(Boolean)
      .join('\n\n'),
  }
}

/** What a pull request can start looks at its change, unless the file says otherwise. */
function kindOf({ on }: RoutineFront): Routine['kind'] {
  return on === undefined || on.pull_request || on.label || on.comment ? 'review' : 'work'
}

function gatesOf(front: RoutineFront): Gates {
  const given = Object.keys(gatesSchema).filter(key => front[key as keyof Gates] !== undefined)
  return Object.fromEntries(given.map(key => [key, front[key as keyof Gates]]))
}

const byDefault: Routine['severity'] = { inline: 'medium', floor: 'nit', gate: 'none' }

/** Of two, the one that shows more, and fails sooner. */
export function stricter(one: Routine['severity'], other: Partial<Routine['severity']>): Routine['severity'] {
  const order = ['none', ...severities] as const
  const pick = <Level extends (typeof order)[number]>(a: Level, b: Level | undefined): Level =>
    b !== undefined && order.indexOf(b) > order.indexOf(a) ? b : a
  return {
    inline: pick(one.inline, other.inline),
    floor: pick(one.floor, other.floor),
    gate: pick(one.gate, other.gate),
  }
}
