// A repository comes to be: a bare git repository with a first commit, and the App installed on its owner.
import { join } from 'node:path'
import { copyBare, makeBare, writeCommit } from './bare-repository.ts'
import { handle, type SimulatedRepository } from './repository.ts'
import { installationShape, repositoryBrief, userShape } from './shapes.ts'
import {
  findRepository,
  type Installation,
  type Level,
  type Repository,
  type Role,
  type User,
  userNamed,
  type World,
} from './world.ts'

export interface NewRepository {
  owner: string
  name: string
  private?: boolean
  ownerType?: 'User' | 'Organization'
  defaultBranch?: string
  files?: Record<string, string | Buffer>
  collaborators?: Record<string, Role>
  protectedBranches?: string[]
  /** a fork of this one; the App is not installed on it */
  fork?: { owner: string; name: string }
  /** false: the App is not installed here */
  installed?: boolean
}

export async function createRepository(
  world: World,
  permissions: Record<string, Level>,
  options: NewRepository,
): Promise<SimulatedRepository> {
  const owner = userNamed(world, options.owner, options.ownerType ?? 'Organization')
  const parent = options.fork && findRepository(world, options.fork.owner, options.fork.name)
  const id = world.nextId()
  const defaultBranch = options.defaultBranch ?? parent?.defaultBranch ?? 'main'
  const gitDir = join(world.directory, `${id}.git`)
  if (parent) await copyBare(parent.gitDir, gitDir)
  else await makeBare(gitDir, defaultBranch)
  const installed = options.installed ?? !parent
  const known = world.installations.find(installation => installation.account === owner)
  const installation = installed ? (known ?? newInstallation(world, owner, permissions)) : undefined
  const roles = Object.entries(options.collaborators ?? {}).map(
    ([login, role]) => [userNamed(world, login).login.toLowerCase(), role] as const,
  )
  const at = world.now()
  const repository: Repository = {
    id,
    owner,
    name: options.name,
    private: options.private ?? true,
    archived: false,
    defaultBranch,
    installation,
    gitDir,
    parent,
    branches: new Map(parent?.branches),
    collaborators: new Map(roles),
    protectedBranches: new Set(options.protectedBranches),
    labels: new Map(),
    issues: new Map(),
    suites: [],
    checkRuns: [],
    sarif: [],
    alerts: [],
    withoutAlerts: new Set(),
    workflowRuns: [],
    deployments: [],
    createdAt: at,
    pushedAt: at,
  }
  if (!parent || options.files) {
    const files = options.files ?? { 'README.md': `# ${options.name}\n` }
    const start = { branch: defaultBranch, parent: repository.branches.get(defaultBranch) }
    const sha = await writeCommit(gitDir, { ...start, files, message: 'First commit', author: owner.login, at })
    repository.branches.set(defaultBranch, sha)
  }
  world.repositories.push(repository)
  if (installation) tellInstalled(world, repository, installation, known === undefined)
  return handle(world, repository)
}

export function newInstallation(world: World, account: User, permissions: Record<string, Level>): Installation {
  const installation = { id: world.nextId(), account, permissions, suspended: false }
  world.installations.push(installation)
  return installation
}

function tellInstalled(world: World, repository: Repository, installation: Installation, first: boolean): void {
  const sender = userShape(world, installation.account)
  const about = { installation: installationShape(world, installation), sender }
  const brief = [repositoryBrief(repository)]
  const lists = { repository_selection: 'all', repositories_added: brief, repositories_removed: [] }
  if (first) world.deliver('installation', { action: 'created', repositories: brief, requester: null, ...about })
  else world.deliver('installation_repositories', { action: 'added', ...lists, requester: null, ...about })
}
