// git's own objects by the API: references, commits, trees and blobs.
import { git, gitText, resolveCommit } from '../bare-repository.ts'
import { type Call, type Handlers, page, repositoryOf, userOf } from '../call.ts'
import { branchMoved } from '../changes/branches.ts'
import { notFound, Refusal, validationFailed } from '../refusal.ts'
import { revParse } from '../settled.ts'
import { api, nodeId, repositoryPath, webPath } from '../shapes.ts'
import type { Json, Repository } from '../world.ts'
import { commitShape } from './commits.ts'
import { listTree, mayWriteTo } from './contents.ts'

export const gitData: Handlers = {
  'git/get-ref': call => {
    const sha = repositoryOf(call).branches.get(branchOf(call.params.ref!))
    if (!sha) throw notFound()
    return { body: refShape(call, `refs/${call.params.ref}`, sha) }
  },
  'git/list-matching-refs': call => {
    const matching = [...repositoryOf(call).branches].filter(([name]) => `heads/${name}`.startsWith(call.params.ref!))
    return page(
      call,
      matching.map(([name, sha]) => refShape(call, `refs/heads/${name}`, sha)),
    )
  },
  'git/create-ref': createRef,
  'git/update-ref': updateRef,
  'git/delete-ref': async call => {
    const repository = repositoryOf(call)
    const branch = branchOf(call.params.ref!)
    if (!repository.branches.has(branch)) throw new Refusal(422, 'Reference does not exist')
    mayWriteTo(call, repository, branch, [])
    await gitText(repository.gitDir, ['update-ref', '-d', `refs/heads/${branch}`])
    await branchMoved(call.world, repository, { branch, to: undefined, by: userOf(call) })
    return {}
  },
  'git/get-commit': async call => {
    const repository = repositoryOf(call)
    const sha = await resolveCommit(repository.gitDir, call.params.commit_sha!)
    if (!sha) throw notFound()
    return { body: await gitCommitShape(call, repository, sha) }
  },
  'git/create-commit': createCommit,
  'git/get-tree': async call => {
    const repository = repositoryOf(call)
    const name = call.params.tree_sha!
    const known = repository.branches.get(name) ?? name
    const tree = await gitText(repository.gitDir, revParse(`${known}^{tree}`)).catch(() => {
      throw notFound()
    })
    return { body: await treeShape(call, repository, tree, call.query.recursive !== undefined) }
  },
  'git/create-tree': createTree,
  'git/get-blob': async call => {
    const repository = repositoryOf(call)
    const sha = call.params.file_sha!
    const bytes = await git(repository.gitDir, ['cat-file', 'blob', sha]).catch(() => {
      throw notFound()
    })
    const about = { sha, node_id: nodeId('Blob', sha), url: objectUrl(call, 'blobs', sha), size: bytes.length }
    if (call.accept.includes('raw')) return { body: bytes, headers: { 'content-type': 'application/octet-stream' } }
    return { body: { ...about, content: bytes.toString('base64').replace(/.{1,60}/g, '$&\n'), encoding: 'base64' } }
  },
  'git/create-blob': async call => {
    const { content, encoding } = call.body
    const bytes = Buffer.from(content, encoding === 'base64' ? 'base64' : 'utf8')
    const sha = await gitText(repositoryOf(call).gitDir, ['hash-object', '-w', '--stdin'], bytes)
    return { body: { sha, url: objectUrl(call, 'blobs', sha) } }
  },
}

