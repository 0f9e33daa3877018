import { Router } from 'express'
import { badRequest } from '../http/errors.ts'
import { log } from '../log.ts'
import { parseEuros } from '../payments/money.ts'
import { refundsOf, requestRefund } from './refunds.ts'

export const refundRoutes = Router()

refundRoutes.get('/', async (request, response) => {
  response.json(await refundsOf(request.staff.marinaId, String(request.query.search ?? '')))
})

refundRoutes.post('/', async (request, response) => {
  const { booking, amount, reason } = request.body
  const amountCents = parseEuros(String(amount))
  if (!(amountCents > 0)) throw badRequest('Say how much, e.g. 120.50.')
  const refund = await requestRefund({ bookingId: Number(booking), amountCents, reason: String(reason) }, request.staff)
  log.info('refund requested', { refund: refund.id, staff: request.staff.id, headers: request.headers })
  response.status(201).json(refund)
})
