// What owners do with an installation and its repositories: resume it, take the App off, give repositories away, delete them.
import { envelope } from './payloads.ts'
import { installationShape, repositoryBrief, userShape } from './shapes.ts'
import {
  findRepository,
  fullName,
  type Installation,
  type Repository,
  type User,
  userNamed,
  type World,
} from './world.ts'

interface Named {
  owner: string
  name: string
}

export interface Installing {
  unsuspend(account: string): void
  /** the App is not installed on this one repository any more */
  takeOff(repository: Named): void
  putOn(repository: Named, account?: string): void
  /** to an owner on whom the App is installed already, or is not */
  transfer(repository: Named, to: string): void
  deleteRepository(repository: Named): void
}

export function installing(world: World): Installing {
  const the = ({ owner, name }: Named): Repository => {
    const repository = findRepository(world, owner, name)
    if (!repository) throw new Error(`the simulated GitHub has no ${owner}/${name}`)
    return repository
  }
  const of = (account: string) => world.installations.find(known => known.account.login === account)
  const about = (installation: Installation, by: User = installation.account) => ({
    installation: installationShape(world, installation),
    sender: userShape(world, by),
  })
  const tellLists = (installation: Installation, action: 'added' | 'removed', repository: Repository) =>
    world.deliver('installation_repositories', {
      action,
      repository_selection: 'selected',
      repositories_added: action === 'added' ? [repositoryBrief(repository)] : [],
      repositories_removed: action === 'removed' ? [repositoryBrief(repository)] : [],
      requester: null,
      ...about(installation),
    })
  const leave = (repository: Repository) => {
    const before = repository.installation
    repository.installation = undefined
    if (before) tellLists(before, 'removed', repository)
  }
  const join = (repository: Repository, account: string) => {
    repository.installation = of(account)
    if (repository.installation) tellLists(repository.installation, 'added', repository)
  }
  return {
    unsuspend(account) {
      const installation = of(account)!
      installation.suspended = false
      const repositories = world.repositories.filter(known => known.installation === installation).map(repositoryBrief)
      world.deliver('installation', { action: 'unsuspend', repositories, ...about(installation) })
    },
    takeOff: named => leave(the(named)),
    putOn: (named, account = named.owner) => join(the(named), account),
    transfer(named, to) {
      const repository = the(named)
      const from = repository.owner
      const before = repository.installation
      world.oldNames.set(fullName(repository), repository)
      repository.owner = userNamed(world, to, 'Organization')
      world.oldNames.delete(fullName(repository))
      repository.installation = of(to)
      if (before) tellLists(before, 'removed', repository)
      if (!repository.installation) return
      const changes = { owner: { from: { organization: userShape(world, from) } } }
      world.deliver('repository', { action: 'transferred', changes, ...envelope(world, repository, from) })
      tellLists(repository.installation, 'added', repository)
    },
    deleteRepository(named) {
      const repository = the(named)
      world.deliver('repository', { action: 'deleted', ...envelope(world, repository, repository.owner) })
      world.repositories.splice(world.repositories.indexOf(repository), 1)
    },
  }
}
