// Files and directories at a commit, and writing one file by the API.
import { directory, git, writeCommit } from '../bare-repository.ts'
import { type Call, type Handlers, repositoryOf, tokenOf, userOf } from '../call.ts'
import { branchMoved } from '../changes/branches.ts'
import { notAccessible, notFound, Refusal } from '../refusal.ts'
import { api, repositoryPath, webPath } from '../shapes.ts'
import type { Json, Repository } from '../world.ts'
import { commitNamed, commitShape } from './commits.ts'

export const contents: Handlers = {
  'repos/get-content': async call => {
    const repository = repositoryOf(call)
    const path = (call.params.path ?? '').replace(/^\/|\/$/g, '')
    const name = call.query.ref ?? repository.defaultBranch
    const commit = await commitNamed(repository, name).catch(() => {
      throw new Refusal(404, `No commit found for the ref ${name}`)
    })
    const entry =
      path === '' ? undefined : (await listTree(repository, commit, ['--', path])).find(known => known.path === path)
    if (path !== '' && !entry) throw notFound()
    if (!entry || entry.type === 'tree') return listDirectory(call, repository, commit, name, path)
    return showFile(call, repository, entry, name)
  },
  'repos/create-or-update-file-contents': writeFile,
}

export interface TreeEntry {
  mode: string
  type: 'blob' | 'tree' | 'commit'
  sha: string
  size: number
  path: string
}

export async function listTree(repository: Repository, commit: string, more: string[]): Promise<TreeEntry[]> {
  const { gitDir } = repository
  const listing =
    more.length === 0 ? await directory(gitDir, commit) : await git(gitDir, ['ls-tree', '-z', '-l', commit, ...more])
  const lines = listing.toString().split('\0').filter(Boolean)
  return lines.map(line => {
    const [about, path] = [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)]
    const [mode, type, sha, size] = about.split(/ +/) as [string, TreeEntry['type'], string, string]
    return { mode, type, sha, size: Number(size) || 0, path }
  })
}

async function listDirectory(call: Call, repository: Repository, commit: string, ref: string, path: string) {
  const entries = await listTree(repository, commit, path === '' ? [] : ['--', `${path}/`])
  // a directory says "file" of symbolic links and submodules alike, for old callers
  const kind = (entry: TreeEntry) => (entry.type === 'tree' ? 'dir' : entry.mode === '120000' ? 'symlink' : 'file')
  const shapes = entries.map(entry => ({ ...entryShape(call, repository, entry, ref), type: kind(entry) }))
  if (call.accept.includes('object')) return { body: { type: 'dir', entries: shapes } }
  return { body: shapes.slice(0, 1000) }
}

async function showFile(call: Call, repository: Repository, entry: TreeEntry, ref: string) {
  const shape = entryShape(call, repository, entry, ref)
  if (entry.type === 'commit') return { body: { ...shape, type: 'submodule', submodule_git_url: '' } }
  const bytes = await git(repository.gitDir, ['cat-file', 'blob', entry.sha])
  if (call.accept.includes('raw'))
    return { body: bytes, headers: { 'content-type': 'application/vnd.github.raw; charset=utf-8' } }
  if (entry.mode === '120000') return { body: { ...shape, type: 'symlink', target: bytes.toString() } }
  // past one megabyte the API gives no content: https://docs.github.com/rest/repos/contents
  if (bytes.length > 1_048_576) return { body: { ...shape, type: 'file', content: '', encoding: 'none' } }
  return { body: { ...shape, type: 'file', content: wrapped(bytes), encoding: 'base64' } }
}

function entryShape(call: Call, repository: Repository, entry: TreeEntry, ref: string): Json {
  const base = api(call.world, repositoryPath(repository))
  const web = `${call.world.url}${webPath(repository)}`
  const path = entry.path.split('/').map(encodeURIComponent).join('/')
  const url = `${base}/contents/${path}?ref=${ref}`
  const git_url = `${base}/git/${entry.type === 'tree' ? 'trees' : 'blobs'}/${entry.sha}`
  const html_url = `${web}/${entry.type === 'tree' ? 'tree' : 'blob'}/${ref}/${path}`
  const download_url = entry.type === 'blob' ? `${web}/raw/${ref}/${path}` : null
  const name = entry.path.split('/').at(-1)
  const links = { self: url, git: git_url, html: html_url }
  return {
    name,
    path: entry.path,
    sha: entry.sha,
    size: entry.size,
    url,
    html_url,
    git_url,
    download_url,
    _links: links,
  }
}

async function writeFile(call: Call) {
  const repository = repositoryOf(call)
  const path = call.params.path!
  const branch = call.body.branch ?? repository.defaultBranch
  const parent = repository.branches.get(branch)
  if (!parent) throw new Refusal(404, `Branch ${branch} not found`)
  mayWriteTo(call, repository, branch, [path])
  const [before] = await listTree(repository, parent, ['--', path])
  if (before && !call.body.sha) throw new Refusal(422, 'Invalid request.\n\n"sha" wasn\'t supplied.')
  if (before && before.sha !== call.body.sha) throw new Refusal(409, `${path} does not match ${call.body.sha}`)
  const by = userOf(call)
  const content = Buffer.from(call.body.content, 'base64')
  const plan = {
    branch,
    parent,
    files: { [path]: content },
    message: call.body.message,
    author: by.login,
    at: call.world.now(),
  }
  const sha = await writeCommit(repository.gitDir, plan)
  await branchMoved(call.world, repository, { branch, to: sha, by })
  const [entry] = await listTree(repository, sha, ['--', path])
  const shape = await commitShape(call.world, repository, sha, { files: false })
  const commit = {
    ...shape.commit,
    sha,
    node_id: shape.node_id,
    html_url: shape.html_url,
    parents: shape.parents,
    url: shape.commit.url,
  }
  const { comment_count: _, ...said } = commit
  return {
    status: before ? 200 : 201,
    body: { content: { ...entryShape(call, repository, entry!, branch), type: 'file' }, commit: said },
  }
}

/** Protected branches and workflow files are out of reach of an App without the permission for them. */
export function mayWriteTo(call: Call, repository: Repository, branch: string, paths: string[]): void {
  if (repository.protectedBranches.has(branch))
    throw new Refusal(409, `Repository rule violations found\n\nChanges must be made through a pull request.`)
  if (call.actor.kind !== 'installation') return
  const workflows = paths.some(path => path.startsWith('.github/workflows/'))
  if (workflows && tokenOf(call).permissions.workflows !== 'write') throw notAccessible()
}

const wrapped = (bytes: Buffer) => bytes.toString('base64').replace(/.{1,60}/g, '$&\n')
