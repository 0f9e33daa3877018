import { balanceOf } from '../payments/balance.ts'
import { gateway } from '../payments/gateway.ts'
import { paymentsOf, recordPayment } from '../payments/payments.ts'
import type { Booking } from './bookings.ts'

/** Charges what is still open to the card on file; resolves to the cents charged. */
export async function checkOut(booking: Booking): Promise<number> {
  const due = balanceOf(booking, await paymentsOf(booking.id))
  if (due <= 0) return 0
  const reference = await gateway.charge({ booking: booking.id, amountCents: due })
  await recordPayment(booking.id, due, reference)
  return due
}
