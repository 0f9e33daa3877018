// Edits of our own comments: the new words under the old marks, or under the key that the comment is to go by, and nothing where the words stand already.

import type { WantedReview } from '../domain/host.ts'
import { statusOf } from './failures.ts'
import { mark, readMarks } from './markers.ts'
import type { Posting } from './posting.ts'
import type { Ours } from './standing.ts'

/** What stands, as it will once these edits are made: a comment that gives up its key does not stand for it. */
export function withNewKeys(ours: Ours, edits: WantedReview['edits']): Ours {
  const keys = new Map(edits.flatMap(({ commentId, key }) => (key === undefined ? [] : [[commentId, key] as const])))
  return {
    ...ours,
    comments: ours.comments.map(one => ({ ...one, ...(keys.has(one.id) && { key: keys.get(one.id)! }) })),
  }
}

/** The ids of the comments that now say what they should; one that is not ours, or gone, is left out. */
export async function editOurs({ octokit, at, wanted }: Posting, ours: Ours): Promise<number[]> {
  const edited: number[] = []
  for (const edit of wanted.edits) {
    const comment = ours.comments.find(one => one.id === edit.commentId)
    if (!comment) continue
    const marks = readMarks(comment.body)
    const keys = edit.key === undefined ? marks.keys : [edit.key]
    const body = keys.length > 0 ? mark(readMarks(edit.body).text, { ...marks, keys }) : edit.body
    if (isSame(comment.body, body)) {
      edited.push(edit.commentId)
      continue
    }
    try {
      await octokit.rest.pulls.updateReviewComment({ ...at, comment_id: edit.commentId, body })
      edited.push(edit.commentId)
    } catch (thrown) {
      if (statusOf(thrown) !== 404) throw thrown
    }
  }
  return edited
}

function isSame(one: string, other: string): boolean {
  return one.replaceAll('\r\n', '\n').trim() === other.replaceAll('\r\n', '\n').trim()
}
