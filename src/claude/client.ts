// The SDK's client: with the key and the address that are given, nothing from the environment, and no log of its own.
import Anthropic, { type ClientOptions } from '@anthropic-ai/sdk'
import type { ClaudeOptions } from './connect.ts'

export function openClient(
  { apiKey, baseURL, fetch }: Pick<ClaudeOptions, 'apiKey' | 'baseURL' | 'fetch'>,
  patience: Pick<ClientOptions, 'maxRetries' | 'timeout'>,
): Anthropic {
  return new Anthropic({
    apiKey: apiKey ?? 'missing',
    authToken: null,
    webhookKey: null,
    baseURL: baseURL || 'https://api.anthropic.com',
    fetch,
    logLevel: 'off',
    ...patience,
  })
}
