// Edits of our own comments: the new words under the old marks, and nothing where the words stand already.
import { statusOf } from './failures.ts'
import { mark, readMarks } from './markers.ts'
import type { Posting } from './posting.ts'
import type { Ours } from './standing.ts'

/** The ids of the comments that now say what they should; one that is not ours, or gone, is left out. */
export async function editOurs({ octokit, at, wanted }: Posting, ours: Ours): Promise<number[]> {
  const edited: number[] = []
  for (const edit of wanted.edits) {
    const comment = ours.comments.find(one => one.id === edit.commentId)
    if (!comment) continue
    const marks = readMarks(comment.body)
    const body = marks.keys.length > 0 ? mark(readMarks(edit.body).text, marks) : edit.body
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
