// What GitHub delivered: stored once, together with the job that looks at it.
import type { Delivery, Rooms } from '../domain/store.ts'
import { type Ground, iso, json, text, within } from './rows.ts'

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

  return {
    accept: delivery =>
      within(ground, async db => {
        const stored = await db
          .insertInto('deliveries')
          .values({
            id: delivery.id,
            name: delivery.name,
            action: delivery.action,
            repository_id: delivery.repositoryId,
            installation_id: delivery.installationId,
            body_hash: delivery.bodyHash,
            payload: json(delivery.payload),
            at: delivery.at,
          })
          .onConflict(conflict => conflict.doNothing())
          .returning('id')
          .executeTakeFirst()
        if (!stored) return 'repeated'
        await ground.send({ queue: 'dispatch', data: { deliveryId: delivery.id } }, db)
        return 'stored'
      }),

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
