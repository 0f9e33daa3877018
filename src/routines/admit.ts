// What holds for every routine alike, before its own filters: who may start something, and what nothing answers by itself.
import type { Event, Pull } from '../domain/event.ts'
import { mayAtLeast, type Permission } from '../domain/permission.ts'
import type { Match, RepositorySettings, Routine } from '../domain/routine.ts'

export interface AdmitFacts {
  /** Where the event is about one. */
  pull: Pull | undefined
  /** Of the person who asks, or, for a pull in a public repository, of its author; undefined where it does not matter. */
  permission: Permission | undefined
  installationSize: number
  /** Somebody asked, by comment, for no more automatic reviews of this pull. */
  paused?: { by: string; at: string } | undefined
  settings: RepositorySettings
  /** Automatic runs of this pull today, and ever. */
  automaticToday: number
  automaticEver: number
}

/** `waits`: it would have answered, and a person can still ask for it; until then it stands for nothing that was looked at. */
export type Admission = Match & { waits?: true }
type Asking = Pick<Routine, 'kind' | 'gates' | 'required'>

/** Installations up to this size are reviewed without being asked. */
export const automaticUpTo = 20
const automaticADay = 10
const automaticAPull = 8
/** Logins of dependency bots; they count only when GitHub says that the account is a bot. */
const dependencyBots = ['dependabot[bot]', 'renovate[bot]']

const writes = (permission: Permission | undefined) => mayAtLeast(permission, 'write')

/** A bot is no collaborator; but a branch of the repository itself is pushed to only by those who may write to it. */
const byTrustedBot = (pull: Pull) => pull.author.type === 'Bot' && !pull.fork

/** What follows from the event and the people in it. `routine`: a review that says nothing about people, unless given. */
export function admit(event: Event, facts: AdmitFacts, routine: Asking = plain): Admission {
  if (event.own) return { matched: false, because: 'This app caused it itself.' }
  if (asked.includes(event.kind)) return admitAsked(event, facts, routine)
  if (event.kind === 'issues') return admitIssue(event, facts, routine)
  if (event.kind !== 'pull_request' || !facts.pull) return { matched: true, because: 'Automatic.' }
  const admission = admitStranger(event, facts.pull, facts, routine) ?? admitReview(facts.pull, facts, routine)
  // A check that GitHub counts as passed would let a change through that the organisation wants looked at.
  return admission.matched || !routine.required ? admission : { ...admission, waits: true }
}

const plain: Asking = { kind: 'review', gates: {}, required: false }
/** What people do on GitHub so that something starts. */
const asked: Event['kind'][] = ['comment', 'label', 'rerun', 'button']

/** A routine may ask for another permission; whoever writes a command was asked for write already. */
function admitAsked({ actor }: Event, { permission }: AdmitFacts, { gates }: Asking): Admission {
  if (actor.type !== 'User' && gates.bots !== true)
    return { matched: false, because: `${actor.login} is a bot; bots start nothing by comment, label or button.` }
  if (gates.permission === undefined && !writes(permission))
    return { matched: false, because: `${actor.login} has no write permission on the repository.` }
  return { matched: true, because: `Asked for by ${actor.login}.` }
}

/** What anybody can open spends nobody's money, unless the routine says whose pulls it answers. */
function admitStranger(
  { repository }: Event,
  pull: Pull,
  { permission }: AdmitFacts,
  { gates }: Asking,
): Admission | undefined {
  if (repository.private || gates.permission !== undefined || writes(permission) || byTrustedBot(pull)) return undefined
  return {
    matched: false,
    because: `The repository is public and ${pull.author.login} has no write permission; a maintainer can ask with \`@watchbill review\`.`,
  }
}

/** An issue is anybody's in a public repository; bots that open some were let in there, and have their own gate. */
function admitIssue({ repository, issue, actor }: Event, { permission }: AdmitFacts, { gates }: Asking): Admission {
  const by = issue?.author ?? actor
  if (repository.private || gates.permission !== undefined || writes(permission) || by.type === 'Bot')
    return { matched: true, because: 'Automatic.' }
  return {
    matched: false,
    because: `The repository is public and ${by.login} has no write permission; a maintainer can ask with \`@watchbill run NAME\` or a label, and \`permission: read\` in the routine answers everybody.`,
  }
}

/** The limits of automatic reviews; a task of its own has its own caps. Neither pushes nor a comment take away what the organisation requires. */
function admitReview(pull: Pull, facts: AdmitFacts, { kind, gates, required }: Asking): Admission {
  const { settings, installationSize } = facts
  if (kind !== 'review') return { matched: true, because: 'Automatic.' }
  if (gates.bots !== true && pull.author.type === 'Bot' && dependencyBots.includes(pull.author.login))
    return {
      matched: false,
      because: `${pull.author.login} updates dependencies; its pull requests get no code review.`,
    }
  if (facts.paused && !required)
    return {
      matched: false,
      waits: true,
      because: `${facts.paused.by} paused the automatic reviews of this pull request at ${facts.paused.at}; \`@watchbill resume\` goes on, \`@watchbill review\` reviews it once.`,
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
  if (required) return { matched: true, because: 'Automatic, as the organisation requires.' }
  if (facts.automaticToday >= automaticADay)
    return {
      matched: false,
      waits: true,
      because: `${automaticADay} automatic runs of this pull request today are the most; ask with \`@watchbill review\`.`,
    }
  if (facts.automaticEver >= automaticAPull)
    return {
      matched: false,
      waits: true,
      because: `Automatic reviews of this pull request paused after ${automaticAPull}; ask with \`@watchbill review\`.`,
    }
  return { matched: true, because: 'Automatic.' }
}
