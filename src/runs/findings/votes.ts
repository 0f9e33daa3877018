// 👍 and 👎 on findings, read when the pull is touched: kept as votes, of which only those of others with write permission count.
import type { Pull, Repository } from '../../domain/event.ts'
import type { Host } from '../../domain/host.ts'
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
    const permissions = new Map<string, Permission | undefined>()
    const votes: Signal[] = []
    for (const { id, comment, what, by, at } of thumbs) {
      if (!permissions.has(by.login)) {
        const asks = by.type === 'User' && permissions.size < peopleAtMost
        permissions.set(by.login, asks ? await host.permission(repository, by.login) : undefined)
      }
      const against = whyNot(by, pull, permissions.get(by.login))
      votes.push({
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
      })
    }
    await store.signals.setVotes(repository.id, pull.number, votes)
  } catch (thrown) {
    const about = `${repository.owner}/${repository.name}#${pull.number}`
    log({ pull: about, problem: asProblem(thrown).message }, 'reactions to findings could not be read')
  }
}

function whyNot(by: { id: number; login: string; type: string }, pull: Pull, permission?: Permission) {
  if (by.type !== 'User') return `${by.login} is a bot.`
  if (by.id === pull.author.id) return `${by.login} is the author of the pull request.`
  if (!mayAtLeast(permission, 'write'))
    return `${by.login} has no write permission on the repository, or it was not asked for.`
  return undefined
}
