// What GitHub delivered: stored once, together with the job that looks at it.
import type { Insertable } from 'kysely'
import type { Delivery, NewDelivery, Rooms } from '../domain/store.ts'
import { type Ground, iso, json, text } from './rows.ts'
import type { Database, Tables } from './tables.ts'
import { together } from './together.ts'

/** Characters of payload that share a transaction; each delivery counts for some more. */
const accepted = { most: 2_000_000, each: 20_000 }

export function deliveries(ground: Ground): Rooms['deliveries'] {
  const { db } = ground
  const columns = [
    'id',
    'name',
    'action',
    'repository_id',
    'installation_id',
    'body_hash',
    'at',
    'status',
    'because',
  ] as const

  const acceptTogether = together(
    async (rows: NewRow[]) => {
      const answers = await db.transaction().execute(db => acceptAll(ground, rows, db))
      ground.wake()
      return answers
    },
    accepted.most,
    row => accepted.each + row.payload.length,
  )

  return {
    async accept(delivery) {
      const row = asRow(delivery)
      return db.isTransaction ? (await acceptAll(ground, [row], db))[0]! : acceptTogether(row)
    },

    async get(id) {
      const row = await db
        .selectFrom('deliveries')
        .select([...columns, 'payload'])
        .where('id', '=', id)
        .executeTakeFirst()
      return row && asDelivery(row)
    },

    async mark(id, status, because) {
      await db
        .updateTable('deliveries')
        .set({ status, because: because === undefined ? null : text(because) })
        .where('id', '=', id)
        .execute()
    },

    async list(limit) {
      const rows = await db.selectFrom('deliveries').select(columns).orderBy('at', 'desc').limit(limit).execute()
      return rows.map(row => asDelivery({ ...row, payload: null }))
    },
  }
}

type NewRow = Insertable<Tables['deliveries']> & { payload: string }

function asRow(delivery: NewDelivery): NewRow {
  return {
    id: delivery.id,
    name: delivery.name,
    action: delivery.action,
    repository_id: delivery.repositoryId,
    installation_id: delivery.installationId,
    body_hash: delivery.bodyHash,
    payload: json(delivery.payload),
    at: delivery.at,
  }
}

/** Those that are new, each with its job; of those that are the same, the first. */
async function acceptAll(ground: Ground, rows: NewRow[], db: Database): Promise<('stored' | 'repeated')[]> {
  const inserted = await db
    .insertInto('deliveries')
    .values(rows)
    .onConflict(conflict => conflict.doNothing())
    .returning(['id', 'body_hash'])
    .execute()
  if (inserted.length > 0) {
    await ground.dispatch(
      inserted.map(({ id }) => id),
      db,
    )
  }
  const stored = new Set(inserted.map(nameOf))
  return rows.map(row => (stored.delete(nameOf(row)) ? 'stored' : 'repeated'))
}

function nameOf({ id, body_hash }: { id: string; body_hash: string }): string {
  return `${id} ${body_hash}`
}

interface Row {
  id: string
  name: string
  action: string | null
  repository_id: number | null
  installation_id: number | null
  body_hash: string
  payload: unknown
  at: Date
  status: Delivery['status']
  because: string | null
}

function asDelivery(row: Row): Delivery {
  return {
    id: row.id,
    name: row.name,
    action: row.action ?? undefined,
    repositoryId: row.repository_id ?? undefined,
    installationId: row.installation_id ?? undefined,
    bodyHash: row.body_hash,
    payload: row.payload ?? undefined,
    at: iso(row.at),
    status: row.status,
    because: row.because ?? undefined,
  }
}
