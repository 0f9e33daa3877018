// What `watchbill check` says of a tree's configuration files.
import type { RepositoryFile } from '../domain/host.ts'
import type { ConfigurationProblem } from '../domain/routine.ts'
import { loadConfiguration } from './load.ts'

/** Every problem of these files beside the built-ins, at once. In Watchbill's own tree, the files under `routines/` are the built-ins. */
export function checkTree(files: RepositoryFile[], builtIn: RepositoryFile[]): ConfigurationProblem[] {
  const own = files.filter(file => file.path.startsWith('routines/'))
  const ownPaths = new Set(own.map(file => file.path))
  const { problems } = loadConfiguration({
    builtIn: [...builtIn.filter(file => !ownPaths.has(file.path)), ...own],
    organisation: [],
    repository: files.filter(file => !ownPaths.has(file.path)),
  })
  return problems.filter(problem => !ofOrganisation(problem))
}

/** A tree does not tell whether it is the organisation's own, nor what the organisation's holds. */
function ofOrganisation({ path, message }: ConfigurationProblem): boolean {
  return path === 'required' || (path === 'extends' && /^there is no .*\.$/.test(message))
}
