// The triggers that people pull by hand: labels, comments, Re-run and buttons.
import type { Event } from '../../domain/event.ts'
import type { Match, Routine } from '../../domain/routine.ts'
import { no, yes } from './answer.ts'
import { sameLabel } from './filters.ts'

export function matchLabel(trigger: NonNullable<Routine['on']['label']>, event: Event): Match {
  const { name, on } = typeof trigger === 'string' ? { name: trigger, on: undefined } : trigger
  if (!sameLabel(name, event.label)) return no(`The label set is "${event.label}", not "${name}".`)
  const where = event.issue ? 'issue' : 'pull_request'
  if (on && !on.includes(where))
    return no(
      `The label "${name}" was set on ${event.issue ? 'an issue' : 'a pull request'}; it answers ${on.map(one => (one === 'issue' ? 'issues' : 'pull requests')).join(' and ')}.`,
    )
  return yes(`The label "${name}" was set.`)
}

export function matchComment(trigger: NonNullable<Routine['on']['comment']>, event: Event): Match {
  const word = event.comment?.command?.word
  if (word === undefined) return no('The comment gives no command.')
  return trigger === word ? yes(`Asked for by "${word}".`) : no(`The command is "${word}", not "${trigger}".`)
}

/** Re-run and buttons stand on checks; they ask again for what a pull request or a comment starts. */
export function matchPress({ kind, on }: Routine, event: Event): Match {
  // A check suite stands for all checks of ours on the commit.
  const everything = event.kind === 'rerun' && event.check?.id === 0
  if (kind === 'work' && !everything) return no('Re-run and buttons start it from its own check alone.')
  const wanted = on.comment ?? 'review'
  const word = event.kind === 'rerun' ? 'review' : event.check?.identifier
  return wanted === word ? yes(`Asked for by "${word}".`) : no(`The command is "${word}", not "${wanted}".`)
}
