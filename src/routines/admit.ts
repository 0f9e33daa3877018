// What holds for every routine alike, before its own filters: who may start something, and what nothing answers by itself.
import type { Event, Pull } from '../domain/event.ts'
import { mayAtLeast, type Permission } from '../domain/permission.ts'
import type { Match, RepositorySettings } from '../domain/routine.ts'

export interface AdmitFacts {
  pull: Pull
  /** Of the person who asks, or, for a pull in a public repository, of its author; undefined where it does not matter. */
  permission: Permission | undefined
  installationSize: number
  settings: RepositorySettings
  /** Automatic runs of this pull today, and ever. */
  automaticToday: number
  automaticEver: number
}

/** Installations up to this size are reviewed without being asked. */
const automaticUpTo = 20
const automaticADay = 10
const automaticAPull = 8
/** Logins of dependency bots; they count only when GitHub says that the account is a bot. */
const dependencyBots = ['dependabot[bot]', 'renovate[bot]']

const writes = (permission: Permission | undefined) => mayAtLeast(permission, 'write')

/** A bot is no collaborator; but a branch of the repository itself is pushed to only by those who may write to it. */
const byTrustedBot = (pull: Pull) => pull.author.type === 'Bot' && !pull.fork

/** What follows from the event and the people in it, whichever routine would answer. */
export function admit(event: Event, facts: AdmitFacts): Match {
  if (event.own) return { matched: false, because: 'This app caused it itself.' }
  return event.kind === 'pull_request' ? admitPull(event, facts) : admitAsked(event, facts)
}

function admitAsked({ actor }: Event, { permission }: AdmitFacts): Match {
  if (actor.type !== 'User')
    return { matched: false, because: `${actor.login} is a bot; bots start nothing by comment, label or button.` }
  if (!writes(permission))
    return { matched: false, because: `${actor.login} has no write permission on the repository.` }
  return { matched: true, because: `Asked for by ${actor.login}.` }
}

function admitPull(event: Event, facts: AdmitFacts): Match {
  const { pull, settings, installationSize } = facts
  if (pull.author.type === 'Bot' && dependencyBots.includes(pull.author.login))
    return {
      matched: false,
      because: `${pull.author.login} updates dependencies; its pull requests get no code review.`,
    }
  if (!event.repository.private && !writes(facts.permission) && !byTrustedBot(pull))
    return {
      matched: false,
      because: `The repository is public and ${pull.author.login} has no write permission; a maintainer can ask with \`@watchbill review\`.`,
    }
  if (settings.automatic === false)
    return {
      matched: false,
      because: '`automatic: false` is set in .github/watchbill.yml; ask with `@watchbill review` or a label.',
    }
  if (settings.automatic !== true && installationSize > automaticUpTo)
    return {
      matched: false,
      because: `The installation holds more than ${automaticUpTo} repositories, so reviews are asked for (\`@watchbill review\`, a label) until .github/watchbill.yml says \`automatic: true\`.`,
    }
  if (facts.automaticToday >= automaticADay)
    return {
      matched: false,
      because: `${automaticADay} automatic runs of this pull request today are the most; ask with \`@watchbill review\`.`,
    }
  if (facts.automaticEver >= automaticAPull)
    return {
      matched: false,
      because: `Automatic reviews of this pull request paused after ${automaticAPull}; ask with \`@watchbill review\`.`,
    }
  return { matched: true, because: 'Automatic.' }
}
