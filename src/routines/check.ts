// What `watchbill check` says of a tree's configuration files.
import type { RepositoryFile } from '../domain/host.ts'
import type { Configuration } from '../domain/routine.ts'
import { loadConfiguration } from './load.ts'

/**
 * Every problem and note of these files beside the built-ins, at once. What only the organisation's files, or those of other repositories, can tell is a note.
 * In Watchbill's own tree, the files under `routines/` are the built-ins. `today`: "2026-11-21". `leastInterval`: minutes between two starts by a schedule.
 */
export function checkTree(
  files: RepositoryFile[],
  builtIn: RepositoryFile[],
  today?: string,
  leastInterval?: number,
): Pick<Configuration, 'problems' | 'notes'> {
  const own = files.filter(file => file.path.startsWith('routines/'))
  const ownPaths = new Set(own.map(file => file.path))
  const { problems, notes } = loadConfiguration({
    builtIn: [...builtIn.filter(file => !ownPaths.has(file.path)), ...own],
    organisation: undefined,
    repository: files.filter(file => !ownPaths.has(file.path)),
    ...(today === undefined ? {} : { today }),
    ...(leastInterval === undefined ? {} : { leastInterval }),
  })
  return { problems, notes }
}
