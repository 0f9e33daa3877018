// What `watchbill check` says of a tree's configuration files.
import type { RepositoryFile } from '../domain/host.ts'
import type { ConfigurationProblem } from '../domain/routine.ts'
import { loadConfiguration } from './load.ts'

/** Every problem of these files beside the built-ins, at once. */
export function checkTree(files: RepositoryFile[], builtIn: RepositoryFile[]): ConfigurationProblem[] {
  const own = new Set(files.map(file => file.path))
  const configuration = loadConfiguration({
    builtIn: builtIn.filter(file => !own.has(file.path)),
    organisation: [],
    repository: files,
  })
  return configuration.problems.filter(problem => own.has(problem.file) || !problem.file.endsWith('.md'))
}
