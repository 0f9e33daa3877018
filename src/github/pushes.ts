// What a push delivery tells: the ref, its commits, and the changed paths where it names all of them.
import type { Push } from '../domain/event.ts'
import { type Fields, fields, list, name, readSha, text } from './payloads.ts'

/** undefined for a branch or tag that was deleted: there is no commit left to work on. */
export function readPush(payload: Fields): Push | undefined {
  const ref = name(payload.ref)
  const [before, after] = [readSha(payload.before), readSha(payload.after)]
  const [, where, called] = /^refs\/(heads|tags)\/(.+)$/s.exec(ref ?? '') ?? []
  if (!ref || !before || !after || !called || payload.deleted === true || isNothing(after)) return undefined
  const forced = payload.forced === true
  const message = text(fields(payload.head_commit)?.message) ?? ''
  const paths = forced || payload.created === true || isNothing(before) ? undefined : pathsOf(payload.commits)
  return {
    ref,
    ...(where === 'tags' ? { tag: called } : { branch: called }),
    before,
    after,
    forced,
    title: message.split(/\r?\n/, 1)[0] ?? '',
    ...(paths ? { paths } : {}),
  }
}

/** A ref that is made or taken away has a commit of zeros on its other side. */
function isNothing(sha: string): boolean {
  return /^0+$/.test(sha)
}

/**
 * GitHub names at most 2,048 commits of a push, and at most 3,000 files of a commit: as many may mean that some were left out.
 * https://docs.github.com/en/webhooks/webhook-events-and-payloads#push
 */
const commitsAtMost = 2048
const filesAtMost = 3000

/** All of them or none: a filter that sees half of the paths would answer wrongly. More than filters look at count as not known, as with a pull. */
function pathsOf(value: unknown): string[] | undefined {
  const commits = list(value).map(fields)
  if (commits.length === 0 || commits.length >= commitsAtMost) return undefined
  const paths = new Set<string>()
  for (const commit of commits) {
    const changed = [commit?.added, commit?.removed, commit?.modified]
    if (!changed.every(Array.isArray)) return undefined
    const named = changed.flatMap(list)
    if (named.length >= filesAtMost) return undefined
    for (const path of named) if (typeof path === 'string') paths.add(path)
    if (paths.size > filesAtMost) return undefined
  }
  return [...paths]
}
