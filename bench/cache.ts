// Share of input tokens read from cache, beside the arithmetic maximum of the same calls.
import type { RecordedRequest } from '../test/simulators/model/index.ts'
import { promptBlocks } from '../test/simulators/model/tokens.ts'
import { type Figure, percent } from './figure.ts'
import { lensOf, reviewOnce } from './fleet.ts'

const ofMaximum = 0.97
const outright = 0.85

export async function benchCache(): Promise<Figure[]> {
  const { model } = await reviewOnce({ lines: 500, latency: { firstEventMs: 100, totalMs: 300 } })
  const finders = model.requests.filter(request => lensOf(request.body) !== undefined)
  const byModel = Map.groupBy(finders, request => request.model)
  return [...byModel].flatMap(([name, requests]) => {
    const agents = new Set(requests.map(request => lensOf(request.body))).size
    if (agents < 2) return []
    const share = readBy(requests) / totalOf(requests)
    const maximum = maximumOf(requests) / totalOf(requests)
    const turns = requests.length / agents
    return [
      {
        what: `cache: input read from cache, ${name}, ${agents} agents × ${turns.toFixed(1)} turns`,
        value: percent(share),
        limit: `≥ ${percent(ofMaximum)} of ${percent(maximum)}${agents === 6 ? `, ≥ ${percent(outright)} outright` : ''}`,
        met: share >= ofMaximum * maximum && (agents !== 6 || share >= outright),
      },
    ]
  })
}

const tokensOf = (request: RecordedRequest) => promptBlocks(request.body).reduce((sum, block) => sum + block.tokens, 0)
const totalOf = (requests: RecordedRequest[]) => requests.reduce((sum, request) => sum + tokensOf(request), 0)
const readBy = (requests: RecordedRequest[]) =>
  requests.reduce((sum, { usage }) => sum + (usage?.cache_read_input_tokens ?? 0), 0)

/** What could have been read: of each call, the longest run of leading blocks that an earlier call carried too. */
function maximumOf(requests: RecordedRequest[]): number {
  let sum = 0
  for (const [index, request] of requests.entries()) {
    const blocks = promptBlocks(request.body)
    const shared = requests.slice(0, index).map(earlier => {
      const others = promptBlocks(earlier.body)
      const differs = blocks.findIndex((block, at) => block.bytes !== others[at]?.bytes)
      return blocks.slice(0, differs < 0 ? blocks.length : differs).reduce((tokens, block) => tokens + block.tokens, 0)
    })
    sum += Math.max(0, ...shared)
  }
  return sum
}
