// The trigger on releases.
import type { Event } from '../../domain/event.ts'
import type { Match, Routine } from '../../domain/routine.ts'
import { no, unless } from './answer.ts'
import { textFails } from './filters.ts'

type ReleaseTrigger = NonNullable<Routine['on']['release']>

export function matchRelease(trigger: ReleaseTrigger, { action, release }: Event): Match {
  if (!release) return no('The release is not known.')
  const types = trigger.types ?? ['published']
  if (!types.some(type => type === action)) return no(`The action is "${action}"; it answers ${types.join(', ')}.`)
  const failed = [
    ...textFails('tag', trigger.tag, release.tag),
    ...textFails('title', trigger.title, release.title),
    ...textFails('author', trigger.author, release.author.login, true),
    ...prereleaseFails(trigger.prerelease, release.prerelease),
  ]
  return unless(failed, sentences[action] ?? `The release's action was "${action}".`)
}

const sentences: Record<string, string> = {
  published: 'The release was published.',
  unpublished: 'The release was taken back.',
  created: 'The release was created.',
  edited: 'The release was edited.',
  deleted: 'The release was deleted.',
  prereleased: 'The pre-release was published.',
  released: 'The release was published, or is a pre-release no longer.',
}

function prereleaseFails(wanted: boolean | undefined, is: boolean): string[] {
  if (wanted === undefined || wanted === is) return []
  return is
    ? ['prerelease: it is a pre-release, and `prerelease: false` is set.']
    : ['prerelease: it is no pre-release, and `prerelease: true` is set.']
}
