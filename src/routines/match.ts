// Whether a routine answers an event, with the sentence that says why; pure, and each filter that fails has its own sentence.
import { RE2JS } from 're2js'
import type { Event, Pull } from '../domain/event.ts'
import type { Match, RepositorySettings, Routine } from '../domain/routine.ts'
import { picks } from './globs.ts'

export interface MatchFacts {
  pull: Pull
  /** Changed paths; undefined when they are not known (then a path filter lets the event pass, and says so). */
  paths: string[] | undefined
  settings: RepositorySettings
}

type PullTrigger = NonNullable<Routine['on']['pull_request']>
type TextFilter = NonNullable<PullTrigger['title']>

const yes = (because: string): Match => ({ matched: true, because })
const no = (because: string): Match => ({ matched: false, because })

export function matchRoutine(routine: Routine, event: Event, facts: MatchFacts): Match {
  if (event.own) return no('This app caused it itself.')
  if (routine.off) return no(routine.off)
  if (event.kind === 'pull_request') return matchPull(routine.on.pull_request, event, facts)
  if (event.kind === 'label') return matchLabel(routine.on.label, event)
  if (event.kind === 'comment') return matchCommand(routine.on.comment, event.comment?.command?.word)
  if (event.kind === 'rerun' || event.kind === 'button')
    return matchCommand(
      routine.on.comment ?? (routine.on.pull_request ? 'review' : undefined),
      event.kind === 'rerun' ? 'review' : event.check?.identifier,
    )
  if (event.kind === 'manual') return yes('Started by hand.')
  return no(`It does not answer ${event.kind} events.`)
}

/** Whether the routine's filters look at changed paths. */
export function needsPaths(routine: Routine): boolean {
  return !routine.off && routine.on.pull_request?.paths !== undefined
}

function matchLabel(trigger: Routine['on']['label'], event: Event): Match {
  const wanted = typeof trigger === 'string' ? trigger : trigger?.name
  if (!wanted) return no('It does not answer labels.')
  // GitHub takes labels that differ in case alone for the same one.
  return wanted.toLowerCase() === event.label?.toLowerCase()
    ? yes(`The label "${wanted}" was set.`)
    : no(`The label set is "${event.label}", not "${wanted}".`)
}

function matchCommand(trigger: string | undefined, word: string | undefined): Match {
  if (!trigger) return no('It does not answer comments.')
  return trigger === word ? yes(`Asked for by "${word}".`) : no(`The command is "${word}", not "${trigger}".`)
}

