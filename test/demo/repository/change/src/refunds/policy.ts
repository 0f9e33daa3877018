import type { Booking } from '../bookings/bookings.ts'

/** Days before arrival up to which a guest gets everything back. */
const freeCancellationDays = 7

/** Share of the price that is kept after that. */
const lateShare = 0.5

/** Cents that may be given back for a booking, all its refunds together. */
export function refundableCents(booking: Booking, now: Date): number {
  const untilArrival = booking.arrives.getTime() - now.getTime()
  if (untilArrival >= freeCancellationDays) return booking.totalCents
  return Math.round(booking.totalCents * (1 - lateShare))
}
