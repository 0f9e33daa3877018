// GitHub's JSON of accounts, Apps, installations and repositories.
import { type Installation, type Json, type Level, type Repository, roleOf, type User, type World } from './world.ts'

export const iso = (date: Date) => date.toISOString().replace(/\.\d+Z$/, 'Z')
export const isoOrNull = (date: Date | null) => (date ? iso(date) : null)
export const api = (world: World, path: string) => `${world.url}/api/v3${path}`
export const nodeId = (kind: string, id: number | string) => Buffer.from(`${kind}:${id}`).toString('base64url')
export const repositoryPath = (repository: Repository) => `/repos/${repository.owner.login}/${repository.name}`
export const webPath = (repository: Repository) => `/${repository.owner.login}/${repository.name}`

export function numberIn(kind: string, id: string): number | undefined {
  const [found, number] = Buffer.from(id, 'base64url').toString().split(':')
  return found === kind ? Number(number) : undefined
}

export function userShape(world: World, user: User): Json {
  const base = api(world, `/users/${encodeURIComponent(user.login)}`)
  return {
    login: user.login,
    id: user.id,
    node_id: nodeId('User', user.id),
    avatar_url: `${world.url}/avatars/u/${user.id}?`,
    gravatar_id: '',
    url: base,
    html_url:
      user.type === 'Bot' ? `${world.url}/apps/${user.login.replace('[bot]', '')}` : `${world.url}/${user.login}`,
    followers_url: `${base}/followers`,
    following_url: `${base}/following{/other_user}`,
    gists_url: `${base}/gists{/gist_id}`,
    starred_url: `${base}/starred{/owner}{/repo}`,
    subscriptions_url: `${base}/subscriptions`,
    organizations_url: `${base}/orgs`,
    repos_url: `${base}/repos`,
    events_url: `${base}/events{/privacy}`,
    received_events_url: `${base}/received_events`,
    type: user.type,
    user_view_type: 'public',
    site_admin: false,
  }
}

export function personShape(world: World, user: User, own: boolean): Json {
  const at = iso(world.now())
  const empty = { name: user.login, company: null, blog: '', location: null, email: null, hireable: null, bio: null }
  const counts = { public_repos: 0, public_gists: 0, followers: 0, following: 0 }
  const hidden = { private_gists: 0, total_private_repos: 0, owned_private_repos: 0, disk_usage: 0, collaborators: 0 }
  const shape = {
    ...userShape(world, user),
    ...empty,
    twitter_username: null,
    ...counts,
    created_at: at,
    updated_at: at,
  }
  return own ? { ...shape, ...hidden, two_factor_authentication: true } : shape
}

export function organizationBrief(world: World, user: User): Json {
  const base = api(world, `/orgs/${user.login}`)
  return {
    login: user.login,
    id: user.id,
    node_id: nodeId('Organization', user.id),
    url: base,
    repos_url: `${base}/repos`,
    events_url: `${base}/events`,
    hooks_url: `${base}/hooks`,
    issues_url: `${base}/issues`,
    members_url: `${base}/members{/member}`,
    public_members_url: `${base}/public_members{/member}`,
    avatar_url: `${world.url}/avatars/u/${user.id}?`,
    description: null,
  }
}

export function appShape(world: World, permissions: Record<string, Level>): Json {
  const { app } = world
  return {
    id: app.id,
    client_id: app.clientId,
    slug: app.slug,
    node_id: nodeId('App', app.id),
    owner: userShape(world, app.owner),
    name: app.slug,
    description: '',
    external_url: 'http://localhost',
    html_url: `${world.url}/apps/${app.slug}`,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    permissions,
    events: world.events,
  }
}

export function installationShape(world: World, installation: Installation): Json {
  const { account, id } = installation
  return {
    id,
    client_id: world.app.clientId,
    account: userShape(world, account),
    repository_selection: 'all',
    access_tokens_url: api(world, `/app/installations/${id}/access_tokens`),
    repositories_url: api(world, '/installation/repositories'),
    html_url: `${world.url}/settings/installations/${id}`,
    app_id: world.app.id,
    app_slug: world.app.slug,
    target_id: account.id,
    target_type: account.type === 'Organization' ? 'Organization' : 'User',
    permissions: installation.permissions,
    events: world.events,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: installation.suspended ? userShape(world, account) : null,
    suspended_at: installation.suspended ? iso(world.now()) : null,
  }
}

