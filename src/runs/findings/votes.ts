// 👍 and 👎 on findings, read when the pull is touched: kept as votes, of which only those of others with write permission count.
import type { Actor, Pull, Repository } from '../../domain/event.ts'
import type { Host, Thumb } from '../../domain/host.ts'
import { mayAtLeast, type Permission } from '../../domain/permission.ts'
import { asProblem } from '../../domain/problem.ts'
import type { Signal } from '../../domain/signal.ts'
import type { Rooms } from '../../domain/store.ts'

interface VotePorts {
  store: Pick<Rooms, 'findings' | 'signals'>
  host: Pick<Host, 'thumbs' | 'permission'>
  log: (line: object, sentence: string) => void
}

/** People whose permission is asked for in one go. */
const peopleAtMost = 30

/** What can not be read is logged, and read the next time: nothing else depends on it. */
export async function readVotes(ports: VotePorts, repository: Repository, pull: Pull): Promise<void> {
  const { store, host, log } = ports
  try {
    const findings = await store.findings.ofPull(repository.id, pull.number)
    const byComment = new Map(findings.flatMap(one => (one.commentId ? [[one.commentId, one] as const] : [])))
    if (byComment.size === 0) return
    const thumbs = await host.thumbs(repository, pull.number, [...byComment.keys()])
    const before = await store.signals.of(repository.id, pull.number)
    const permissions = new Map<string, Permission>()
    for (const login of whomToAsk(thumbs, pull, before))
      permissions.set(login, await host.permission(repository, login))
    const votes = thumbs.map(({ id, comment, what, by, at }): Signal => {
      const against = whyNot(by, pull, permissions)
      return {
        repositoryId: repository.id,
        number: pull.number,
        fingerprint: byComment.get(comment)!.fingerprint,
        source: `reaction:${id}`,
        what,
        who: by.login,
        whoId: by.id,
        counts: against === undefined,
        because: against ?? `${by.login} has write permission and is not the author.`,
        commentId: comment,
        at,
      }
    })
    await store.signals.setVotes(repository.id, pull.number, votes)
  } catch (thrown) {
    const about = `${repository.owner}/${repository.name}#${pull.number}`
    log({ pull: about, problem: asProblem(thrown).message }, 'reactions to findings could not be read')
  }
}

/**
 * However many strangers vote first, they crowd out nobody who may write: those go first whose vote counted the last time or whom GitHub calls
 * one of the house, and those last who were asked about in vain, so that everybody has their turn.
 */
function whomToAsk(thumbs: Thumb[], pull: Pull, before: Signal[]): string[] {
  const counted = new Set(before.filter(one => one.counts && said.includes(one.what)).map(one => one.whoId))
  const inVain = new Set(before.filter(one => one.because === noWrite(one.who)).map(one => one.whoId))
  const turn = ({ by, belongs }: Thumb) => (counted.has(by.id) || belongs ? 0 : inVain.has(by.id) ? 2 : 1)
  const people = thumbs.filter(({ by }) => by.type === 'User' && by.id !== pull.author.id)
  const ordered = people.toSorted((a, b) => turn(a) - turn(b)).map(({ by }) => by.login)
  return [...new Set(ordered)].slice(0, peopleAtMost)
}

/** What takes write permission to count. */
const said: Signal['what'][] = ['up', 'down', 'dismissed']

function whyNot(by: Actor, pull: Pull, permissions: Map<string, Permission>): string | undefined {
  if (by.type !== 'User') return `${by.login} is a bot.`
  if (by.id === pull.author.id) return `${by.login} is the author of the pull request.`
  const permission = permissions.get(by.login)
  if (permission === undefined)
    return `Whether ${by.login} has write permission was not asked: ${peopleAtMost} people at a time are asked about.`
  return mayAtLeast(permission, 'write') ? undefined : noWrite(by.login)
}

function noWrite(login: string): string {
  return `${login} has no write permission on the repository.`
}
