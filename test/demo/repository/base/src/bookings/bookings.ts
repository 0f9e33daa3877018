import { rows, sql } from '../database/sql.ts'
import { notFound } from '../http/errors.ts'

export interface Booking {
  id: number
  marinaId: number
  berth: string
  boat: string
  guest: string
  arrives: Date
  leaves: Date
  totalCents: number
}

export async function bookingOf(marinaId: number, id: number): Promise<Booking> {
  const [booking] = await rows<Booking>(sql`
    select id, marina_id as "marinaId", berth, boat, guest, arrives, leaves, total_cents as "totalCents"
    from bookings
    where marina_id = ${marinaId} and id = ${id}`)
  if (!booking) throw notFound(`There is no booking ${id}.`)
  return booking
}

export async function arrivals(marinaId: number, from: Date, to: Date): Promise<Booking[]> {
  return rows<Booking>(sql`
    select id, marina_id as "marinaId", berth, boat, guest, arrives, leaves, total_cents as "totalCents"
    from bookings
    where marina_id = ${marinaId} and arrives >= ${from} and arrives < ${to}
    order by arrives`)
}
