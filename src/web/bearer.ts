// Bearer tokens: made, hashed, and held against what a request brings, in constant time.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { Problem } from '../domain/problem.ts'
import type { Store } from '../domain/store.ts'
import type { ApiToken, TokenScope } from '../domain/token.ts'

/** A new token as it is shown once, with the id by which it is known and the hash that is kept. */
export function newToken(): { id: string; text: string; hash: string } {
  const id = randomBytes(9).toString('base64url').replace(/[-_]/g, '0')
  const text = `wbt_${id}_${randomBytes(32).toString('base64url')}`
  return { id, text, hash: hashOf(text) }
}

/** The token that a request brings. Problems: `unauthorized` for none, a wrong, an expired or a revoked one (all alike); `forbidden` for one of another scope. */
export async function readBearer(
  store: Pick<Store, 'tokens'>,
  authorization: string | undefined,
  scope: TokenScope,
  now: Date,
): Promise<ApiToken> {
  const [, text, id] = /^Bearer (wbt_([\w]{12})_[\w-]{43})$/i.exec(authorization ?? '') ?? []
  const found = id ? await store.tokens.find(id) : undefined
  // Compared even where there is none of this id, so that time does not tell which ids there are.
  const fits = timingSafeEqual(Buffer.from(hashOf(text ?? ''), 'hex'), Buffer.from(found?.hash ?? blank, 'hex'))
  const live = found && !found.revokedAt && !(found.expiresAt && Date.parse(found.expiresAt) <= now.getTime())
  if (!found || !fits || !live)
    throw new Problem(
      'unauthorized',
      'This needs a valid token: `Authorization: Bearer …`, made by `watchbill token make`; this one is missing, unknown, expired or revoked.',
    )
  if (found.scope !== scope)
    throw new Problem(
      'forbidden',
      `This token is of scope \`${found.scope}\`, and \`${scope}\` is needed; make one with \`watchbill token make --scope ${scope}\`.`,
    )
  return found
}

const blank = '0'.repeat(64)

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
