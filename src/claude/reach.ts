// Whether the model of each tier answers: asked to count the tokens of one word, which costs nothing.
import { openClient } from './client.ts'
import type { ClaudeOptions } from './connect.ts'
import { failureSentence } from './retry.ts'

export interface Reached {
  model: string
  /** Why it can not be asked; absent when it answers. */
  problem?: string
}

/** Milliseconds. */
const patience = 10_000

/** https://platform.claude.com/docs/en/build-with-claude/token-counting: free, with limits of its own. */
export async function reachModels(
  options: Pick<ClaudeOptions, 'apiKey' | 'baseURL' | 'models' | 'fetch'>,
): Promise<Reached[]> {
  const client = openClient(options, { maxRetries: 1, timeout: patience })
  const models = [...new Set(Object.values(options.models))]
  return Promise.all(
    models.map(async model => {
      try {
        await client.messages.countTokens({ model, messages: [{ role: 'user', content: 'watch' }] })
        return { model }
      } catch (thrown) {
        return { model, problem: failureSentence(thrown) }
      }
    }),
  )
}
