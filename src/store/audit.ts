// What was done by whom: each row carries the hash of the row before it, so a changed or missing row shows.
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Rooms } from '../domain/store.ts'
import { type Ground, iso, json, text, within } from './rows.ts'

export function audit(ground: Pick<Ground, 'db'>): Rooms['audit'] {
  const { db } = ground

  return {
    append: row =>
      within(ground, async db => {
        await sql`select pg_advisory_xact_lock(hashtextextended('audit', 0))`.execute(db)
        const last = await db
          .selectFrom('audit')
          .select(['sequence', 'hash'])
          .orderBy('sequence', 'desc')
          .limit(1)
          .executeTakeFirst()
        const link: Link = {
          sequence: (last?.sequence ?? 0) + 1,
          at: new Date(row.at).toISOString(),
          who: text(row.who),
          what: text(row.what),
          about: text(row.about),
          detail: row.detail === undefined ? null : json(row.detail),
          previous: last?.hash ?? '',
        }
        await db
          .insertInto('audit')
          .values({ ...link, hash: hashOf(link) })
          .execute()
      }),

    async list(limit) {
      const rows = await db
        .selectFrom('audit')
        .select(['at', 'who', 'what', 'about', 'hash'])
        .orderBy('sequence', 'desc')
        .limit(limit)
        .execute()
      return rows.map(row => ({ ...row, at: iso(row.at) }))
    },

    async verify() {
      let before: { sequence: number; hash: string } | undefined
      for (;;) {
        const rows = await db
          .selectFrom('audit')
          .selectAll()
          .where('sequence', '>', before?.sequence ?? 0)
          .orderBy('sequence')
          .limit(1000)
          .execute()
        for (const row of rows) {
          const { hash, ...link } = { ...row, at: iso(row.at) }
          // The oldest row that is kept has nothing before it to compare with: retention took it.
          const follows = !before || (link.previous === before.hash && link.sequence === before.sequence + 1)
          if (!follows || hash !== hashOf(link)) return row.sequence
          before = row
        }
        if (rows.length < 1000) return undefined
      }
    },
  }
}

interface Link {
  sequence: number
  at: string
  who: string
  what: string
  about: string
  detail: string | null
  previous: string
}

function hashOf({ sequence, at, who, what, about, detail, previous }: Link): string {
  return createHash('sha256')
    .update(JSON.stringify([sequence, at, who, what, about, detail, previous]))
    .digest('hex')
}
