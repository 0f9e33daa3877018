// What of ours stands on a pull: reviews and comments by the bot's numeric id, then by the marks in them.
import type { Repository } from '../domain/event.ts'
import type { Standing, StandingComment } from '../domain/host.ts'
import type { Octokit } from './client.ts'
import type { Identity } from './identity.ts'
import { readMarks } from './markers.ts'
import { type Fields, fields, readActor } from './payloads.ts'
import type { Thread } from './threads.ts'

export interface Place {
  octokit: Octokit
  at: { owner: string; repo: string }
}

export interface OurReview {
  id: number
  key?: string
  /** Findings that its body carries. */
  keys: string[]
  body: string
  head: string
  /** Begun and never sent: nobody else sees it. */
  pending: boolean
}

/** What threads tell is not known yet. */
type OurComment = Omit<StandingComment, 'resolved' | 'threadId'>

export interface Ours {
  reviews: OurReview[]
  comments: OurComment[]
}

/** Reads every page of both lists. */
export async function readOurs(
  place: Place,
  identity: Identity,
  repository: Repository,
  number: number,
): Promise<Ours> {
  const { octokit, at } = place
  const botId = await identity.botId(repository.installationId)
  // What somebody said through the App is still that person's: only the author's number counts.
  const isOurs = (said: unknown) => fields(fields(said)?.user)?.id === botId
  const about = { ...at, pull_number: number, per_page: 100 }
  const reviews = await octokit.paginate(octokit.rest.pulls.listReviews, about)
  const comments = await octokit.paginate(octokit.rest.pulls.listReviewComments, about)
  return {
    reviews: reviews.filter(isOurs).map(review => {
      const { review: key, keys } = readMarks(review.body ?? '')
      const head = review.commit_id ?? ''
      return {
        id: review.id,
        ...(key ? { key } : {}),
        keys,
        body: review.body ?? '',
        head,
        pending: review.state === 'PENDING',
      }
    }),
    comments: comments
      .filter(comment => isOurs(comment) && !comment.in_reply_to_id)
      .map(comment => {
        const key = readMarks(comment.body).keys[0]
        const line = comment.line ?? undefined
        const replies = comments.filter(reply => reply.in_reply_to_id === comment.id && !isOurs(reply))
        return {
          id: comment.id,
          ...(key ? { key } : {}),
          body: comment.body,
          path: comment.path,
          ...(line ? { line } : {}),
          ...quoteOf(comment),
          outdated: isOutdated(comment),
          answeredBy: replies.flatMap(reply => readActor(reply.user) ?? []),
        }
      }),
  }
}

export function standingOf(ours: Ours, threads: Map<number, Thread>): Standing {
  return {
    reviews: ours.reviews
      .filter(review => !review.pending)
      .map(({ id, key, body, head }) => ({ id, ...(key ? { key } : {}), body, head })),
    comments: ours.comments.map(comment => {
      const thread = threads.get(comment.id)
      return { ...comment, resolved: thread?.resolved ?? false, ...(thread ? { threadId: thread.id } : {}) }
    }),
  }
}

/** A comment whose line is gone keeps `original_line` alone; a comment on a file never had one. */
function isOutdated(comment: object): boolean {
  const { subject_type, line, position } = comment as Fields
  return subject_type !== 'file' && (line ?? position ?? null) === null
}

/** The diff of a comment ends with the last line that it is about: https://docs.github.com/en/rest/pulls/comments#list-review-comments-on-a-pull-request */
function quoteOf(comment: object): Pick<OurComment, 'side' | 'quote'> {
  const { subject_type, diff_hunk, side, original_line, original_start_line } = comment as Fields
  if (subject_type === 'file' || typeof diff_hunk !== 'string') return {}
  const old = side === 'LEFT'
  const lines = diff_hunk.split('\n').slice(1)
  const shown = lines.filter(line => !/^\\/.test(line) && line[0] !== (old ? '+' : '-'))
  const [from, to] = [Number(original_start_line ?? original_line), Number(original_line)]
  const count = Number.isInteger(to - from) ? to - from + 1 : 1
  const quote = shown.slice(-count).map(line => line.slice(1))
  return { side: old ? 'LEFT' : 'RIGHT', ...(quote.length > 0 && { quote: quote.join('\n') }) }
}