function matchPull(trigger: Routine['on']['pull_request'], event: Event, { pull, paths }: MatchFacts): Match {
  if (!trigger) return no('It does not answer pull requests by itself.')
  if (!trigger.types.some(type => type === event.action))
    return no(`The action is "${event.action}"; it answers ${trigger.types.join(', ')}.`)
  const failed = [
    draftFails(trigger, pull),
    forkFails(trigger, pull),
    ...(['author', 'title', 'body', 'base', 'head'] as const).flatMap(name =>
      textFails(name, trigger[name], textOf(pull, name)),
    ),
    ...labelsFail(trigger.labels, pull.labels),
    branchesFail(trigger.branches, pull.base.ref),
    sizeFails(trigger.size, pull),
    pathsFail(trigger.paths, paths),
  ].filter(sentence => sentence !== undefined)
  if (failed.length > 0) return no(failed.join(' '))
  const unasked =
    trigger.paths && paths === undefined ? ' The changed paths are not known, so `paths` was not asked.' : ''
  return yes(`${happened[event.action] ?? `The pull request's action was "${event.action}".`}${unasked}`)
}

const happened: Record<string, string> = {
  opened: 'The pull request was opened.',
  reopened: 'The pull request was opened again.',
  ready_for_review: 'The pull request is ready for review.',
  synchronize: 'The pull request was pushed to.',
  edited: 'The pull request was edited.',
}

function textOf(pull: Pull, name: 'author' | 'title' | 'body' | 'base' | 'head'): string {
  if (name === 'author') return pull.author.login
  return name === 'base' || name === 'head' ? pull[name].ref : pull[name]
}

function draftFails(trigger: PullTrigger, pull: Pull): string | undefined {
  return pull.draft && trigger.draft !== true
    ? 'draft: the pull request is a draft, and `draft: true` is not set.'
    : undefined
}

function forkFails(trigger: PullTrigger, pull: Pull): string | undefined {
  if (trigger.fork === undefined || trigger.fork === pull.fork) return undefined
  return pull.fork
    ? 'fork: the pull request comes from a fork, and `fork: false` is set.'
    : 'fork: the pull request does not come from a fork, and `fork: true` is set.'
}

function textFails(
  name: 'author' | 'title' | 'body' | 'base' | 'head',
  written: TextFilter | undefined,
  text: string,
): string[] {
  if (!written) return []
  // Logins are the same in any case.
  const fold = (one: string) => (name === 'author' ? one.toLowerCase() : one)
  const value = fold(text)
  const shown = `${name}: "${text.length > 60 ? `${text.slice(0, 60)}…` : text}"`
  const { is, is_not, one_of, not_one_of, contains, starts_with, matches } = written
  const failed: string[] = []
  if (is !== undefined && value !== fold(is)) failed.push(`${shown} is not "${is}".`)
  if (is_not !== undefined && value === fold(is_not)) failed.push(`${shown} is what \`is_not\` rules out.`)
  if (one_of && !one_of.map(fold).includes(value)) failed.push(`${shown} is not one of ${list(one_of)}.`)
  if (not_one_of?.map(fold).includes(value)) failed.push(`${shown} is one of those that \`not_one_of\` rules out.`)
  if (contains !== undefined && !value.includes(fold(contains))) failed.push(`${shown} does not contain "${contains}".`)
  if (starts_with !== undefined && !value.startsWith(fold(starts_with)))
    failed.push(`${shown} does not start with "${starts_with}".`)
  if (matches !== undefined && !RE2JS.compile(matches, RE2JS.DOTALL).testExact(text))
    failed.push(`${shown} does not match \`${matches}\` as a whole.`)
  return failed
}

function list(values: string[]): string {
  return values.map(one => `"${one}"`).join(', ')
}

function labelsFail(filter: PullTrigger['labels'], carried: string[]): string[] {
  const has = (label: string) => carried.some(one => one.toLowerCase() === label.toLowerCase())
  const missing = filter?.all?.filter(label => !has(label)) ?? []
  const unwanted = filter?.none?.filter(has) ?? []
  return [
    ...(filter?.any && !filter.any.some(has) ? [`labels: it carries none of ${list(filter.any)}.`] : []),
    ...(missing.length > 0 ? [`labels: it lacks ${list(missing)}.`] : []),
    ...(unwanted.length > 0 ? [`labels: it carries ${list(unwanted)}, which \`none\` rules out.`] : []),
  ]
}

function branchesFail(globs: string[] | undefined, base: string): string | undefined {
  return globs && !picks(globs, base) ? `branches: "${base}" matches none of ${globs.join(', ')}.` : undefined
}

function sizeFails(filter: PullTrigger['size'], pull: Pull): string | undefined {
  if (!filter || pull.additions === undefined) return undefined
  const lines = pull.additions + (pull.deletions ?? 0)
  if (filter.min !== undefined && lines < filter.min)
    return `size: ${lines} changed lines are fewer than ${filter.min}.`
  return filter.max !== undefined && lines > filter.max
    ? `size: ${lines} changed lines are more than ${filter.max}.`
    : undefined
}

function pathsFail(globs: string[] | undefined, paths: string[] | undefined): string | undefined {
  if (!globs || paths === undefined || paths.some(path => picks(globs, path))) return undefined
  return `paths: none of the ${paths.length} changed files matches ${globs.join(', ')}.`
}
