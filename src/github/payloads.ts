// Narrow readers for JSON from outside: each gives the value when it is what it should be, else undefined.
import type { Actor, Issue, Pull, Release, Repository } from '../domain/event.ts'

export type Fields = Record<string, unknown>

export function fields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

/** Texts that name something: an empty one names nothing, and one with half a surrogate pair can stand in no address. */
export function name(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' && value.isWellFormed() ? value : undefined
}

export function id(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : undefined
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : undefined
}

function instant(value: unknown): string | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(time) ? undefined : new Date(time).toISOString()
}

export function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}

const actorTypes = ['User', 'Bot', 'Organization', 'Mannequin'] as const

export function readActor(value: unknown): Actor | undefined {
  const user = fields(value)
  const [number, login] = [id(user?.id), name(user?.login)]
  const type = actorTypes.find(known => known === user?.type)
  return number && login && type ? { id: number, login, type } : undefined
}

/** Who stands for deleted accounts on GitHub (https://github.com/ghost). */
const ghost: Actor = { id: 10137, login: 'ghost', type: 'User' }

export function readRepository(value: unknown, installationId: number | undefined): Repository | undefined {
  const repository = fields(value)
  const owner = fields(repository?.owner)
  const number = id(repository?.id)
  const [login, ownerId, called] = [name(owner?.login), id(owner?.id), name(repository?.name)]
  const branch = name(repository?.default_branch)
  if (!repository || !number || !login || !ownerId || !called || !branch || !installationId) return undefined
  const size = count(repository.size)
  const updatedAt = instant(repository.updated_at)
  return {
    id: number,
    owner: login,
    ownerId,
    ownerType: owner?.type === 'Organization' ? 'Organization' : 'User',
    name: called,
    // A repository that does not say is treated as public: fewer people are trusted there.
    private: repository.private === true,
    defaultBranch: branch,
    installationId,
    ...(size !== undefined && { size }),
    ...(updatedAt !== undefined && { updatedAt }),
  }
}

/** A pull as webhooks and the API tell it. */
export function readPull(value: unknown): Pull | undefined {
  const pull = fields(value)
  const [base, head] = [readSide(pull?.base), readSide(pull?.head)]
  const [number, title, url] = [id(pull?.number), text(pull?.title), text(pull?.html_url)]
  const author = pull?.user === null ? ghost : readActor(pull?.user)
  const state = pull?.state === 'open' || pull?.state === 'closed' ? pull.state : undefined
  if (!pull || !base || !head || !number || title === undefined || url === undefined || !author || !state)
    return undefined
  const merged = pull.merged === true || name(pull.merged_at) !== undefined
  // Before the merge GitHub tells of a trial merge here: https://docs.github.com/en/rest/pulls/pulls#get-a-pull-request
  const mergeCommit = merged ? readSha(pull.merge_commit_sha) : undefined
  return {
    number,
    title,
    body: text(pull.body) ?? '',
    author,
    draft: pull.draft === true,
    state,
    merged,
    ...(mergeCommit && { mergeCommit }),
    // The head's repository is null once a fork is deleted.
    fork: head.repository === undefined || head.repository !== base.repository,
    labels: labelsOf(pull),
    base: { ref: base.ref, sha: base.sha },
    head: { ref: head.ref, sha: head.sha },
    ...counts(pull),
    url,
  }
}

export function readIssue(value: unknown): Issue | undefined {
  const issue = fields(value)
  const [number, title, url] = [id(issue?.number), text(issue?.title), text(issue?.html_url)]
  const author = issue?.user === null ? ghost : readActor(issue?.user)
  if (!issue || !number || title === undefined || url === undefined || !author) return undefined
  const state = issue.state === 'closed' ? 'closed' : 'open'
  return { number, title, body: text(issue.body) ?? '', author, state, labels: labelsOf(issue), url }
}

export function readRelease(value: unknown): Release | undefined {
  const release = fields(value)
  const [tag, url] = [name(release?.tag_name), text(release?.html_url)]
  const author = release?.author === null ? ghost : readActor(release?.author)
  if (!release || !tag || url === undefined || !author) return undefined
  const title = name(release.name) ?? tag
  return { tag, title, body: text(release.body) ?? '', author, prerelease: release.prerelease === true, url }
}

function labelsOf(subject: Fields): string[] {
  return list(subject.labels).flatMap(label => name(fields(label)?.name) ?? [])
}

function counts(pull: Fields): Pick<Pull, 'additions' | 'deletions' | 'changedFiles'> {
  const [additions, deletions, changedFiles] = [count(pull.additions), count(pull.deletions), count(pull.changed_files)]
  return {
    ...(additions === undefined ? {} : { additions }),
    ...(deletions === undefined ? {} : { deletions }),
    ...(changedFiles === undefined ? {} : { changedFiles }),
  }
}

function readSide(value: unknown): { ref: string; sha: string; repository: number | undefined } | undefined {
  const side = fields(value)
  const [ref, sha] = [name(side?.ref), readSha(side?.sha)]
  return ref && sha ? { ref, sha, repository: id(fields(side?.repo)?.id) } : undefined
}

export function readSha(value: unknown): string | undefined {
  return typeof value === 'string' && /^[0-9a-f]{40,64}$/.test(value) ? value : undefined
}
