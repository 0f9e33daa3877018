// Review comments: each must stand on a line of the diff, as git shows it, or on a changed file.
import { resolveCommit } from '../bare-repository.ts'
import { type Call, type Handlers, page, pullOf, repositoryOf, reviewCommentOf, userOf } from '../call.ts'
import { addReviewComment, editReviewComment, type Remark, removeReviewComment, replyTo } from '../changes/talk.ts'
import { type ChangedFile, changedFiles, hunkAt, indexInHunk, lineAtPosition, mergeBase } from '../positions.ts'
import { notAccessible, notFound, type Refusal, unprocessable, validationFailed } from '../refusal.ts'
import { reviewCommentShape } from '../shapes-of-pulls.ts'
import { type Json, type Pull, pullsOf, type Repository, type ReviewComment, type Side } from '../world.ts'
import { limitBody } from './reviews.ts'

export const reviewComments: Handlers = {
  'pulls/list-review-comments': call => list(call, [pullOf(call)]),
  'pulls/list-review-comments-for-repo': call => list(call, pullsOf(repositoryOf(call))),
  'pulls/get-review-comment': show,
  'pulls/create-review-comment': async call => {
    const repository = repositoryOf(call)
    const pull = pullOf(call)
    if (call.body.in_reply_to) return reply(call, call.body.in_reply_to)
    limitBody(call.body.body)
    const remark = await anchored(repository, pull, call.body, 'comment')
    const comment = addReviewComment(call.world, repository, pull, remark, userOf(call), null)
    return { body: reviewCommentShape(call.world, repository, pull, comment) }
  },
  'pulls/create-reply-for-review-comment': call => reply(call, Number(call.params.comment_id)),
  'pulls/update-review-comment': call => {
    const { pull, comment } = ownComment(call)
    limitBody(call.body.body)
    editReviewComment(call.world, repositoryOf(call), pull, comment, call.body.body, userOf(call))
    return show(call)
  },
  'pulls/delete-review-comment': call => {
    const { pull, comment } = ownComment(call)
    removeReviewComment(call.world, repositoryOf(call), pull, comment, userOf(call))
    return {}
  },
}

function list(call: Call, pulls: Pull[]) {
  const repository = repositoryOf(call)
  const since = call.query.since ? new Date(call.query.since) : undefined
  const seen = pulls.flatMap(pull =>
    pull.reviewComments
      .filter(comment => pull.reviews.find(review => review.id === comment.reviewId)?.state !== 'PENDING')
      .filter(comment => !since || comment.updatedAt >= since)
      .map(comment => reviewCommentShape(call.world, repository, pull, comment)),
  )
  if (call.query.direction === 'desc') seen.reverse()
  return page(call, seen)
}

function show(call: Call) {
  const { pull, comment } = reviewCommentOf(call)
  return { body: reviewCommentShape(call.world, repositoryOf(call), pull, comment) }
}

function reply(call: Call, id: number) {
  const repository = repositoryOf(call)
  const pull = pullOf(call)
  if (!pull.reviewComments.some(comment => comment.id === id)) throw notFound()
  limitBody(call.body.body)
  const comment = replyTo(call.world, repository, pull, id, call.body.body, userOf(call))
  return { body: reviewCommentShape(call.world, repository, pull, comment) }
}

/** An App changes its own comments only; a person with write access others' too. */
function ownComment(call: Call): { pull: Pull; comment: ReviewComment } {
  const found = reviewCommentOf(call)
  if (call.actor.kind === 'installation' && found.comment.user !== userOf(call)) throw notAccessible()
  return found
}

/** A review answers with sentences, a single comment with fields. Both are GitHub's words. */
type Voice = 'review' | 'comment'

/** Where a comment stands, or GitHub's refusal: decided by git's diff from the merge base to the commit. */
export async function anchored(repository: Repository, pull: Pull, asked: Json, voice: Voice): Promise<Remark> {
  limitBody(asked.body)
  const { gitDir } = repository
  const commitId = (await resolveCommit(gitDir, asked.commit_id ?? pull.head.sha)) ?? ''
  if (!commitId) throw refusal(voice, 'commit_id', 'Commit could not be resolved', 'invalid')
  const from = await mergeBase(gitDir, pull.base.sha, commitId).catch(() => {
    throw refusal(voice, 'commit_id', 'Commit is not part of the pull request', 'invalid')
  })
  const file = (await changedFiles(gitDir, from, commitId)).find(known => known.path === asked.path)
  if (!file) throw refusal(voice, 'path', 'Path could not be resolved', 'invalid')
  const said = { body: asked.body, path: asked.path, commitId }
  const nowhere = { line: null, side: 'RIGHT' as const, startLine: null, startSide: null, position: null, diffHunk: '' }
  if (asked.subject_type === 'file')
    return { ...said, ...nowhere, subjectType: 'file', diffHunk: file.hunks[0]?.lines.join('\n') ?? '' }
  return { ...said, subjectType: 'line', ...placed(file, asked, voice) }
}

function placed(file: ChangedFile, asked: Json, voice: Voice) {
  const byPosition =
    asked.line === undefined && asked.position !== undefined ? lineAtPosition(file, asked.position) : undefined
  const line: number | undefined = asked.line ?? byPosition?.line
  const side: Side = (asked.side ?? byPosition?.side ?? 'RIGHT') as Side
  const hunk = line === undefined ? undefined : hunkAt(file, line, side)
  if (line === undefined || !hunk) throw refusal(voice, 'line', 'Line could not be resolved')
  const startLine: number | null = asked.start_line ?? null
  const startSide = startLine === null ? null : ((asked.start_side ?? side) as Side)
  if (startLine !== null) {
    if (startSide === side && startLine >= line)
      throw refusal(voice, 'start_line', 'start line must precede the end line.')
    if (hunkAt(file, startLine, startSide!) !== hunk)
      throw refusal(voice, 'start_line', 'start line must be part of the same hunk as the line.')
  }
  const index = indexInHunk(hunk, line, side)
  const diffHunk = hunk.lines.slice(0, index + 1).join('\n')
  return { line, side, startLine, startSide, position: hunk.position + index, diffHunk }
}

function refusal(voice: Voice, field: string, sentence: string, code = 'custom'): Refusal {
  const resource = 'PullRequestReviewComment'
  const whole = sentence.startsWith('start') ? `Pull request review thread ${sentence}` : sentence
  if (voice === 'review') return unprocessable(whole)
  const named = `pull_request_review_thread.${field}`
  if (field === 'path' || field === 'commit_id') return validationFailed({ resource, code, field: named })
  const message =
    field === 'line' ? `${named} must be part of the diff` : `${named} ${sentence.replace(/^start line /, '')}`
  const missing = { resource, code: 'missing_field', field: 'pull_request_review_thread.diff_hunk' }
  return validationFailed({ resource, code, field: named, message }, ...(field === 'line' ? [missing] : []))
}
