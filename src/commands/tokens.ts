// `watchbill token`: tokens of the API made, listed and revoked, each with its row in the audit.
import { z } from 'zod'
import type { Repository } from '../domain/event.ts'
import type { Host, RepositoryFile } from '../domain/host.ts'
import { Problem } from '../domain/problem.ts'
import type { Store } from '../domain/store.ts'
import { type ApiToken, tokenScopes } from '../domain/token.ts'
import { nearest } from '../routines/index.ts'
import { readConfiguration } from '../runs/configuration/configuration.ts'
import { newToken } from '../web/bearer.ts'
import { findRepository, readInput } from './input.ts'

interface TokenPorts {
  store: Store
  now: () => Date
  /** Where a server answers, it is asked whether the routine is there. */
  host?: Host
  builtIn?: RepositoryFile[]
}

const by = z.string().default('the command line')
const wanted = z.object({
  repo: z.string().optional(),
  routine: z.string().optional(),
  scope: z.enum(tokenScopes).optional(),
  label: z.string().min(1).max(80).optional(),
  /** Days. */
  days: z.number().int().min(1).max(3660).optional(),
  by,
})

export interface MadeToken {
  /** `owner/name` of its repository. */
  repo?: string
  /** Shown this once. */
  text: string
  token: ApiToken
}

export async function makeToken(ports: TokenPorts, input: unknown): Promise<MadeToken> {
  const { store, now } = ports
  const { repo, routine, label, days, by, ...said } = readInput(wanted, input)
  const scope = said.scope ?? (routine === undefined ? undefined : 'fire')
  if (scope === undefined)
    throw new Problem(
      'bad_input',
      'Say what it may: --routine NAME --repo OWNER/REPO to start one routine, or --scope read to read runs (of one repository with --repo).',
    )
  if (scope === 'fire' && (routine === undefined || repo === undefined))
    throw new Problem(
      'bad_input',
      'A token of scope `fire` starts one routine: give --routine NAME and --repo OWNER/REPO.',
    )
  if (scope === 'read' && routine !== undefined)
    throw new Problem(
      'bad_input',
      'A token of scope `read` reads runs, whichever routine they are of: leave --routine out.',
    )
  const repository = repo === undefined ? undefined : await findRepository(store, repo)
  if (repository && routine !== undefined) await fires(ports, repository, routine)
  const at = now().toISOString()
  const { id, text, hash } = newToken()
  const token: ApiToken = {
    id,
    scope,
    label: label ?? routine ?? 'read',
    ...(repository ? { repositoryId: repository.id } : {}),
    ...(routine === undefined ? {} : { routine }),
    by,
    at,
    ...(days === undefined ? {} : { expiresAt: new Date(now().getTime() + days * 86_400_000).toISOString() }),
  }
  await store.transaction(async rooms => {
    await rooms.tokens.make({ ...token, hash })
    await rooms.audit.append({ at, who: by, what: 'token made', about: id, detail: token })
  })
  return { text, token, ...(repository ? { repo: `${repository.owner}/${repository.name}` } : {}) }
}

/** With the repository's name, where that is known. */
type ListedToken = ApiToken & { repo?: string }

export async function listTokens({ store, now }: TokenPorts, input: unknown): Promise<ListedToken[]> {
  const { by: who } = readInput(z.object({ by }), input ?? {})
  await store.audit.append({ at: now().toISOString(), who, what: 'tokens listed', about: 'tokens' })
  const names = new Map((await store.repositories.list(10_000)).map(({ id, owner, name }) => [id, `${owner}/${name}`]))
  return (await store.tokens.list()).map(token => {
    const repo = token.repositoryId === undefined ? undefined : names.get(token.repositoryId)
    return repo === undefined ? token : { ...token, repo }
  })
}

export async function expireToken(
  { store, now }: TokenPorts,
  input: unknown,
): Promise<{ id: string; expiresAt: string }> {
  const {
    id,
    days,
    by: who,
  } = readInput(z.object({ id: z.string().min(1), days: z.number().int().min(0).max(3660).default(0), by }), input)
  const expiresAt = new Date(now().getTime() + days * 86_400_000).toISOString()
  const set = await store.transaction(async rooms => {
    if (!(await rooms.tokens.expire(id, expiresAt))) return false
    await rooms.audit.append({ at: now().toISOString(), who, what: 'token expires', about: id, detail: { expiresAt } })
    return true
  })
  if (!set) throw noToken(id)
  return { id, expiresAt }
}

export async function revokeToken({ store, now }: TokenPorts, input: unknown): Promise<{ revoked: string }> {
  const { id, by: who } = readInput(z.object({ id: z.string().min(1), by }), input)
  const at = now().toISOString()
  const revoked = await store.transaction(async rooms => {
    if (!(await rooms.tokens.revoke(id, at))) return false
    await rooms.audit.append({ at, who, what: 'token revoked', about: id })
    return true
  })
  if (!revoked) throw noToken(id)
  return { revoked: id }
}

/** A token for what can not be started would be found out at the first alarm. */
async function fires({ host, builtIn }: TokenPorts, repository: Repository, name: string): Promise<void> {
  if (!host || !builtIn) return
  const { routines } = await readConfiguration({ host, builtIn }, repository)
  const routine = routines.find(one => one.name === name)
  const where = `${repository.owner}/${repository.name}`
  if (!routine) {
    const names = routines.map(one => one.name)
    const close = nearest(name, names)
    const hint = close ? `did you mean \`${close}\`?` : `there are ${names.join(', ')}.`
    throw new Problem('bad_input', `There is no routine called \`${name}\` in ${where}; ${hint}`)
  }
  if (routine.on.api !== true)
    throw new Problem(
      'bad_input',
      `\`${name}\` of ${where} does not answer the API: put \`api: true\` under \`on\` in its file (one on standby also needs \`enable\` in .github/watchbill.yml), then make the token.`,
    )
}

function noToken(id: string): Problem {
  return new Problem(
    'not_found',
    `There is no token \`${id}\` that is not revoked already; \`watchbill token list\` shows them.`,
  )
}

export function showMadeToken({ text, token, repo }: MadeToken): string {
  return [
    text,
    '',
    `This is the only time it is shown. Its id is ${token.id}; ${lifeOf(token)}.`,
    token.scope === 'fire'
      ? `It starts the routine ${token.routine}: POST /api/routines/${repo ?? 'OWNER/REPO'}/${token.routine}/fire with \`Authorization: Bearer …\`.`
      : 'It reads runs: GET /api/runs/ID and /api/runs/ID/events with `Authorization: Bearer …`.',
  ].join('\n')
}

export function showTokens(tokens: ListedToken[]): string {
  if (tokens.length === 0)
    return 'No tokens. Make one with `watchbill token make --routine NAME --repo OWNER/REPO` or `watchbill token make --scope read`.'
  return tokens
    .map(token => {
      const what = token.scope === 'fire' ? `fires ${token.routine}` : 'reads runs'
      const where = token.repositoryId === undefined ? 'everywhere' : (token.repo ?? `repository ${token.repositoryId}`)
      const used = token.usedAt ? `last used ${token.usedAt}` : 'never used'
      return `${token.id}  ${token.label}  ${what}, ${where}; made ${token.at} by ${token.by}; ${lifeOf(token)}; ${used}`
    })
    .join('\n')
}

function lifeOf({ revokedAt, expiresAt }: ApiToken): string {
  if (revokedAt) return `revoked ${revokedAt}`
  return expiresAt ? `valid until ${expiresAt}` : 'valid until it is revoked'
}
