import { Router } from 'express'
import { nights } from '../bookings/stay.ts'
import { HttpError } from '../http/errors.ts'
import { balanceOf } from '../payments/balance.ts'
import { formatCents } from '../payments/money.ts'
import { paymentsOf } from '../payments/payments.ts'
import { bookingsToExport } from './bookings.ts'
import { csv } from './csv.ts'
import { mayExport } from './limits.ts'

export const exportRoutes = Router()

const head = ['booking', 'berth', 'boat', 'guest', 'arrives', 'nights', 'total', 'open']

exportRoutes.get('/bookings.csv', async (request, response) => {
  const { marinaId } = request.staff
  if (!mayExport(marinaId, new Date())) throw new HttpError(429, 'Enough exports for today.')
  const bookings = await bookingsToExport(marinaId, {
    from: new Date(String(request.query.from)),
    to: new Date(String(request.query.to)),
    orderBy: String(request.query.sort ?? 'arrives'),
  })
  const lines: string[][] = []
  for (const booking of bookings) {
    const open = balanceOf(booking, await paymentsOf(booking.id))
    const stay = [booking.arrives.toISOString().slice(0, 10), String(nights(booking.arrives, booking.leaves))]
    const money = [formatCents(booking.totalCents), open.toFixed(2)]
    lines.push([String(booking.id), booking.berth, booking.boat, booking.guest, ...stay, ...money])
  }
  response.type('text/csv').send(csv(head, lines))
})
