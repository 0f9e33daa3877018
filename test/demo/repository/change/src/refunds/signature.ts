import { createHmac } from 'node:crypto'
import { config } from '../config.ts'
import { sameSecret } from '../http/same-secret.ts'

/** Whether the gateway signed exactly these bytes. */
export function isSigned(body: Buffer, signature: string): boolean {
  const expected = createHmac('sha256', config.gatewayWebhookSecret).update(body).digest('hex')
  return sameSecret(signature, expected)
}
