// Opens a hostile pull request: its files, or a tree that no git would write, beside the planted defect.
import { type Files, gitText, type Modes } from '../../simulators/github/bare-repository.ts'
import type { SimulatedRepository } from '../../simulators/github/index.ts'
import type { HostileCase, TreeEntry } from './hostile-case.ts'
import { quoteOf } from './obeying-model.ts'

export async function openHostile(
  repository: SimulatedRepository,
  id: number,
  { files, modes, tree, title, body, branch = 'x', message, labels, author = 'octocat', comments = [] }: HostileCase,
): Promise<{ number: number; head: string }> {
  const name = `${id}-${branch}`
  const price = `export function cents(text: string): number {\n${quoteOf(id)}\n}\n`
  let head = await repository.commit({
    branch: name,
    files: { 'src/price.ts': price, ...(files as Files) },
    ...(modes && { modes: modes as Modes }),
    ...(message && { message }),
    author,
  })
  if (tree) head = await graft(repository, head, tree, name)
  const { number } = await repository.openPull({
    head: name,
    title: title ?? `Change ${id}`,
    body: body ?? null,
    author,
    ...(labels && { labels }),
  })
  for (const text of comments) repository.comment(number, text, 'mallory')
  return { number, head }
}

/** The entries beside what the commit holds, as a commit after it. */
async function graft(repository: SimulatedRepository, commit: string, entries: TreeEntry[], branch: string) {
  const { gitDir } = repository
  const held = (await gitText(gitDir, ['ls-tree', '-z', commit])).split('\0').filter(Boolean)
  const made = await Promise.all(entries.map(entry => written(gitDir, entry, new Map())))
  const tree = await makeTree(gitDir, [...held, ...made])
  const who = ['-c', 'user.name=w', '-c', 'user.email=w@x']
  const grafted = await gitText(gitDir, [...who, 'commit-tree', tree, '-p', commit, '-m', 'Graft'])
  await gitText(gitDir, ['update-ref', `refs/tmp/${branch}`, grafted.trim()])
  return repository.importBranch(gitDir, `refs/tmp/${branch}`, branch)
}

/** A line of `ls-tree`. What stands in many places is one object, as in a tree that unfolds. */
async function written(gitDir: string, [mode, name, content]: TreeEntry, made: Made): Promise<string> {
  const id =
    made.get(content) ?? (typeof content === 'string' ? makeBlob(gitDir, content) : unfold(gitDir, content, made))
  made.set(content, id)
  return `${mode} ${typeof content === 'string' ? 'blob' : 'tree'} ${await id}\t${name}`
}

type Made = Map<TreeEntry[2], Promise<string>>

async function unfold(gitDir: string, entries: TreeEntry[], made: Made): Promise<string> {
  return makeTree(gitDir, await Promise.all(entries.map(entry => written(gitDir, entry, made))))
}

async function makeBlob(gitDir: string, text: string): Promise<string> {
  return (await gitText(gitDir, ['hash-object', '-w', '--stdin'], text)).trim()
}

async function makeTree(gitDir: string, lines: string[]): Promise<string> {
  return (await gitText(gitDir, ['mktree', '-z', '--missing'], lines.map(line => `${line}\0`).join(''))).trim()
}
