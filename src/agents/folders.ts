// A routine's map of folders: the last glob that matches a file decides which agents go over it, and below what nothing is shown.
import picomatch from 'picomatch'
import type { Routine } from '../domain/routine.ts'
import type { Severity } from '../domain/severity.ts'

export interface Folder {
  agents?: string[] | undefined
  floor?: Severity | undefined
}

/** What the map says about a path; undefined where no glob matches. */
export function foldersOf({ paths = {} }: Pick<Routine, 'paths'>): (path: string) => Folder | undefined {
  const folders = Object.entries(paths).map(([glob, folder]) => ({ folder, matches: picomatch(glob, { dot: true }) }))
  return path => folders.findLast(({ matches }) => matches(path))?.folder
}

/** The floor of a routine for findings in one file, where its map sets one. */
export function floorAt(routine: Pick<Routine, 'paths'>, path: string): Severity | undefined {
  return routine.paths && foldersOf(routine)(path)?.floor
}
