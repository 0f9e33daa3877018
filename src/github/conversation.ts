// What we say beside reviews: answers on the pull's conversation, reactions to commands, labels taken off.
import type { Repository } from '../domain/event.ts'
import type { Host } from '../domain/host.ts'
import { Problem } from '../domain/problem.ts'
import { isLost, statusOf } from './failures.ts'
import { mark, readMarks } from './markers.ts'
import { fields } from './payloads.ts'
import type { PublishPorts } from './publish.ts'
import { openRepository } from './pulls.ts'
import type { Permissions } from './tokens.ts'

const tries = 4
const settle = 2000

/** Posts the answer unless one of ours with this key stands; a lost answer is looked for before it is posted again. */
export async function answer(
  ports: PublishPorts,
  repository: Repository,
  number: number,
  key: string,
  body: string,
  thread?: number,
  on: 'pull' | 'issue' = 'pull',
): Promise<void> {
  const { octokit, at } = openRepository(ports.open, repository, writing(on))
  const botId = await ports.identity.botId(repository.installationId)
  const { listComments } = octokit.rest.issues
  const { listReviewComments } = octokit.rest.pulls
  for (let attempt = 1; ; attempt++) {
    const comments: { user: unknown; body?: string | undefined }[] =
      thread === undefined
        ? await octokit.paginate(listComments, { ...at, issue_number: number, per_page: 100 })
        : await octokit.paginate(listReviewComments, { ...at, pull_number: number, per_page: 100 })
    const ours = comments.filter(comment => fields(comment.user)?.id === botId)
    if (ours.some(comment => readMarks(comment.body ?? '').keys.includes(key))) return
    try {
      const marked = mark(body, { keys: [key] })
      await (thread === undefined
        ? octokit.rest.issues.createComment({ ...at, issue_number: number, body: marked })
        : octokit.rest.pulls.createReplyForReviewComment({
            ...at,
            pull_number: number,
            comment_id: thread,
            body: marked,
          }))
      return
    } catch (thrown) {
      if (!isLost(thrown) || attempt === tries) throw thrown
      await ports.pace.wait(settle)
    }
  }
}

/** A comment that is gone needs no reaction. */
export async function react(
  ports: PublishPorts,
  repository: Repository,
  ...[comment, content, on = 'pull']: Tail<Parameters<Host['react']>>
): Promise<void> {
  const { octokit, at } = openRepository(ports.open, repository, writing(on))
  const about = { ...at, comment_id: comment.id, content }
  await unlessGone(() =>
    comment.kind === 'issue'
      ? octokit.rest.reactions.createForIssueComment(about)
      : octokit.rest.reactions.createForPullRequestReviewComment(about),
  )
}

/** A label that is off already is off. */
export async function removeLabel(
  ports: PublishPorts,
  repository: Repository,
  number: number,
  label: string,
  on: 'pull' | 'issue',
): Promise<void> {
  const { octokit, at } = openRepository(ports.open, repository, writing(on))
  await unlessGone(() => octokit.rest.issues.removeLabel({ ...at, issue_number: number, name: label }))
}

/** An issue that is no pull is out of reach of the permission for pulls. */
function writing(on: 'pull' | 'issue'): Permissions {
  return on === 'pull' ? { pull_requests: 'write' } : { issues: 'write' }
}

type Tail<Values extends unknown[]> = Values extends [unknown, ...infer Rest] ? Rest : never

async function unlessGone(run: () => Promise<unknown>): Promise<void> {
  try {
    await run()
  } catch (thrown) {
    if (statusOf(thrown) === 404) return
    if (thrown instanceof Problem && thrown.code === 'not_found') return
    throw thrown
  }
}
