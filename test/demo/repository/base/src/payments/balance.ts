import type { Booking } from '../bookings/bookings.ts'
import type { Payment } from './payments.ts'

/** Cents that are still open on a booking. */
export function balanceOf(booking: Booking, payments: Payment[]): number {
  const paid = payments.reduce((sum, payment) => sum + payment.amountCents, 0)
  return booking.totalCents - paid
}
