// The store of a simulated repository: a real bare git repository, written with `git fast-import`.
import { execFile } from 'node:child_process'
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { data, fileChange } from './fast-import.ts'
import { learnCommit, learnTree, listTree, revParse, settled } from './settled.ts'

export type Files = Record<string, string | Buffer | null>
export type Modes = Record<string, '100644' | '100755' | '120000' | '160000'>

export interface CommitPlan {
  branch: string
  /** commit, branch or undefined for a first commit */
  parent: string | undefined
  /** a second parent makes it a merge commit */
  mergeParent?: string
  files: Files
  /** how a path is stored: 120000 is a symbolic link, 160000 a submodule whose content is a commit id */
  modes?: Modes
  message: string
  author: string
  at: Date
  /** references that move along, as refs/pull/7/head does */
  also?: string[]
}

// git-receive-pack names the branch in $1; what may not be pushed comes in by the environment of git http-backend
const updateHook = `#!/bin/sh
for branch in $PROTECTED_BRANCHES; do
  if [ "$1" = "refs/heads/$branch" ]; then
    echo "error: GH006: Protected branch update failed for $1." >&2
    exit 1
  fi
done
exit 0
`

// fsync: a simulated repository need not survive a power cut, and tests are many
const config = `[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = true
\tfsync = none
[uploadpack]
\tallowFilter = true
\tallowAnySHA1InWant = true
[http]
\treceivepack = true
[receive]
\tautogc = false
\thideRefs = refs/pull
[gc]
\tauto = 0
[fastimport]
\tunpackLimit = 1
`

/** Makes an empty bare repository without starting a process. */
export async function makeBare(gitDir: string, defaultBranch: string): Promise<void> {
  await Promise.all(['refs/heads', 'objects/pack', 'hooks'].map(name => mkdir(join(gitDir, name), { recursive: true })))
  await Promise.all([
    writeFile(join(gitDir, 'HEAD'), `ref: refs/heads/${defaultBranch}\n`),
    writeFile(join(gitDir, 'config'), config),
    writeFile(join(gitDir, 'hooks', 'update'), updateHook, { mode: 0o755 }),
  ])
}

export async function copyBare(from: string, to: string): Promise<void> {
  await cp(from, to, { recursive: true })
}

/** Runs git in a bare repository; rejects with git's own words. What can not change is asked once. */
export function git(gitDir: string, args: string[], input?: string | Buffer): Promise<Buffer> {
  const ask = () => start(gitDir, args, input)
  return input === undefined ? settled(gitDir, args, ask) : ask()
}

/** As `ls-tree -z -l` prints the entries of one directory; with those of all below it learned on the way. */
export function directory(gitDir: string, tree: string): Promise<Buffer> {
  return settled(gitDir, listTree(tree), async () =>
    learnTree(gitDir, tree, await start(gitDir, ['ls-tree', '-r', '-t', '-z', '-l', tree])),
  )
}

function start(gitDir: string, args: string[], input?: string | Buffer): Promise<Buffer> {
  const environment = {
    PATH: process.env.PATH,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'GitHub',
    GIT_AUTHOR_EMAIL: 'noreply@github.com',
    GIT_COMMITTER_NAME: 'GitHub',
    GIT_COMMITTER_EMAIL: 'noreply@github.com',
    LC_ALL: 'C.UTF-8',
  }
  const options = { encoding: 'buffer' as const, maxBuffer: 1 << 30, env: environment }
  return new Promise((resolve, reject) => {
    const child = execFile('git', [`--git-dir=${gitDir}`, ...args], options, (error, stdout, stderr) => {
      if (error) reject(new Error(`git ${args[0]}: ${stderr.toString().trim() || error.message}`))
      else resolve(stdout)
    })
    child.stdin?.on('error', () => {}) // git may end before it has read everything; its exit status tells
    child.stdin?.end(input ?? '')
  })
}

export async function gitText(gitDir: string, args: string[], input?: string | Buffer): Promise<string> {
  return (await git(gitDir, args, input)).toString().trim()
}

/** Resolves to the commit a branch, tag or id names, or to undefined. */
export async function resolveCommit(gitDir: string, name: string): Promise<string | undefined> {
  return gitText(gitDir, revParse(`${name}^{commit}`)).catch(() => undefined)
}

/** One commit in one process. Returns its id. */
export async function writeCommit(gitDir: string, plan: CommitPlan): Promise<string> {
  const who = `${plan.author} <${plan.author}@users.noreply.github.com> ${Math.floor(plan.at.getTime() / 1000)} +0000`
  const parts: (string | Buffer)[] = [
    `commit refs/heads/${plan.branch}\nmark :1\nauthor ${who}\ncommitter ${who}\n`,
    data(plan.message),
  ]
  if (plan.parent) parts.push(`from ${plan.parent}\n`)
  if (plan.mergeParent) parts.push(`merge ${plan.mergeParent}\n`)
  for (const [path, content] of Object.entries(plan.files))
    parts.push(fileChange(path, plan.modes?.[path] ?? '100644', content ?? undefined))
  for (const reference of plan.also ?? []) parts.push(`reset ${reference}\nfrom :1\n\n`)
  parts.push('get-mark :1\nls :1 ""\n')
  const said = await gitText(
    gitDir,
    ['fast-import', '--quiet', '--force'],
    Buffer.concat(parts.map(part => Buffer.from(part as string))),
  )
  const [commit = '', tree] = said.match(/[0-9a-f]{40,}/g) ?? []
  const known = plan.parent !== undefined && /^[0-9a-f]{40}$/.test(plan.parent) && !plan.mergeParent
  if (tree) learnCommit(gitDir, commit, tree, known ? plan.parent : undefined)
  return commit
}

export async function branchesOf(gitDir: string): Promise<Map<string, string>> {
  const listing = await gitText(gitDir, ['for-each-ref', '--format=%(refname:lstrip=2) %(objectname)', 'refs/heads'])
  const lines = listing.split('\n').filter(Boolean)
  return new Map(lines.map(line => line.split(' ') as [string, string]))
}

/** Lets refs/pull/N/head say which commit a pull is at; it outlives its branch and its fork. */
export async function writeReference(gitDir: string, name: string, sha: string): Promise<void> {
  const file = join(gitDir, name)
  await mkdir(join(file, '..'), { recursive: true })
  await writeFile(file, `${sha}\n`)
}
