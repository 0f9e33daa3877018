// Reactions to issues, to comments on them and to review comments; there is no webhook for any of them.
import { type Call, type Handlers, issueCommentOf, issueOf, page, reviewCommentOf, userOf } from '../call.ts'
import { addReaction } from '../changes/talk.ts'
import { notFound } from '../refusal.ts'
import { reactionShape } from '../shapes-of-pulls.ts'
import type { Reaction } from '../world.ts'

type Target = (call: Call) => { reactions: Reaction[] }

const issueComment: Target = call => issueCommentOf(call).comment
const reviewComment: Target = call => reviewCommentOf(call).comment

export const reactions: Handlers = {
  'reactions/create-for-issue': call => create(call, issueOf),
  'reactions/create-for-issue-comment': call => create(call, issueComment),
  'reactions/create-for-pull-request-review-comment': call => create(call, reviewComment),
  'reactions/list-for-issue': call => list(call, issueOf),
  'reactions/list-for-issue-comment': call => list(call, issueComment),
  'reactions/list-for-pull-request-review-comment': call => list(call, reviewComment),
  'reactions/delete-for-issue': call => remove(call, issueOf),
  'reactions/delete-for-issue-comment': call => remove(call, issueComment),
  'reactions/delete-for-pull-request-comment': call => remove(call, reviewComment),
}

function create(call: Call, target: Target) {
  const { reaction, created } = addReaction(call.world, target(call), call.body.content, userOf(call))
  return { status: created ? 201 : 200, body: reactionShape(call.world, reaction) }
}

function list(call: Call, target: Target) {
  const seen = target(call).reactions.filter(({ content }) => !call.query.content || call.query.content === content)
  return page(
    call,
    seen.map(reaction => reactionShape(call.world, reaction)),
  )
}

function remove(call: Call, target: Target) {
  const { reactions: all } = target(call)
  const index = all.findIndex(reaction => reaction.id === Number(call.params.reaction_id))
  if (index < 0) throw notFound()
  all.splice(index, 1)
  return {}
}
