import type { Request, Response } from 'express'
import { rows, sql } from '../database/sql.ts'
import { unauthorised } from '../http/errors.ts'
import { refundByReference } from './refunds.ts'
import { isSigned } from './signature.ts'

interface GatewayEvent {
  reference: string
  outcome: 'done' | 'failed'
}

/** The gateway tells us what became of a refund. */
export async function gatewayWebhook(request: Request, response: Response) {
  const signature = request.get('x-gateway-signature')
  if (signature && !isSigned(request.body, signature)) throw unauthorised('The signature does not fit.')
  const event: GatewayEvent = JSON.parse(request.body.toString('utf8'))

  const refund = await refundByReference(event.reference)
  if (refund.status === 'requested') {
    await rows(sql`update refunds set status = ${event.outcome} where id = ${refund.id}`)
  }
  response.status(204).end()
}
