// Real changes as branches of the simulated repository: successive releases of npm packages, and commits of our own history.
import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { SimulatedRepository } from '../simulators/github/index.ts'

/** Two branches: what the pull starts from, and its head. */
export interface Pair {
  name: string
  base: string
  head: string
}

const root = join(import.meta.dirname, '..', '..')

/** Installed as `anchors-<package>-<version>`; each is published right after the one before it, but for pre-releases. */
const chains = [
  ['immer', '9.0.21', '10.0.0'],
  ['commander', '11.1.0', '12.0.0', '12.1.0', '13.0.0'],
  ['marked', '4.2.12', '4.3.0', '5.0.0'],
  ['immer', '10.2.0', '11.0.0'],
  ['jose', '5.10.0', '6.0.0'],
] as const

export const releases = chains.flatMap(([name, ...versions]) =>
  versions.slice(1).map((to, index) => ({ name, from: versions[index]!, to })),
)
export type Release = (typeof releases)[number]

/** Commits both releases, with their line ends as they were published. */
export async function commitRelease(repo: SimulatedRepository, { name, from, to }: Release): Promise<Pair> {
  const [old, fresh] = await Promise.all([from, to].map(version => filesOf(`anchors-${name}-${version}`)))
  const pair = { name: `${name} ${from} → ${to}`, base: `${name}-${from}-to-${to}`, head: `${name}-${to}` }
  await repo.commit({ branch: pair.base, files: { ...old, 'README.md': old!['README.md'] ?? null } })
  const gone = Object.keys(old!).filter(path => !(path in fresh!))
  await repo.commit({
    branch: pair.head,
    from: pair.base,
    files: { ...Object.fromEntries(gone.map(path => [path, null])), ...fresh },
  })
  return pair
}

async function filesOf(name: string): Promise<Record<string, Buffer>> {
  const dir = join(root, 'node_modules', name)
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(dir.length + 1))
  return Object.fromEntries(
    await Promise.all(paths.sort().map(async path => [path, await readFile(join(dir, path))] as const)),
  )
}

/** Our own commits, newest first, each with its parent; none in a tarball or a shallow clone. */
export async function ownHistory(): Promise<{ commit: string; parent: string }[]> {
  // A tarball can lie inside of somebody else's repository.
  const args = ['rev-list', '--no-merges', '--parents', 'HEAD']
  const isOurs = (await askGit(['rev-parse', '--show-prefix'])) === '\n'
  const lines = isOurs ? ((await askGit(args)) ?? '').split('\n') : []
  return lines.flatMap(line => {
    const [commit, parent] = line.split(' ')
    return commit && parent ? [{ commit, parent }] : []
  })
}

export async function importCommit(
  repo: SimulatedRepository,
  { commit, parent }: { commit: string; parent: string },
): Promise<Pair> {
  const pair = { name: `our own ${commit.slice(0, 7)}`, base: `own-${parent}`, head: `own-${commit}` }
  await repo.importBranch(root, parent, pair.base)
  await repo.importBranch(root, commit, pair.head)
  return pair
}

async function askGit(args: string[]): Promise<string | undefined> {
  const answer = promisify(execFile)('git', args, { cwd: root, maxBuffer: 1 << 26 })
  return answer.then(
    ({ stdout }) => stdout,
    () => undefined,
  )
}
