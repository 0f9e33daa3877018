// Whether a routine answers an event, with the sentence that says why; pure, and each filter that fails has its own sentence.
import picomatch from 'picomatch'
import { RE2JS } from 're2js'
import type { Event, Pull } from '../domain/event.ts'
import type { Match, RepositorySettings, Routine } from '../domain/routine.ts'

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
  return routine.on.pull_request?.paths !== undefined
}

function matchLabel(trigger: Routine['on']['label'], event: Event): Match {
  const wanted = typeof trigger === 'string' ? trigger : trigger?.name
  if (!wanted) return no('It does not answer labels.')
  return wanted === event.label
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
    ...(['author', 'title', 'body', 'base', 'head'] as const).map(name =>
      textFails(name, trigger[name], textOf(pull, name)),
    ),
    labelsFail(trigger.labels, pull.labels),
    branchesFail(trigger.branches, pull.base.ref),
    sizeFails(trigger.size, pull),
    pathsFail(trigger.paths, paths),
  ].find(sentence => sentence !== undefined)
  return failed
    ? no(failed)
    : yes(`The pull request was ${event.action === 'synchronize' ? 'pushed to' : event.action.replaceAll('_', ' ')}.`)
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

function textFails(name: string, filter: TextFilter | undefined, value: string): string | undefined {
  if (!filter) return undefined
  const shown = `"${value.length > 60 ? `${value.slice(0, 60)}…` : value}"`
  const list = (values: string[]) => values.map(one => `"${one}"`).join(', ')
  if (filter.is !== undefined && value !== filter.is) return `${name}: ${shown} is not "${filter.is}".`
  if (filter.is_not !== undefined && value === filter.is_not) return `${name}: ${shown} is what \`is_not\` names.`
  if (filter.one_of && !filter.one_of.includes(value)) return `${name}: ${shown} is not one of ${list(filter.one_of)}.`
  if (filter.not_one_of?.includes(value)) return `${name}: ${shown} is one of those that \`not_one_of\` names.`
  if (filter.contains !== undefined && !value.includes(filter.contains))
    return `${name}: ${shown} does not contain "${filter.contains}".`
  if (filter.starts_with !== undefined && !value.startsWith(filter.starts_with))
    return `${name}: ${shown} does not start with "${filter.starts_with}".`
  if (filter.matches !== undefined && !RE2JS.compile(filter.matches, RE2JS.DOTALL).matches(value))
    return `${name}: ${shown} does not match \`${filter.matches}\` as a whole.`
  return undefined
}

function labelsFail(filter: PullTrigger['labels'], labels: string[]): string | undefined {
  const missing = filter?.all?.filter(label => !labels.includes(label)) ?? []
  if (missing.length > 0) return `labels: it lacks ${missing.map(label => `"${label}"`).join(', ')}.`
  if (filter?.any && !filter.any.some(label => labels.includes(label)))
    return `labels: it carries none of ${filter.any.map(label => `"${label}"`).join(', ')}.`
  const unwanted = filter?.none?.filter(label => labels.includes(label)) ?? []
  return unwanted.length > 0 ? `labels: it carries "${unwanted[0]}", which \`none\` names.` : undefined
}

function branchesFail(globs: string[] | undefined, base: string): string | undefined {
  return globs && !picked(globs, base) ? `branches: "${base}" matches none of ${globs.join(', ')}.` : undefined
}

function sizeFails(filter: PullTrigger['size'], pull: Pull): string | undefined {
  const lines = pull.additions === undefined ? undefined : pull.additions + (pull.deletions ?? 0)
  if (!filter || lines === undefined) return undefined
  if (filter.min !== undefined && lines < filter.min)
    return `size: ${lines} changed lines are fewer than ${filter.min}.`
  return filter.max !== undefined && lines > filter.max
    ? `size: ${lines} changed lines are more than ${filter.max}.`
    : undefined
}

function pathsFail(globs: string[] | undefined, paths: string[] | undefined): string | undefined {
  if (!globs || paths === undefined || paths.some(path => picked(globs, path))) return undefined
  return `paths: none of the ${paths.length} changed files matches ${globs.join(', ')}.`
}

/** The last glob that matches decides; one that starts with "!" takes out. Dot files count. */
function picked(globs: string[], value: string): boolean {
  let inside = globs.every(glob => glob.startsWith('!'))
  for (const glob of globs) {
    const out = glob.startsWith('!')
    if (picomatch.isMatch(value, out ? glob.slice(1) : glob, { dot: true, nonegate: true })) inside = !out
  }
  return inside
}
