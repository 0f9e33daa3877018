// A configuration made of files, remembered for as long as those are: whoever reads files keeps them by the commit that they are of.
import type { RepositoryFile } from '../../domain/host.ts'
import type { Configuration } from '../../domain/routine.ts'
import { type ConfigurationFiles, loadConfiguration, pinnedBy } from '../../routines/index.ts'

/** By the repository's own list of files, of which there are only so many: what was made of it last, and of what else. */
const made = new WeakMap<RepositoryFile[], { of: ConfigurationFiles; configuration: Configuration }>()
const pins = new WeakMap<RepositoryFile[], { beside: RepositoryFile[] | undefined; wanted: string[] }>()

/** As `loadConfiguration`; the same lists of files on the same day give the same configuration, which nobody can change. */
export function loadOnce(files: ConfigurationFiles): Configuration {
  const known = made.get(files.repository)
  if (known && isSame(known.of, files)) return known.configuration
  const configuration = frozen(loadConfiguration(files))
  made.set(files.repository, { of: files, configuration })
  return configuration
}

/** As `pinnedBy`. */
export function pinnedOnce(files: Pick<ConfigurationFiles, 'organisation' | 'repository'>): string[] {
  const known = pins.get(files.repository)
  if (known && known.beside === files.organisation) return known.wanted
  const wanted = pinnedBy(files)
  pins.set(files.repository, { beside: files.organisation, wanted })
  return wanted
}

const compared = [
  'builtIn',
  'organisation',
  'repository',
  'commit',
  'organisationCommit',
  'leastInterval',
  'today',
] as const

function isSame(a: ConfigurationFiles, b: ConfigurationFiles): boolean {
  return compared.every(key => a[key] === b[key]) && JSON.stringify(a.pinned) === JSON.stringify(b.pinned)
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const part of Object.values(value)) frozen(part)
  return value
}
