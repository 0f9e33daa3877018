// Wall time of a whole review ÷ the critical path of its simulated model calls.
import { createHash } from 'node:crypto'
import type { MessagesRequest } from '../test/simulators/model/index.ts'
import type { Figure } from './figure.ts'
import { lensOf, reviewOnce } from './fleet.ts'

const firstEventMs = 700
const limit = 1.1

/** Two to ten seconds, the same for the same request. */
function latencyOf(request: MessagesRequest): number {
  const turn = request.messages.filter(message => message.role === 'assistant').length
  const hash = createHash('sha256')
    .update(`${lensOf(request) ?? 'verifier'} ${turn}`)
    .digest()
  return 2_000 + (hash.readUInt16BE(0) / 65_535) * 8_000
}

export async function benchReview(): Promise<Figure[]> {
  const { milliseconds, model, comments } = await reviewOnce({
    lines: 500,
    latency: { firstEventMs, totalMs: latencyOf },
  })
  const sums = new Map<string, number>()
  for (const { body } of model.requests) {
    const who = lensOf(body) ?? 'verifier'
    sums.set(who, (sums.get(who) ?? 0) + latencyOf(body))
  }
  const verifying = sums.get('verifier') ?? 0
  sums.delete('verifier')
  const [warmer] = model.requests.map(request => lensOf(request.body))
  // The others of a fleet start when the first event of the warming call is there.
  const finding = Math.max(...[...sums].map(([who, sum]) => sum + (who === warmer ? 0 : firstEventMs)))
  const path = finding + verifying
  const ratio = milliseconds / path
  return [
    {
      what: 'review: wall time ÷ critical path of its model calls',
      value: ratio.toFixed(3),
      limit: `≤ ${limit.toFixed(2)}`,
      met: ratio <= limit && path >= 30_000,
      beside: [
        `wall ${(milliseconds / 1000).toFixed(1)} s, path ${(path / 1000).toFixed(1)} s (finders ${(finding / 1000).toFixed(1)}, verifier ${(verifying / 1000).toFixed(1)}), ${model.requests.length} calls, ${sums.size} agents, ${comments} comment`,
      ],
    },
  ]
}
