import type { Booking } from '../bookings/bookings.ts'
import { rows, sql } from '../database/sql.ts'
import type { Staff } from '../http/authentication.ts'
import { badRequest, notFound } from '../http/errors.ts'
import { gateway } from '../payments/gateway.ts'
import { refundableCents } from './policy.ts'

export interface Refund {
  id: number
  bookingId: number
  amountCents: number
  reason: string
  reference: string
  status: 'requested' | 'done' | 'failed'
}

export interface RefundRequest {
  bookingId: number
  amountCents: number
  reason: string
}

/** Gives money back to the guest's card. */
export async function requestRefund(request: RefundRequest, staff: Staff): Promise<Refund> {
  const booking = await bookingToRefund(request.bookingId)
  const already = await refundedCents(booking.id)
  if (already + request.amountCents > refundableCents(booking, new Date())) {
    throw badRequest('That is more than may be given back for this booking.')
  }
  const reference = await gateway.refund({ booking: booking.id, amountCents: request.amountCents })
  const [refund] = await rows<Refund>(sql`
    insert into refunds (booking_id, amount_cents, reason, reference, requested_by)
    values (${booking.id}, ${request.amountCents}, ${request.reason}, ${reference}, ${staff.id})
    returning id, booking_id as "bookingId", amount_cents as "amountCents", reason, reference, status`)
  return refund!
}

/** The refund the gateway speaks of. */
export async function refundByReference(reference: string): Promise<Refund> {
  const [refund] = await rows<Refund>(sql`
    select id, booking_id as "bookingId", amount_cents as "amountCents", reason, reference, status
    from refunds
    where reference = ${reference}`)
  if (!refund) throw notFound(`There is no refund ${reference}.`)
  return refund
}

/** Newest first; `search` is looked for in the reasons. */
export async function refundsOf(marinaId: number, search: string): Promise<Refund[]> {
  return rows<Refund>(sql`
    select r.id, r.booking_id as "bookingId", r.amount_cents as "amountCents", r.reason, r.reference, r.status
    from refunds r join bookings b on b.id = r.booking_id
    where b.marina_id = ${marinaId} and r.reason ilike ${`%${search}%`}
    order by r.requested_at desc`)
}

async function bookingToRefund(id: number): Promise<Booking> {
  const [booking] = await rows<Booking>(sql`
    select id, marina_id as "marinaId", berth, boat, guest, arrives, leaves, total_cents as "totalCents"
    from bookings
    where id = ${id}`)
  if (!booking) throw notFound(`There is no booking ${id}.`)
  return booking
}

async function refundedCents(bookingId: number): Promise<number> {
  const [sum] = await rows<{ cents: number }>(sql`
    select coalesce(sum(amount_cents), 0)::integer as cents
    from refunds
    where booking_id = ${bookingId} and status <> 'failed'`)
  return sum!.cents
}
