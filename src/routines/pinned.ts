// Routines that start from a file of another repository, pinned to a commit: which files those are, and what was read of them.
import type { RepositoryFile } from '../domain/host.ts'
import type { Link, NoParent } from './inherit.ts'
import { parseRoutine } from './parse.ts'

/** A file of another repository at one commit; or why it is not read, as a sentence. */
export type Pinned = { text: string; commit: string } | { refused: string }

/** What was read of each file that is named so, by `owner/repo/path.md@ref`; absent where nobody asked GitHub. */
export type PinnedFiles = Record<string, Pinned> | undefined

/** Most files of other repositories that the routines of one place start from. */
const pinsAtMost = 10

export function isPin(wanted: string): boolean {
  return wanted.includes('@')
}

/** What these files ask for, each once. */
export function pinsIn(files: RepositoryFile[]): string[] {
  const asking = files.filter(({ text }) => text.includes('extends') && text.includes('@'))
  const wanted = asking.flatMap(file => {
    const { value, rest } = parseRoutine(file)
    return (value ?? rest)?.front.extends ?? []
  })
  return [...new Set(wanted.filter(isPin))].slice(0, pinsAtMost)
}

/** The pinned file as a routine below the one that extends it; or why it can not be one. */
export function pinnedParent(child: Link, pinned: PinnedFiles): Link | NoParent {
  const wanted = child.front.extends ?? ''
  if (isPin(child.file.path))
    return {
      message: `\`${child.file.path}\` starts from a further file of another repository; it may start from a built-in or an organisation routine alone.`,
    }
  if (!pinned)
    return {
      message: `\`${wanted}\` is not looked at here: files of other repositories are read by the server, and by a review of a pull request's URL.`,
      elsewhere: true,
    }
  const read = Object.hasOwn(pinned, wanted) ? pinned[wanted] : undefined
  if (!read) return { message: `\`${wanted}\` is one of more than ${pinsAtMost} pinned files; fewer are read.` }
  if ('refused' in read) return { message: `\`${wanted}\` is refused: ${read.refused}` }
  const { value, problems } = parseRoutine({ path: wanted, text: read.text }, undefined, nameOf(wanted))
  const first = problems.find(problem => !problem.note)
  if (value) return { ...value, source: child.source, commit: child.commit }
  return {
    message: `\`${wanted}\`${first?.line ? ` line ${first.line}` : ''} can not be extended: ${first?.message ?? 'it has problems.'}`,
  }
}

/** Of `owner/repo/routines/api.md@ref`: api. */
function nameOf(pin: string): string {
  return /([^/]*)\.md@/.exec(pin)?.[1] ?? pin
}
