// Pulls by the API: list, read, open, change, merge, and the files they change.
import { gitText } from '../bare-repository.ts'
import { type Call, type Handlers, page, pullOf, repositoryOf, userOf } from '../call.ts'
import { closePull, editPull, mergePull, openPull, reopenPull } from '../changes/pulls.ts'
import { pullCounts } from '../payloads.ts'
import { changedFiles, mergeBase, rawDiff } from '../positions.ts'
import { Refusal, validationFailed } from '../refusal.ts'
import { pullBrief, pullShape } from '../shapes-of-pulls.ts'
import { type Pull, pullsOf, type Repository } from '../world.ts'
import { commitShape, fileShape } from './commits.ts'

export const pulls: Handlers = {
  'pulls/list': call => {
    const repository = repositoryOf(call)
    const { state = 'open', head, base, direction, sort = 'created' } = call.query
    const found = pullsOf(repository)
      .filter(pull => state === 'all' || pull.state === state)
      .filter(
        pull => !head || `${pull.head.repository.owner.login}:${pull.head.ref}` === head || pull.head.ref === head,
      )
      .filter(pull => !base || pull.base.ref === base)
    const when = (pull: Pull) => (sort === 'updated' ? pull.updatedAt : pull.createdAt).getTime()
    found.sort((a, b) => when(b) - when(a) || b.number - a.number)
    if ((direction ?? (sort === 'created' && !call.query.sort ? 'desc' : 'asc')) === 'asc') found.reverse()
    return page(
      call,
      found.map(pull => pullBrief(call.world, repository, pull)),
    )
  },
  'pulls/get': async call => {
    const pull = pullOf(call)
    if (/\bdiff\b/.test(call.accept))
      return {
        body: await diffOf(repositoryOf(call), pull),
        headers: { 'content-type': 'application/vnd.github.diff; charset=utf-8' },
      }
    return show(call, pull)
  },
  'pulls/create': create,
  'pulls/update': async call => {
    const repository = repositoryOf(call)
    const pull = pullOf(call)
    const { title, body, base, state } = call.body ?? {}
    if (base !== undefined && !repository.branches.has(base))
      throw validationFailed({
        message: `Proposed base branch '${base}' was not found`,
        resource: 'PullRequest',
        field: 'base',
        code: 'invalid',
      })
    await editPull(call.world, repository, pull, { title, body, base }, userOf(call))
    if (state === 'closed' && pull.state === 'open') await closePull(call.world, repository, pull, userOf(call))
    if (state === 'open' && pull.state === 'closed') await reopenPull(call.world, repository, pull, userOf(call))
    return show(call, pull)
  },
  'pulls/merge': async call => {
    const pull = pullOf(call)
    if (pull.state !== 'open' || pull.draft) throw new Refusal(405, 'Pull Request is not mergeable')
    if (call.body?.sha && call.body.sha !== pull.head.sha)
      throw new Refusal(409, 'Head branch was modified. Review and try the merge again.')
    const sha = await mergePull(call.world, repositoryOf(call), pull, userOf(call))
    return { body: { sha, merged: true, message: 'Pull Request successfully merged' } }
  },
  'pulls/list-files': async call => {
    const repository = repositoryOf(call)
    const pull = pullOf(call)
    const files = (await filesOf(repository, pull)).slice(0, 3000)
    return page(
      call,
      files.map(file => fileShape(call.world, repository, file, pull.head.sha)),
    )
  },
  'pulls/list-commits': async call => {
    const repository = repositoryOf(call)
    const pull = pullOf(call)
    const range = `${pull.base.sha}..${pull.head.sha}`
    const ids = (await gitText(repository.gitDir, ['rev-list', '--reverse', '--max-count=250', range]))
      .split('\n')
      .filter(Boolean)
    const answer = page(call, ids)
    answer.body = await Promise.all(
      answer.body.map((id: string) => commitShape(call.world, repository, id, { files: false })),
    )
    return answer
  },
}

async function filesOf(repository: Repository, pull: Pull) {
  const from = await mergeBase(repository.gitDir, pull.base.sha, pull.head.sha)
  return changedFiles(repository.gitDir, from, pull.head.sha)
}

async function show(call: Call, pull: Pull) {
  const repository = repositoryOf(call)
  return { body: pullShape(call.world, repository, pull, await pullCounts(repository, pull)) }
}

/** The API refuses diffs of more than 300 files or 20,000 lines. */
async function diffOf(repository: Repository, pull: Pull): Promise<Buffer> {
  const files = await filesOf(repository, pull)
  const lines = files.reduce((total, file) => total + file.additions + file.deletions, 0)
  const tooLarge = (what: string) =>
    new Refusal(
      406,
      `Sorry, the diff exceeded the maximum number of ${what}. Consider using 'List pull requests files' API or locally cloning the repository instead.`,
      {
        errors: [{ resource: 'PullRequest', field: 'diff', code: 'too_large' }],
      },
    )
  if (files.length > 300) throw tooLarge('files (300)')
  if (lines > 20_000) throw tooLarge('lines (20000)')
  const from = await mergeBase(repository.gitDir, pull.base.sha, pull.head.sha)
  return rawDiff(repository.gitDir, from, pull.head.sha)
}

async function create(call: Call) {
  const repository = repositoryOf(call)
  const { head, base, title, body, draft } = call.body
  const [owner, ref] = head.includes(':') ? head.split(':') : [repository.owner.login, head]
  const family = call.world.repositories.filter(known => known === repository || known.parent === repository)
  const from = family.find(known => known.owner.login.toLowerCase() === owner.toLowerCase() && known.branches.has(ref))
  const invalid = (field: string) => validationFailed({ resource: 'PullRequest', field, code: 'invalid' })
  if (!from) throw invalid('head')
  if (!repository.branches.has(base)) throw invalid('base')
  const custom = (message: string) => validationFailed({ resource: 'PullRequest', code: 'custom', message })
  const same = (pull: Pull) =>
    pull.state === 'open' && pull.head.ref === ref && pull.head.repository === from && pull.base.ref === base
  if (pullsOf(repository).some(same)) throw custom(`A pull request already exists for ${owner}:${ref}.`)
  if (from.branches.get(ref) === repository.branches.get(base)) throw custom(`No commits between ${base} and ${head}`)
  const fork = from === repository ? undefined : from
  const wanted = {
    head: ref,
    base,
    title: title ?? ref,
    body: body ?? null,
    author: userOf(call),
    draft: draft ?? false,
    fork,
    labels: [],
  }
  return show(call, await openPull(call.world, repository, wanted))
}
