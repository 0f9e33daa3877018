// The configuration that holds for a repository; one that is too large to read is a problem said on the check, and the built-in routines answer.
import type { Repository } from '../../domain/event.ts'
import type { Host, RepositoryFile } from '../../domain/host.ts'
import { asProblem, meanings } from '../../domain/problem.ts'
import type { Configuration } from '../../domain/routine.ts'
import { type ConfigurationFiles, loadConfiguration } from '../../routines/index.ts'
import { loadOnce, pinnedOnce } from './loaded.ts'
import { type PinHost, readPins } from './pins.ts'

export interface ConfigurationPorts {
  /** Without what reads pins, the routines that start from one are refused. */
  host: Pick<Host, 'configuration'> & Partial<PinHost>
  builtIn: RepositoryFile[]
  /** Without it no date is past. */
  now?: () => Date
  /** Least minutes between two starts by a schedule. */
  leastInterval?: number | undefined
}

/** Problems that pass by themselves (GitHub is away) are thrown, to be tried again. */
export async function readConfiguration(ports: ConfigurationPorts, repository: Repository): Promise<Configuration> {
  try {
    return loadOnce(await withPins(ports, repository, await ports.host.configuration(repository)))
  } catch (thrown) {
    const { code, message } = asProblem(thrown)
    if (meanings[code].retry) throw thrown
    const configuration = loadConfiguration({ builtIn: ports.builtIn, organisation: [], repository: [] })
    return {
      ...configuration,
      // What the files would have kept private nobody knows: no model is shown anything.
      settings: { ...configuration.settings, private: ['**'] },
      unread: true,
      problems: [{ file: '.github', message }, ...configuration.problems],
    }
  }
}

/** The files of a configuration, in force or proposed, with everything beside them that loading takes. Of pins, only those in `among` are read, where it is given. */
export async function withPins(
  { host, builtIn, now, leastInterval }: ConfigurationPorts,
  repository: Repository,
  files: Pick<ConfigurationFiles, 'organisation' | 'repository' | 'commit' | 'organisationCommit'>,
  among?: string[],
): Promise<ConfigurationFiles> {
  const wanted = pinnedOnce(files)
  const left = among ? wanted.filter(pin => !among.includes(pin)) : []
  const read = wanted.filter(pin => !left.includes(pin))
  const refused = Object.fromEntries(left.map(pin => [pin, { refused: 'it is read once this file is in force.' }]))
  const pinned = readsPins(host) ? { ...(await readPins(host, repository, read)), ...refused } : undefined
  const today = now?.().toISOString().slice(0, 10)
  return {
    builtIn,
    ...files,
    ...(pinned ? { pinned } : {}),
    ...(today ? { today } : {}),
    ...(leastInterval && { leastInterval }),
  }
}

function readsPins(host: ConfigurationPorts['host']): host is PinHost {
  return Boolean(host.repository && host.commit && host.fileAt && host.contains)
}
