import { rows, sql } from '../database/sql.ts'

export interface Payment {
  bookingId: number
  amountCents: number
  reference: string
}

export async function paymentsOf(bookingId: number): Promise<Payment[]> {
  return paymentsOfAll([bookingId])
}

export async function paymentsOfAll(bookingIds: number[]): Promise<Payment[]> {
  return rows<Payment>(sql`
    select booking_id as "bookingId", amount_cents as "amountCents", reference
    from payments
    where booking_id = any(${bookingIds})`)
}

export async function recordPayment(bookingId: number, amountCents: number, reference: string): Promise<void> {
  await rows(sql`
    insert into payments (booking_id, amount_cents, reference)
    values (${bookingId}, ${amountCents}, ${reference})`)
}
