// What GitHub delivered: stored once, together with the job that looks at it.
import { type Insertable, sql } from 'kysely'
import type { Delivery, NewDelivery, Rooms } from '../domain/store.ts'
import { type Ground, iso, json, text, within } from './rows.ts'
import type { Database, Tables } from './tables.ts'
import { together } from './together.ts'

/** Characters of payload that share a transaction; each delivery counts for some more. */
const accepting = { most: 2_000_000, each: 20_000 }
/** As many as are dispatched side by side. */
const dispatching = 20

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

export function deliveries(ground: Ground): Rooms['deliveries'] {
  const { db } = ground
  const accept = together(
    db,
    async (rows: NewRow[]) => {
      const answers = await within(ground, db => acceptAll(ground, rows, db))
      ground.wake()
      return answers
    },
    accepting.most,
    row => accepting.each + row.payload.length,
  )
  const mark = together(db, (marks: Mark[]) => markAll(db, marks), dispatching)

  return {
    accept: async delivery => accept(asRow(delivery)),
    get: together(db, ids => getAll(db, ids), dispatching),
    mark: (id, status, because) => mark({ id, status, because }),

    async known(ids) {
      const rows = await db
        .selectFrom('deliveries')
        .select('id')
        .where('id', '=', sql<string>`any(${ids}::text[])`)
        .execute()
      return new Set(rows.map(({ id }) => id))
    },

    async lastOfEach(since) {
      const rows = await db
        .selectFrom('deliveries')
        .select(({ fn }) => ['name', fn.max('at').as('at')])
        .where('at', '>=', new Date(since))
        .groupBy('name')
        .orderBy('name')
        .execute()
      return rows.map(({ name, at }) => ({ name, at: iso(at) }))
    },

    async list(limit) {
      const rows = await db.selectFrom('deliveries').select(columns).orderBy('at', 'desc').limit(limit).execute()
      return rows.map(row => asDelivery({ ...row, payload: null }))
    },

    async undispatched(before, limit) {
      const rows = await db
        .selectFrom('deliveries')
        .select(columns)
        // As a literal, by which every plan may use the index of these alone.
        .where('status', '=', sql.lit('stored'))
        .where('at', '<', new Date(before))
        .orderBy('at')
        .limit(limit)
        .execute()
      return rows.map(row => asDelivery({ ...row, payload: null }))
    },

    async givenUp(since, limit) {
      const rows = await db
        .selectFrom('deliveries')
        .select(['id', 'name', 'because', 'given_up_at'])
        .where('status', '=', 'failed')
        .where('given_up_at', '>=', new Date(since))
        .orderBy('given_up_at')
        .limit(limit)
        .execute()
      return rows.map(({ id, name, because, given_up_at }) => ({
        id,
        name,
        because: because ?? '',
        at: iso(given_up_at!),
      }))
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

type Accepted = 'stored' | 'again' | 'repeated'

/** Those that are new, each with its job; of those that are the same, the first. */
async function acceptAll(ground: Ground, rows: NewRow[], db: Database): Promise<Accepted[]> {
  const stored = new Set<string>()
  for (const round of roundsOf(rows)) for (const row of await insert(round, db)) stored.add(nameOf(row))
  const known = rows.filter(row => !stored.has(nameOf(row)))
  const again = known.length > 0 ? await revive(known, db) : []
  const ids = [...rows.filter(row => stored.has(nameOf(row))), ...again].map(({ id }) => id)
  if (ids.length > 0) await ground.dispatch([...new Set(ids)], db)
  return rows.map(row => {
    if (stored.delete(nameOf(row))) return 'stored'
    const at = again.findIndex(one => one.id === row.id || one.body_hash === row.body_hash)
    return again.splice(at, at < 0 ? 0 : 1).length > 0 ? 'again' : 'repeated'
  })
}

/**
 * In the order of their ids, since two processes that insert the same rows in another order would wait for each other; what shares an
 * id or a body with an earlier one of these comes after all of those, as it came.
 */
function roundsOf(rows: NewRow[]): NewRow[][] {
  const met = new Set<string>()
  const first = rows.filter(({ id, body_hash }) => {
    const isFirst = !met.has(`id ${id}`) && !met.has(`body ${body_hash}`)
    met.add(`id ${id}`).add(`body ${body_hash}`)
    return isFirst
  })
  const later = rows.filter(row => !first.includes(row))
  const round = first.toSorted((a, b) => (a.id < b.id ? -1 : 1))
  return later.length > 0 ? [round, later] : [round]
}

function insert(rows: NewRow[], db: Database): Promise<Named[]> {
  return db
    .insertInto('deliveries')
    .values(rows)
    .onConflict(conflict => conflict.doNothing())
    .returning(['id', 'body_hash'])
    .execute()
}

/** Of those that are known, the ones that were given up: somebody sends them again so that they are tried again, with the body that is kept. */
async function revive(rows: NewRow[], db: Database): Promise<Named[]> {
  const ids = rows.map(({ id }) => id)
  const hashes = rows.map(({ body_hash }) => body_hash)
  const { rows: revived } = await sql<Named>`update deliveries set status = 'stored', because = null
    where id in (
      select id from deliveries
      where status = 'failed' and payload is not null
        and (id = any(${ids}::text[]) or body_hash = any(${hashes}::text[]))
      order by id for update
    )
    returning id, body_hash`.execute(db)
  return revived
}

interface Named {
  id: string
  body_hash: string
}

function nameOf({ id, body_hash }: Named): string {
  return `${id} ${body_hash}`
}

async function getAll(db: Database, ids: string[]): Promise<(Delivery | undefined)[]> {
  const rows = await db
    .selectFrom('deliveries')
    .select([...columns, 'payload'])
    .where('id', 'in', ids)
    .execute()
  const found = new Map(rows.map(row => [row.id, row]))
  return ids.map(id => {
    const row = found.get(id)
    return row && asDelivery(row)
  })
}

interface Mark {
  id: string
  status: Delivery['status']
  because: string | undefined
}

/** The last of those about the same delivery holds. */
async function markAll(db: Database, marks: Mark[]): Promise<undefined[]> {
  const last = [...new Map(marks.map(mark => [mark.id, mark])).values()]
  const ids = last.map(({ id }) => id)
  const statuses = last.map(({ status }) => status)
  const becauses = last.map(({ because }) => (because === undefined ? null : text(because)))
  await sql`update deliveries set status = marks.status, because = marks.because
    from unnest(${ids}::text[], ${statuses}::text[], ${becauses}::text[]) as marks (id, status, because)
    where deliveries.id = marks.id`.execute(db)
  return []
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
