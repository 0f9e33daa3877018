import type { Booking } from '../bookings/bookings.ts'
import { rows, sql } from '../database/sql.ts'

export interface ExportFilter {
  from: Date
  to: Date
  orderBy: string
}

export async function bookingsToExport(marinaId: number, filter: ExportFilter): Promise<Booking[]> {
  const { text, values } = sql`
    select id, marina_id as "marinaId", berth, boat, guest, arrives, leaves, total_cents as "totalCents"
    from bookings
    where marina_id = ${marinaId} and arrives >= ${filter.from} and arrives < ${filter.to}`
  return rows<Booking>({ text: `${text} order by ${filter.orderBy}`, values })
}
