// The configuration that holds for a repository; one that is too large to read is a problem said on the check, and the built-in routines answer.
import type { Repository } from '../domain/event.ts'
import type { Host, RepositoryFile } from '../domain/host.ts'
import { asProblem, meanings } from '../domain/problem.ts'
import type { Configuration } from '../domain/routine.ts'
import { loadConfiguration } from '../routines/index.ts'

/** Problems that pass by themselves (GitHub is away) are thrown, to be tried again. */
export async function readConfiguration(
  ports: { host: Pick<Host, 'configuration'>; builtIn: RepositoryFile[] },
  repository: Repository,
): Promise<Configuration> {
  try {
    return loadConfiguration({ builtIn: ports.builtIn, ...(await ports.host.configuration(repository)) })
  } catch (thrown) {
    const { code, message } = asProblem(thrown)
    if (meanings[code].retry) throw thrown
    const configuration = loadConfiguration({ builtIn: ports.builtIn, organisation: [], repository: [] })
    return { ...configuration, problems: [{ file: '.github', message }, ...configuration.problems] }
  }
}
