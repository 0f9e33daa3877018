import type { Booking } from '../bookings/bookings.ts'
import { rows, sql } from '../database/sql.ts'
import { badRequest } from '../http/errors.ts'

export interface ExportFilter {
  from: Date
  to: Date
  orderBy: string
}

/** What an export can be sorted by, and the column that is. */
const columns: Record<string, string> = { arrives: 'arrives', guest: 'guest', total: 'total_cents' }

export async function bookingsToExport(marinaId: number, filter: ExportFilter): Promise<Booking[]> {
  const column = Object.hasOwn(columns, filter.orderBy) ? columns[filter.orderBy] : undefined
  if (column === undefined) throw badRequest(`Exports are sorted by ${Object.keys(columns).join(', ')}.`)
  const { text, values } = sql`
    select id, marina_id as "marinaId", berth, boat, guest, arrives, leaves, total_cents as "totalCents"
    from bookings
    where marina_id = ${marinaId} and arrives >= ${filter.from} and arrives < ${filter.to}`
  return rows<Booking>({ text: `${text} order by ${column}`, values })
}
