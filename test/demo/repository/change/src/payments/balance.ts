import type { Booking } from '../bookings/bookings.ts'
import type { Payment } from './payments.ts'

/** What is still open on a booking, ready to be shown in lists and exports. */
export function balanceOf(booking: Booking, payments: Payment[]): number {
  const paid = payments.reduce((sum, payment) => sum + payment.amountCents, 0)
  return (booking.totalCents - paid) / 100
}
