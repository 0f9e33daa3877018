// Commits: lists, one by one, and compared.
import { gitText, resolveCommit } from '../bare-repository.ts'
import { type Call, type Handlers, page, repositoryOf } from '../call.ts'
import { type ChangedFile, changedFiles, mergeBase, rawDiff } from '../positions.ts'
import { notFound, Refusal } from '../refusal.ts'
import { api, nodeId, repositoryPath, userShape, webPath } from '../shapes.ts'
import { pullBrief } from '../shapes-of-pulls.ts'
import { type Json, pullsOf, type Repository, type World } from '../world.ts'

export const commits: Handlers = {
  'repos/list-commits': listCommits,
  'repos/get-commit': async call => {
    const repository = repositoryOf(call)
    const sha = await commitNamed(repository, call.params.ref!)
    if (call.accept.includes('sha')) return { body: sha, headers: { 'content-type': 'text/plain' } }
    return { body: await commitShape(call.world, repository, sha, { files: true }) }
  },
  'repos/compare-commits': compare,
  'repos/list-pull-requests-associated-with-commit': call => {
    const repository = repositoryOf(call)
    const { commit_sha: sha } = call.params
    const found = pullsOf(repository).filter(pull => pull.head.sha === sha || pull.mergeCommitSha === sha)
    return page(
      call,
      found.map(pull => pullBrief(call.world, repository, pull)),
    )
  },
}

const emptyTree = '4b825dc642cb6eb9a060e54bf8d69288fbee4904'

/** The commit that a branch, tag, `heads/x` or id names. */
export async function commitNamed(repository: Repository, name: string): Promise<string> {
  const branch = repository.branches.get(name.replace(/^(refs\/)?heads\//, ''))
  const sha = branch ?? (await resolveCommit(repository.gitDir, name))
  if (sha) return sha
  throw new Refusal(422, `No commit found for SHA: ${name}`)
}

export async function commitShape(
  world: World,
  repository: Repository,
  sha: string,
  wanted: { files: boolean },
): Promise<Json> {
  const text = await gitText(repository.gitDir, [
    'log',
    '-1',
    '--format=%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B',
    sha,
  ])
  const [id, tree, parentIds, an, ae, at, cn, ce, ct, message] = text.split('\0') as string[]
  const base = api(world, repositoryPath(repository))
  const web = `${world.url}${webPath(repository)}/commit`
  const parents = parentIds!.split(' ').filter(Boolean)
  const utc = (date: string) => new Date(date).toISOString().replace('.000Z', 'Z')
  const account = (name: string) => {
    const user = world.users.get(name.toLowerCase())
    return user ? userShape(world, user) : null
  }
  const shape = {
    url: `${base}/commits/${id}`,
    sha: id,
    node_id: nodeId('Commit', id!),
    html_url: `${web}/${id}`,
    comments_url: `${base}/commits/${id}/comments`,
    commit: {
      url: `${base}/git/commits/${id}`,
      author: { name: an, email: ae, date: utc(at!) },
      committer: { name: cn, email: ce, date: utc(ct!) },
      message: message!.replace(/\n$/, ''),
      tree: { url: `${base}/git/trees/${tree}`, sha: tree },
      comment_count: 0,
      verification: { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null },
    },
    author: account(an!),
    committer: account(cn!),
    parents: parents.map(parent => ({ url: `${base}/commits/${parent}`, sha: parent, html_url: `${web}/${parent}` })),
  }
  if (!wanted.files) return shape
  const changes = await changedFiles(repository.gitDir, parents[0] ?? emptyTree, id!)
  const sum = (key: 'additions' | 'deletions') => changes.reduce((total, file) => total + file[key], 0)
  const stats = { additions: sum('additions'), deletions: sum('deletions'), total: sum('additions') + sum('deletions') }
  return { ...shape, stats, files: changes.slice(0, 300).map(file => fileShape(world, repository, file, id!)) }
}

/** A changed file as the API lists it; `patch` is left out of large ones. */
export function fileShape(world: World, repository: Repository, file: ChangedFile, sha: string): Json {
  const web = `${world.url}${webPath(repository)}`
  const path = file.path.split('/').map(encodeURIComponent).join('/')
  const patch = file.hunks.flatMap(hunk => hunk.lines).join('\n')
  return {
    sha: /^0+$/.test(file.blob) ? null : file.blob,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${web}/blob/${sha}/${path}`,
    raw_url: `${web}/raw/${sha}/${path}`,
    contents_url: `${api(world, repositoryPath(repository))}/contents/${path}?ref=${sha}`,
    ...(patch && file.additions + file.deletions <= 3000 && { patch }),
    ...(file.previousPath && { previous_filename: file.previousPath }),
  }
}

async function listCommits(call: Call) {
  const repository = repositoryOf(call)
  const from = await commitNamed(repository, call.query.sha ?? repository.defaultBranch)
  const path = call.query.path ? ['--', call.query.path] : []
  const ids = (await gitText(repository.gitDir, ['rev-list', '--max-count=1000', from, ...path]))
    .split('\n')
    .filter(Boolean)
  const answer = page(call, ids)
  answer.body = await Promise.all(
    answer.body.map((id: string) => commitShape(call.world, repository, id, { files: false })),
  )
  return answer
}

async function compare(call: Call) {
  const repository = repositoryOf(call)
  const { gitDir } = repository
  const ends = [call.params.base!, call.params.head!].map(name => name.replace(/^[^:]+:/, ''))
  const [base, head] = await Promise.all(ends.map(name => commitNamed(repository, name))).catch(() => {
    throw notFound()
  })
  const middle = await mergeBase(gitDir, base!, head!)
  if (call.accept.includes('diff'))
    return { body: await rawDiff(gitDir, middle, head!), headers: { 'content-type': 'text/plain' } }
  const counts = await gitText(gitDir, ['rev-list', '--left-right', '--count', `${base}...${head}`])
  const [behind_by, ahead_by] = counts.split(/\s+/).map(Number) as [number, number]
  const status = ahead_by && behind_by ? 'diverged' : ahead_by ? 'ahead' : behind_by ? 'behind' : 'identical'
  const ids = (await gitText(gitDir, ['rev-list', '--reverse', `${base}..${head}`])).split('\n').filter(Boolean)
  const shape = (sha: string) => commitShape(call.world, repository, sha, { files: false })
  const [base_commit, merge_base_commit, ...listed] = await Promise.all(
    [base!, middle, ...ids.slice(0, 250)].map(shape),
  )
  const files = (await changedFiles(gitDir, middle, head!))
    .slice(0, 300)
    .map(file => fileShape(call.world, repository, file, head!))
  const url = api(call.world, `${repositoryPath(repository)}/compare/${call.params.base}...${call.params.head}`)
  const html_url = `${call.world.url}${webPath(repository)}/compare/${call.params.base}...${call.params.head}`
  const links = { url, html_url, permalink_url: html_url, diff_url: `${html_url}.diff`, patch_url: `${html_url}.patch` }
  const numbers = { status, ahead_by, behind_by, total_commits: ahead_by }
  return { body: { ...links, base_commit, merge_base_commit, ...numbers, commits: listed, files } }
}
