// What the recorded calls used, in all and by model.
import type { RecordedRequest, Spending } from './contract.ts'

export function spentBy(requests: RecordedRequest[]): Spending & { byModel: Record<string, Spending> } {
  const byModel: Record<string, Spending> = {}
  const total = nothing()
  for (const { model, usage } of requests) {
    if (!usage) continue
    byModel[model] ??= nothing()
    for (const sum of [total, byModel[model]]) {
      sum.calls++
      sum.input += usage.input_tokens
      sum.cacheWrite += usage.cache_creation_input_tokens
      sum.cacheWrite1h += usage.cache_creation.ephemeral_1h_input_tokens
      sum.cacheRead += usage.cache_read_input_tokens
      sum.output += usage.output_tokens
    }
  }
  return { ...total, byModel }
}

function nothing(): Spending {
  return { calls: 0, input: 0, cacheWrite: 0, cacheWrite1h: 0, cacheRead: 0, output: 0 }
}