const branchOf = (reference: string) => reference.replace(/^(refs\/)?heads\//, '')
const objectUrl = (call: Call, kind: string, sha: string) =>
  api(call.world, `${repositoryPath(repositoryOf(call))}/git/${kind}/${sha}`)

function refShape(call: Call, ref: string, sha: string): Json {
  const url = objectUrl(call, 'refs', ref.replace('refs/', ''))
  return {
    ref,
    node_id: nodeId('Ref', ref),
    url,
    object: { sha, type: 'commit', url: objectUrl(call, 'commits', sha) },
  }
}

async function createRef(call: Call) {
  const repository = repositoryOf(call)
  const { ref, sha } = call.body
  if (!/^refs\/heads\/./.test(ref))
    throw new Refusal(422, "Reference name must start with 'refs/' and contain at least two slashes.")
  const branch = branchOf(ref)
  if (repository.branches.has(branch)) throw new Refusal(422, 'Reference already exists')
  await move(call, repository, branch, sha)
  return { body: refShape(call, ref, sha), headers: { location: objectUrl(call, 'refs', `heads/${branch}`) } }
}

async function updateRef(call: Call) {
  const repository = repositoryOf(call)
  const branch = branchOf(call.params.ref!)
  const before = repository.branches.get(branch)
  if (!before) throw new Refusal(422, 'Reference does not exist')
  const forward = await gitText(repository.gitDir, ['merge-base', '--is-ancestor', before, call.body.sha]).then(
    () => true,
    () => false,
  )
  if (!forward && !call.body.force) throw new Refusal(422, 'Update is not a fast forward')
  await move(call, repository, branch, call.body.sha)
  return { body: refShape(call, `refs/heads/${branch}`, call.body.sha) }
}

async function move(call: Call, repository: Repository, branch: string, sha: string): Promise<void> {
  if (!(await resolveCommit(repository.gitDir, sha))) throw new Refusal(422, 'Object does not exist')
  mayWriteTo(call, repository, branch, [])
  await gitText(repository.gitDir, ['update-ref', `refs/heads/${branch}`, sha])
  await branchMoved(call.world, repository, { branch, to: sha, by: userOf(call) })
}

async function createCommit(call: Call) {
  const repository = repositoryOf(call)
  const { message, tree, parents = [] } = call.body
  const options = (parents as string[]).flatMap(parent => ['-p', parent])
  const sha = await gitText(repository.gitDir, ['commit-tree', tree, ...options], message).catch(() => {
    throw new Refusal(422, 'Tree SHA does not exist')
  })
  return { body: await gitCommitShape(call, repository, sha) }
}

async function gitCommitShape(call: Call, repository: Repository, sha: string): Promise<Json> {
  const shape = await commitShape(call.world, repository, sha, { files: false })
  const { author, committer, message, tree, verification, url } = shape.commit
  const html_url = `${call.world.url}${webPath(repository)}/commit/${sha}`
  return {
    sha,
    node_id: shape.node_id,
    url,
    html_url,
    author,
    committer,
    tree,
    message,
    parents: shape.parents,
    verification,
  }
}

async function treeShape(call: Call, repository: Repository, sha: string, recursive: boolean): Promise<Json> {
  const entries = await listTree(repository, sha, recursive ? ['-r', '-t'] : [])
  const kinds = { blob: 'blobs', tree: 'trees', commit: 'commits' }
  const tree = entries.map(entry => ({
    path: entry.path,
    mode: entry.mode,
    type: entry.type,
    sha: entry.sha,
    ...(entry.type === 'blob' && { size: entry.size }),
    ...(entry.type !== 'commit' && { url: objectUrl(call, kinds[entry.type], entry.sha) }),
  }))
  return { sha, url: objectUrl(call, 'trees', sha), tree, truncated: false }
}

/** Built on top of `base_tree` in an index of its own. */
async function createTree(call: Call) {
  const repository = repositoryOf(call)
  const lines: string[] = []
  if (call.body.base_tree) {
    const base = await git(repository.gitDir, ['ls-tree', '-r', '-z', call.body.base_tree])
    lines.push(...base.toString().split('\0').filter(Boolean))
  }
  const entries = new Map(lines.map(line => [line.slice(line.indexOf('\t') + 1), line]))
  for (const entry of call.body.tree as Json[]) {
    if (!entry.path) throw validationFailed({ resource: 'Tree', field: 'path', code: 'missing_field' })
    if (entry.sha === null) entries.delete(entry.path)
    else {
      const sha = entry.sha ?? (await gitText(repository.gitDir, ['hash-object', '-w', '--stdin'], entry.content ?? ''))
      entries.set(entry.path, `${entry.mode ?? '100644'} blob ${sha}\t${entry.path}`)
    }
  }
  const sha = await writeTree(repository, [...entries.values()])
  return { body: await treeShape(call, repository, sha, false) }
}

async function writeTree(repository: Repository, lines: string[]): Promise<string> {
  const here = new Map<string, string>()
  const below = new Map<string, string[]>()
  for (const line of lines) {
    const [about, path] = [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)]
    const slash = path.indexOf('/')
    if (slash < 0) here.set(path, line)
    else
      below.set(path.slice(0, slash), [
        ...(below.get(path.slice(0, slash)) ?? []),
        `${about}\t${path.slice(slash + 1)}`,
      ])
  }
  for (const [name, nested] of below) here.set(name, `040000 tree ${await writeTree(repository, nested)}\t${name}`)
  return gitText(repository.gitDir, ['mktree', '-z'], [...here.values()].join('\0') + '\0')
}
