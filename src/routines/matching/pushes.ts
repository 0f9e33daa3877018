// The trigger on pushes to branches and tags.
import type { Event, Push } from '../../domain/event.ts'
import type { Match, Routine } from '../../domain/routine.ts'
import { no, unless } from './answer.ts'
import { nameFails, pathsFail, textFails, unasked } from './filters.ts'

type PushTrigger = NonNullable<Routine['on']['push']>

/** `paths` are those fetched, where the event itself does not carry them. */
export function matchPush(trigger: PushTrigger, event: Event, paths: string[] | undefined): Match {
  const { push } = event
  if (!push) return no('What was pushed is not known.')
  const { branches, tags } = trigger
  if (push.tag === undefined) {
    const wanted = branches ?? (tags ? undefined : [event.repository.defaultBranch])
    if (!wanted) return no(`The branch "${push.branch}" was pushed to; it answers tags.`)
    const known = push.paths ?? paths
    // The default branch is a name, not a glob.
    const refused =
      branches || push.branch === event.repository.defaultBranch
        ? nameFails('branches', branches, push.branch)
        : [`branches: "${push.branch}" is not the default branch, ${event.repository.defaultBranch}.`]
    const failed = [...refused, ...textsFail(trigger, event, push), ...pathsFail(trigger.paths, known)]
    return unless(failed, `The branch ${push.branch} was pushed to.${unasked(trigger.paths, known)}`)
  }
  if (!tags) return no(`The tag "${push.tag}" was pushed; it answers branches.`)
  const aside = trigger.paths ? ' `paths` is not asked of tags.' : ''
  return unless(
    [...nameFails('tags', tags, push.tag), ...textsFail(trigger, event, push)],
    `The tag ${push.tag} was pushed.${aside}`,
  )
}

function textsFail(trigger: PushTrigger, event: Event, push: Push): string[] {
  return [
    ...textFails('author', trigger.author, event.actor.login, true),
    ...textFails('title', trigger.title, push.title),
  ]
}
