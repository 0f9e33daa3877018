// What came after an earlier commit of a pull, which a force push may have taken out of its history.
import type { Since } from '../domain/change.ts'
import { changeOf, type Range } from './change.ts'
import type { Git } from './git.ts'
import { isPartial, missingObjects } from './partial.ts'

/** Undefined where the mirror does not hold the commit. Generated and vendored files are told by the attributes of the range's merge base. */
export async function sinceOf(git: Git, confined: Git, range: Range, commit: string): Promise<Since | undefined> {
  if (!/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) return undefined
  const { gitDir, readable, signal } = range
  const ask = (args: string[]) => confined({ gitDir, args, readable, signal })
  const held = await ask(['cat-file', '-e', `${commit}^{commit}`])
  if (held.code !== 0) return undefined
  // Of a large repository the files of a commit that was never looked at here are not at hand.
  if (isPartial(gitDir) && (await missingObjects(git, { gitDir, commits: [commit], signal })).length > 0)
    return undefined
  const ancestor = (await ask(['merge-base', '--is-ancestor', commit, range.head])).code === 0
  const change = await changeOf(git, confined, { ...range, mergeBase: commit }, range.mergeBase)
  return { commit, ancestor, change }
}