export function repositoryBrief(repository: Repository): Json {
  return {
    id: repository.id,
    node_id: nodeId('Repository', repository.id),
    name: repository.name,
    full_name: `${repository.owner.login}/${repository.name}`,
    private: repository.private,
  }
}

export function repositoryShape(world: World, repository: Repository, viewer?: User): Json {
  const base = api(world, repositoryPath(repository))
  const web = world.url + webPath(repository)
  const open = [...repository.issues.values()].filter(issue => issue.state === 'open').length
  const role = viewer && roleOf(repository, viewer)
  const forks = world.repositories.filter(other => other.parent === repository).length
  return {
    ...repositoryBrief(repository),
    owner: userShape(world, repository.owner),
    html_url: web,
    description: null,
    fork: repository.parent !== undefined,
    url: base,
    ...links(base),
    created_at: iso(repository.createdAt),
    updated_at: iso(repository.pushedAt),
    pushed_at: iso(repository.pushedAt),
    git_url: `git://${web.replace(/^https?:\/\//, '')}.git`,
    ssh_url: `git@${new URL(world.url).hostname}:${repository.owner.login}/${repository.name}.git`,
    clone_url: `${web}.git`,
    svn_url: web,
    homepage: null,
    size: 1,
    stargazers_count: 0,
    watchers_count: 0,
    language: null,
    has_issues: true,
    has_projects: true,
    has_downloads: true,
    has_wiki: true,
    has_pages: false,
    has_discussions: false,
    forks_count: forks,
    mirror_url: null,
    archived: repository.archived,
    disabled: false,
    open_issues_count: open,
    license: null,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
    topics: [],
    custom_properties: {},
    visibility: repository.private ? 'private' : 'public',
    forks,
    open_issues: open,
    watchers: 0,
    default_branch: repository.defaultBranch,
    ...(role && { permissions: permissionsOf(role) }),
  }
}

export function fullRepositoryShape(world: World, repository: Repository, viewer?: User): Json {
  const { owner, parent } = repository
  const shape = {
    ...repositoryShape(world, repository, viewer),
    temp_clone_token: null,
    allow_squash_merge: true,
    allow_merge_commit: true,
    allow_rebase_merge: true,
    delete_branch_on_merge: false,
    network_count: 0,
    subscribers_count: 0,
  }
  const lineage = parent && { parent: repositoryShape(world, parent), source: repositoryShape(world, parent) }
  return { ...shape, ...(owner.type === 'Organization' && { organization: userShape(world, owner) }), ...lineage }
}

export function permissionsOf(role: string): Record<string, boolean> {
  const order = ['read', 'triage', 'write', 'maintain', 'admin']
  const rank = order.indexOf(role)
  return { admin: rank >= 4, maintain: rank >= 3, push: rank >= 2, triage: rank >= 1, pull: rank >= 0 }
}

const ends = `forks keys{/key_id} collaborators{/collaborator} teams hooks issue_events:issues/events{/number} events
assignees{/user} branches{/branch} tags git_tags:git/tags{/sha} git_refs:git/refs{/sha} trees:git/trees{/sha}
blobs:git/blobs{/sha} statuses:statuses/{sha} languages stargazers contributors subscribers subscription commits{/sha}
git_commits:git/commits{/sha} comments{/number} issue_comment:issues/comments{/number} contents/{+path}
compare/{base}...{head} merges archive:{archive_format}{/ref} downloads issues{/number} pulls{/number}
milestones{/number} notifications{?since,all,participating} labels{/name} releases{/id} deployments`.split(/\s+/)

function links(base: string): Json {
  return Object.fromEntries(
    ends.map(end => {
      const [, name, path] = /^(\w+):(.+)$/.exec(end) ?? [undefined, /^\w+/.exec(end)![0], end]
      return [`${name}_url`, `${base}/${path}`]
    }),
  )
}
