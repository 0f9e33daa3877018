// Proof that somebody has a secret, without showing it.
import { createHmac } from 'node:crypto'

/** Hex; `asked` is new each time, so that an old answer proves nothing. */
export function proofOf(secret: string, asked: string): string {
  return createHmac('sha256', secret).update(asked).digest('hex')
}
