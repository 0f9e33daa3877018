// A range of somebody's own repository, seen through a bare mirror that borrows its objects: nothing there is changed, and its configuration does not hold.
import { copyFile, readFile, realpath, stat, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Problem } from '../domain/problem.ts'
import type { Git, GitResult } from './git.ts'
import { makeMirror } from './mirror.ts'

export interface LocalRange {
  gitDir: string
  head: string
  mergeBase: string
  /** The object directories that are borrowed from. */
  readable: string[]
}

/** `scratch` is an empty private directory for the mirror. */
export async function borrowRange(
  git: Git,
  request: { dir: string; range: string; scratch: string; signal: AbortSignal },
): Promise<LocalRange> {
  const { signal } = request
  const source = await findRepository(git, request.dir, signal)
  const { from, to, joint } = rangeOf(request.range)
  const commit = (name: string) => commitOf(git, request.dir, name, source.shallow, signal)
  const head = await commit(to)
  const start = from === undefined ? undefined : await commit(from)

  const gitDir = join(request.scratch, 'borrowed.git')
  await makeMirror(gitDir, head.length === 64, git)
  await writeFile(join(gitDir, 'objects', 'info', 'alternates'), `${quotedPath(source.objects)}\n`, { flag: 'w' })
  if (source.shallow) await copyFile(source.shallow, join(gitDir, 'shallow'))
  const readable = await objectDirectories(source.objects)

  const look = (args: string[]) => git({ gitDir, args, signal })
  const mergeBase =
    start === undefined
      ? await parentOf(look, head, source.shallow)
      : joint
        ? await joinOf(look, start, head, request.range, source.shallow)
        : start
  if ((await look(['diff-tree', '--quiet', mergeBase, head, '--'])).code === 0)
    throw new Problem('bad_input', `The range ${quote(request.range)} changes no file, so there is nothing to review.`)
  return { gitDir, head, mergeBase, readable }
}

interface Source {
  objects: string
  /** The file that lists where a shallow clone ends. */
  shallow?: string
}

async function findRepository(git: Git, dir: string, signal: AbortSignal): Promise<Source> {
  const found = await stat(dir).catch(() => undefined)
  if (!found?.isDirectory()) throw new Problem('bad_input', `There is no directory ${quote(dir)}.`)
  const ask = (args: string[]) => git({ cwd: dir, args: ['rev-parse', ...args], signal })
  const answer = await ask(['--git-path', 'objects', '--git-path', 'shallow'])
  if (answer.code !== 0) throw noRepository(dir, answer)
  const [objects = '', shallow = ''] = answer.stdout.toString().split('\n')
  const marked = resolve(dir, shallow)
  const isShallow = await stat(marked).catch(() => undefined)
  return { objects: await realpath(resolve(dir, objects)), ...(isShallow ? { shallow: marked } : {}) }
}

function noRepository(dir: string, answer: GitResult): Problem {
  if (/dubious ownership/.test(answer.stderr))
    return new Problem(
      'bad_input',
      `The repository in ${quote(dir)} belongs to another user, so git does not trust it; run this as its owner.`,
    )
  return new Problem('bad_input', `${quote(dir)} is not in a git repository; go into one, or name it with --repo.`, {
    cause: answer.stderr,
  })
}

function rangeOf(range: string): { from?: string; to: string; joint: boolean } {
  const match = /^(.*?)(\.\.\.?)(.*)$/s.exec(range.trim())
  if (!match) return { to: range.trim() || 'HEAD', joint: false }
  const [, from, dots, to] = match
  return { from: from || 'HEAD', to: to || 'HEAD', joint: dots === '...' }
}

async function commitOf(git: Git, dir: string, name: string, shallow: string | undefined, signal: AbortSignal) {
  if (name.startsWith('-') || name.includes('\0') || name.includes('..'))
    throw new Problem(
      'bad_input',
      `${quote(name)} is not a revision; give a branch, a tag or a commit, e.g. main...HEAD.`,
    )
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`]
  const result = await git({ cwd: dir, args, signal })
  const id = result.stdout.toString().trim()
  if (result.code === 0 && /^[0-9a-f]{40,64}$/.test(id)) return id
  const hint = shallow ? ' (the clone is shallow: git fetch --unshallow brings the rest)' : ''
  throw new Problem('bad_input', `The repository knows no revision ${quote(name)}${hint}; git fetch may bring it.`)
}

type Look = (args: string[]) => Promise<GitResult>

async function joinOf(look: Look, from: string, to: string, range: string, shallow?: string): Promise<string> {
  const result = await look(['merge-base', from, to])
  if (result.code === 0) return result.stdout.toString().trim()
  const why = shallow
    ? 'this clone is shallow and ends before it; run git fetch --unshallow'
    : 'the two share no history; give a range with two dots to compare them as they are'
  throw new Problem('bad_input', `The range ${quote(range)} has no merge base: ${why}.`)
}

/** The first parent, or the empty tree for the first commit of all. */
async function parentOf(look: Look, head: string, shallow?: string): Promise<string> {
  const result = await look(['rev-parse', '--verify', '--quiet', '--end-of-options', `${head}^1`])
  if (result.code === 0) return result.stdout.toString().trim()
  if (shallow && (await readFile(shallow, 'utf8')).includes(head))
    throw new Problem(
      'bad_input',
      'This clone is shallow and ends at this commit, so its parent is not here; run git fetch --unshallow.',
    )
  return head.length === 64 ? emptyTree.sha256 : emptyTree.sha1
}

// Known to every git without being stored (object-file.c).
const emptyTree = {
  sha1: '4b825dc642cb6eb9a060e54bf8d69288fbee4904',
  sha256: '6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321',
}

/** The repository may itself borrow; git follows five steps (object-file.c). */
async function objectDirectories(first: string): Promise<string[]> {
  const all = [first]
  for (let at = 0; at < all.length && at < 20; at++) {
    const here = all[at]!
    const listed = await readFile(join(here, 'info', 'alternates'), 'utf8').catch(() => '')
    const more = listed.split('\n').filter(line => line && !line.startsWith('#'))
    all.push(...more.map(line => resolve(here, line)).filter(path => !all.includes(path)))
  }
  return all
}

/** A line of `objects/info/alternates`; a path that begins with a quote or a `#` is written quoted. */
function quotedPath(path: string): string {
  return /^["#]|[\n\\]/.test(path) ? JSON.stringify(path) : path
}

function quote(text: string): string {
  return `“${text.slice(0, 200)}”`
}
