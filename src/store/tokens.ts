// Tokens of the API and the idempotency keys they came with.
import type { Selectable } from 'kysely'
import type { Rooms } from '../domain/store.ts'
import type { ApiToken } from '../domain/token.ts'
import { type Ground, iso, isoIf, text, within } from './rows.ts'
import type { Tables } from './tables.ts'

/** Milliseconds for which an idempotency key is known. */
const keyLife = 86_400_000

export function tokens(ground: Ground): Rooms['tokens'] {
  const { db } = ground
  return {
    async make({ hash, ...token }) {
      await db
        .insertInto('tokens')
        .values({
          id: token.id,
          hash,
          scope: token.scope,
          label: text(token.label),
          repository_id: token.repositoryId,
          routine: token.routine,
          by: text(token.by),
          at: token.at,
          expires_at: token.expiresAt,
        })
        .execute()
    },

    async find(id) {
      const row = await db.selectFrom('tokens').selectAll().where('id', '=', id).executeTakeFirst()
      return row && { ...asToken(row), hash: row.hash }
    },

    async list() {
      return (await db.selectFrom('tokens').selectAll().orderBy('at', 'desc').orderBy('id').execute()).map(asToken)
    },

    async revoke(id, at) {
      const row = await db
        .updateTable('tokens')
        .set({ revoked_at: at })
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .returning('id')
        .executeTakeFirst()
      return row !== undefined
    },

    async used(id, at) {
      await db.updateTable('tokens').set({ used_at: at }).where('id', '=', id).execute()
    },

    async expire(id, at) {
      const row = await db
        .updateTable('tokens')
        .set({ expires_at: at })
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .returning('id')
        .executeTakeFirst()
      return row !== undefined
    },

    async forget(tokenId, key, eventId) {
      await db
        .deleteFrom('asked_once')
        .where('token_id', '=', tokenId)
        .where('key', '=', key)
        .where('event_id', '=', eventId)
        .execute()
    },

    once: asked =>
      within(ground, async db => {
        const since = new Date(Date.parse(asked.at) - keyLife)
        await db
          .deleteFrom('asked_once')
          .where('token_id', '=', asked.tokenId)
          .where('key', '=', asked.key)
          .where('at', '<', since)
          .execute()
        const { tokenId, key, bodyHash, eventId, at } = asked
        await db
          .insertInto('asked_once')
          .values({ token_id: tokenId, key, body_hash: bodyHash, event_id: eventId, at })
          .onConflict(conflict => conflict.doNothing())
          .execute()
        const row = await db
          .selectFrom('asked_once')
          .select(['event_id', 'body_hash'])
          .where('token_id', '=', tokenId)
          .where('key', '=', key)
          .executeTakeFirstOrThrow()
        return { eventId: row.event_id, sameBody: row.body_hash === bodyHash }
      }),
  }
}

function asToken(row: Selectable<Tables['tokens']>): ApiToken {
  return {
    id: row.id,
    scope: row.scope as ApiToken['scope'],
    label: row.label,
    repositoryId: row.repository_id ?? undefined,
    routine: row.routine ?? undefined,
    by: row.by,
    at: iso(row.at),
    expiresAt: isoIf(row.expires_at),
    revokedAt: isoIf(row.revoked_at),
    usedAt: isoIf(row.used_at),
  }
}
