import { config } from '../config.ts'

/** The card processor. Every call moves money; none is safe to repeat. */
export const gateway = {
  charge: (order: { booking: number; amountCents: number }) => send('/charges', order),
  refund: (order: { booking: number; amountCents: number }) => send('/refunds', order),
  payOut: (order: { account: string; amountCents: number }) => send('/payouts', order),
}

async function send(path: string, order: object): Promise<string> {
  const response = await fetch(new URL(path, config.gatewayUrl), {
    method: 'POST',
    headers: { authorization: `Bearer ${config.gatewayKey}`, 'content-type': 'application/json' },
    body: JSON.stringify(order),
  })
  if (!response.ok) throw new Error(`the gateway answered ${response.status} to ${path}`)
  const { reference } = (await response.json()) as { reference: string }
  return reference
}
