import { Router } from 'express'
import { arrivals, bookingOf } from './bookings.ts'
import { checkOut } from './check-out.ts'
import { day, nights } from './stay.ts'

export const bookingRoutes = Router()

bookingRoutes.get('/arrivals', async (request, response) => {
  const from = new Date(new Date().toDateString())
  response.json(await arrivals(request.staff.marinaId, from, new Date(from.getTime() + day)))
})

bookingRoutes.get('/:id', async (request, response) => {
  const booking = await bookingOf(request.staff.marinaId, Number(request.params.id))
  response.json({ ...booking, nights: nights(booking.arrives, booking.leaves) })
})

bookingRoutes.post('/:id/check-out', async (request, response) => {
  const booking = await bookingOf(request.staff.marinaId, Number(request.params.id))
  response.json({ chargedCents: await checkOut(booking) })
})
