// 👍 and 👎 on review comments, which no webhook tells of.
import type { Repository } from '../domain/event.ts'
import type { Thumb } from '../domain/host.ts'
import type { Open } from './client.ts'
import { statusOf } from './failures.ts'
import { fields, id, name, readActor } from './payloads.ts'
import { openRepository } from './pulls.ts'

const most = { comments: 50, pages: 2 }

/** The pull's comments say how many reactions they have: only those that have thumbs are asked about. */
export async function readThumbs(
  open: Open,
  repository: Repository,
  number: number,
  comments: number[],
): Promise<Thumb[]> {
  if (comments.length === 0) return []
  const { octokit, at } = openRepository(open, repository, { pull_requests: 'read' })
  const { listReviewComments } = octokit.rest.pulls
  const all = await octokit.paginate(listReviewComments, { ...at, pull_number: number, per_page: 100 })
  const asked = all.filter(one => comments.includes(one.id) && hasThumbs(one)).slice(0, most.comments)
  const insiders = new Set(all.filter(one => inside.includes(one.author_association)).map(one => one.user?.id))
  const thumbs: Thumb[] = []
  for (const comment of asked) {
    try {
      for (let page = 1; page <= most.pages; page++) {
        const about = { ...at, comment_id: comment.id, per_page: 100, page }
        const { data } = await octokit.rest.reactions.listForPullRequestReviewComment(about)
        thumbs.push(...data.flatMap(one => thumbOf(one, comment.id)))
        if (data.length < 100) break
      }
    } catch (thrown) {
      // A comment that was deleted meanwhile has none.
      if (statusOf(thrown) !== 404) throw thrown
    }
  }
  return thumbs.map(one => (insiders.has(one.by.id) ? { ...one, belongs: true } : one))
}

/** https://docs.github.com/en/graphql/reference/enums#commentauthorassociation */
const inside = ['OWNER', 'MEMBER', 'COLLABORATOR']

function hasThumbs(comment: object): boolean {
  const counted = fields((comment as { reactions?: unknown }).reactions)
  return id(counted?.['+1']) !== undefined || id(counted?.['-1']) !== undefined
}

function thumbOf(value: unknown, comment: number): Thumb[] {
  const reaction = fields(value)
  const [number, by, at] = [id(reaction?.id), readActor(reaction?.user), name(reaction?.created_at)]
  const what = reaction?.content === '+1' ? 'up' : reaction?.content === '-1' ? 'down' : undefined
  return number && by && at && what ? [{ id: number, comment, what, by, at }] : []
}
