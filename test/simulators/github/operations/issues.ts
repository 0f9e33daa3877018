// Issues and the conversation of pulls: comments and labels.
import { byApp, type Call, type Handlers, issueCommentOf, issueOf, page, repositoryOf, userOf } from '../call.ts'
import { addLabel, closePull, editPull, openIssue, removeLabel } from '../changes/pulls.ts'
import { addIssueComment, editIssueComment, removeIssueComment } from '../changes/talk.ts'
import { notAccessible, notFound, Refusal, validationFailed } from '../refusal.ts'
import { issueCommentShape, issueShape, labelShape } from '../shapes-of-pulls.ts'
import { type Issue, isPull, type Json } from '../world.ts'

export const issues: Handlers = {
  'issues/get': show,
  'issues/list-for-repo': call => {
    const repository = repositoryOf(call)
    const { state = 'open', labels = '', since } = call.query
    const wanted = labels.split(',').filter(Boolean)
    const found = [...repository.issues.values()]
      .filter(issue => state === 'all' || issue.state === state)
      .filter(issue => wanted.every((name: string) => issue.labels.includes(name)))
      .filter(issue => !since || issue.updatedAt >= new Date(since))
      .reverse()
    return page(
      call,
      found.map(issue => issueShape(call.world, repository, issue)),
    )
  },
  'issues/create': async call => {
    const repository = repositoryOf(call)
    const issue = openIssue(call.world, repository, String(call.body.title), call.body.body ?? null, userOf(call))
    for (const name of names(call.body.labels)) await addLabel(call.world, repository, issue, name, userOf(call))
    return { body: issueShape(call.world, repository, issue) }
  },
  'issues/update': async call => {
    const issue = issueOf(call)
    const { title, body, state } = call.body ?? {}
    if (isPull(issue)) await editPull(call.world, repositoryOf(call), issue, { title, body }, userOf(call))
    else Object.assign(issue, title !== undefined && { title }, body !== undefined && { body })
    if (isPull(issue) && state === 'closed') await closePull(call.world, repositoryOf(call), issue, userOf(call))
    else if (state) issue.state = state
    if (state) issue.closedAt = state === 'closed' ? call.world.now() : null
    return show(call)
  },
  'issues/list-comments': call => {
    const issue = issueOf(call)
    const since = call.query.since ? new Date(call.query.since) : undefined
    const seen = issue.issueComments.filter(comment => !since || comment.updatedAt >= since)
    return page(
      call,
      seen.map(comment => issueCommentShape(call.world, repositoryOf(call), issue, comment)),
    )
  },
  'issues/get-comment': showComment,
  'issues/create-comment': call => {
    const issue = issueOf(call)
    limitBody(call.body.body)
    const comment = addIssueComment(call.world, repositoryOf(call), issue, call.body.body, userOf(call), byApp(call))
    return { body: issueCommentShape(call.world, repositoryOf(call), issue, comment) }
  },
  'issues/update-comment': call => {
    const { issue, comment } = ownComment(call)
    limitBody(call.body.body)
    editIssueComment(call.world, repositoryOf(call), issue, comment, call.body.body, userOf(call))
    return showComment(call)
  },
  'issues/delete-comment': call => {
    const { issue, comment } = ownComment(call)
    removeIssueComment(call.world, repositoryOf(call), issue, comment, userOf(call))
    return {}
  },
  'issues/list-labels-for-repo': call => {
    const repository = repositoryOf(call)
    return page(
      call,
      [...repository.labels.keys()].map(name => labelShape(call.world, repository, name)),
    )
  },
  'issues/get-label': call => {
    const repository = repositoryOf(call)
    if (!repository.labels.has(call.params.name!.toLowerCase())) throw notFound()
    return { body: labelShape(call.world, repository, call.params.name!) }
  },
  'issues/create-label': call => {
    const repository = repositoryOf(call)
    const { name, color = 'ededed', description = null } = call.body
    if (repository.labels.has(name.toLowerCase()))
      throw validationFailed({ resource: 'Label', code: 'already_exists', field: 'name' })
    repository.labels.set(name.toLowerCase(), { id: call.world.nextId(), name, color, description })
    return { body: labelShape(call.world, repository, name) }
  },
  'issues/list-labels-on-issue': call => page(call, labelsOf(call, issueOf(call))),
  'issues/add-labels': async call => {
    const issue = issueOf(call)
    const wanted = Array.isArray(call.body) ? call.body : call.body?.labels
    for (const name of names(wanted)) await addLabel(call.world, repositoryOf(call), issue, name, userOf(call))
    return { body: labelsOf(call, issue) }
  },
  'issues/set-labels': async call => {
    const issue = issueOf(call)
    const wanted = names(Array.isArray(call.body) ? call.body : call.body?.labels)
    for (const name of issue.labels.filter(known => !wanted.includes(known)))
      await removeLabel(call.world, repositoryOf(call), issue, name, userOf(call))
    for (const name of wanted) await addLabel(call.world, repositoryOf(call), issue, name, userOf(call))
    return { body: labelsOf(call, issue) }
  },
  'issues/remove-label': async call => {
    const issue = issueOf(call)
    const name = call.params.name!
    if (!issue.labels.some(label => label.toLowerCase() === name.toLowerCase()))
      throw new Refusal(404, 'Label does not exist')
    await removeLabel(call.world, repositoryOf(call), issue, name, userOf(call))
    return { body: labelsOf(call, issue) }
  },
}

function show(call: Call) {
  return { body: issueShape(call.world, repositoryOf(call), issueOf(call)) }
}

function showComment(call: Call) {
  const { issue, comment } = issueCommentOf(call)
  return { body: issueCommentShape(call.world, repositoryOf(call), issue, comment) }
}

function ownComment(call: Call) {
  const found = issueCommentOf(call)
  if (call.actor.kind === 'installation' && found.comment.user !== userOf(call)) throw notAccessible()
  return found
}

function labelsOf(call: Call, issue: Issue): Json[] {
  return issue.labels.map(name => labelShape(call.world, repositoryOf(call), name))
}

function names(labels: Json): string[] {
  return (labels ?? []).map((label: Json) => (typeof label === 'string' ? label : label.name))
}

function limitBody(body: string): void {
  const message = 'body is too long (maximum is 65536 characters)'
  if (body.length > 65_536) throw validationFailed({ resource: 'IssueComment', code: 'custom', field: 'body', message })
}
