// What becomes of each key where several files say it: the one place that extending, required routines, settings and the reference go by.
import type { RepositorySettings, RoutineFront } from '../domain/routine.ts'

/** Of a routine that extends another, what of the other is left. */
type Extending =
  /** Its own alone; nothing is taken over. */
  | 'own'
  /** Its own, else the other's. */
  | 'replaces'
  /** Key by key: its own, else the other's. */
  | 'keys'
  /** Trigger by trigger, and `pull_request` filter by filter. */
  | 'triggers'
  /** Glob by glob; its own come after the other's, and so decide. */
  | 'globs'

/** Of a repository's routine that extends one which its organisation requires, what counts. */
type Required =
  /** Nothing: it is a problem, and the organisation's holds. */
  | 'fixed'
  /** What is added to the organisation's. */
  | 'added'
  /** What shows more, or fails sooner. */
  | 'stricter'
  /** It is for people alone, or was asked for already. */
  | 'free'

export interface Rule {
  extending: Extending
  required: Required
}

const rule = (extending: Extending, required: Required = 'fixed'): Rule => ({ extending, required })

export const routineRules: Record<keyof RoutineFront, Rule> = {
  description: rule('own', 'free'),
  extends: rule('own', 'free'),
  standby: rule('own'),
  kind: rule('replaces'),
  on: rule('triggers'),
  cooldown: rule('replaces'),
  debounce: rule('replaces'),
  concurrency: rule('replaces'),
  runs: rule('keys'),
  skip_if: rule('replaces'),
  only_if: rule('replaces'),
  permission: rule('replaces'),
  forks: rule('replaces'),
  bots: rule('replaces'),
  repositories: rule('replaces'),
  reads: rule('replaces'),
  paths: rule('globs'),
  intent: rule('replaces'),
  language: rule('replaces'),
  owner: rule('replaces'),
  review_by: rule('replaces'),
  each: rule('replaces'),
  model: rule('replaces'),
  agents: rule('replaces', 'added'),
  severity: rule('keys', 'stricter'),
  incomplete: rule('replaces'),
  budget: rule('keys'),
  can: rule('replaces'),
  required: rule('own'),
}

/** Of the organisation's settings and a repository's, which hold in the repository. */
type Settings =
  /** The repository's, else the organisation's. */
  | 'repository'
  /** Key by key: the repository's, else the organisation's. */
  | 'keys'
  /** Key by key: the lower of the two. */
  | 'lower'
  /** The organisation's alone; in a repository's file it is a problem. */
  | 'organisation'
  /** The organisation's, and then the repository's: neither takes anything from the other. */
  | 'both'
  /** The repository's alone: it is about the repository itself. */
  | 'own'

export interface SettingsRule {
  places: Settings
  /** Whether a repository's word holds where its organisation requires a routine; `stricter`: for that one, what shows more or fails sooner. */
  required: 'holds' | 'told' | 'not for it' | 'stricter' | 'ignored' | 'not false'
}

export const settingsRules: Record<keyof RepositorySettings, SettingsRule> = {
  enabled: { places: 'repository', required: 'not for it' },
  automatic: { places: 'repository', required: 'not false' },
  enable: { places: 'repository', required: 'not for it' },
  disable: { places: 'repository', required: 'not for it' },
  severity: { places: 'keys', required: 'stricter' },
  incomplete: { places: 'repository', required: 'not for it' },
  budget: { places: 'lower', required: 'ignored' },
  skip: { places: 'repository', required: 'ignored' },
  private: { places: 'both', required: 'told' },
  instructions: { places: 'both', required: 'holds' },
  intent: { places: 'repository', required: 'not for it' },
  readable_by: { places: 'own', required: 'holds' },
  language: { places: 'repository', required: 'not for it' },
  ceilings: { places: 'organisation', required: 'holds' },
}

/** A routine's front matter over that of the one it extends. */
export function merge(parent: RoutineFront, child: RoutineFront): RoutineFront {
  const merged: Record<string, unknown> = {}
  for (const [key, { extending }] of Object.entries(routineRules) as [keyof RoutineFront, Rule][]) {
    const value = ways[extending](parent[key], child[key])
    if (value !== undefined) merged[key] = value
  }
  return merged as RoutineFront
}

type Group = Record<string, unknown>

const ways: Record<Extending, (parent: unknown, child: unknown) => unknown> = {
  own: (_, child) => child,
  replaces: (parent, child) => child ?? parent,
  keys: (parent, child) => (parent || child ? { ...(parent as Group), ...(child as Group) } : undefined),
  globs(parent, child) {
    if (!parent || !child) return child ?? parent
    const left = Object.entries(parent).filter(([glob]) => !Object.hasOwn(child, glob))
    return { ...Object.fromEntries(left), ...child }
  },
  triggers(parent, child) {
    const [one, other] = [parent as RoutineFront['on'], child as RoutineFront['on']]
    if (!one || !other) return other ?? one
    const pull = one.pull_request && other.pull_request && { ...one.pull_request, ...other.pull_request }
    return { ...one, ...other, ...(pull ? { pull_request: pull } : {}) }
  },
}
