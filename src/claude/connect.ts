// The connection to the model: one client, one gate and one warm-up for the whole process; a model for each meter.
import { setTimeout as pause } from 'node:timers/promises'
import type { Meter, Model } from '../domain/conversation.ts'
import type { Heard } from '../domain/heard.ts'
import type { PriceTable } from '../domain/prices.ts'
import { Problem } from '../domain/problem.ts'
import type { ModelTier } from '../domain/routine.ts'
import { openClient } from './client.ts'
import { openGate } from './gate.ts'
import { converse, type House } from './loop.ts'
import { patient } from './patience.ts'
import type { Sleep } from './retry.ts'
import { openWarmth } from './warm.ts'

export interface ClaudeOptions {
  apiKey?: string
  /** Default: https://api.anthropic.com */
  baseURL?: string
  /** The model id of each tier. */
  models: Record<ModelTier, string>
  prices: PriceTable
  fetch?: typeof fetch
  /** Calls at a time, in the whole process. Default 24. */
  maxInFlight?: number
  /** Milliseconds without a byte after which a call is broken off and tried again. Default 120,000. */
  silentAfterMs?: number
  /** One sentence for operators about what was retried or went wrong; holds no prompt and no key. */
  log?: (sentence: string, facts?: Record<string, unknown>) => void
  /** Told of each call, once it is settled. */
  heard?: Heard['model'] | undefined
  now?: () => number
  sleep?: Sleep
}

export interface Claude {
  /** The only model a stage is handed: every attempt of every call goes through `meter`. One for each meter, shared by all who spend from it. */
  model(meter: Meter): Model
  /** A Problem when the key is missing or a tier's model has no price, so that a run says so before it starts. */
  ready(): Problem | undefined
}

/** Reads no environment and calls nobody. */
export function connectClaude(options: ClaudeOptions): Claude {
  const { apiKey, models, prices, maxInFlight = 24, silentAfterMs = 120_000, log = () => {}, now = Date.now } = options
  const sleep: Sleep = options.sleep ?? ((milliseconds, signal) => pause(milliseconds, undefined, { signal }))
  const all: House = {
    // We retry ourselves: each attempt passes the gate and the meter, and a stream that breaks counts as one too.
    client: openClient(options, { maxRetries: 0 }),
    gate: openGate({ maxInFlight, now, sleep }),
    warmth: openWarmth(now),
    silentAfterMs,
    now,
    sleep,
    log,
    heard: options.heard,
  }

  return {
    model(meter) {
      const shared = patient(meter)
      const { run } = meter
      const house: House = run === undefined ? all : { ...all, log: (said, facts) => log(said, { run, ...facts }) }
      return {
        async converse(conversation) {
          const problem = ready(conversation.tier)
          if (problem) return { end: 'failed', because: problem.message, turns: 0, text: '', usd: 0 }
          const model = models[conversation.tier]
          return converse(house, { model, price: prices[model]! }, shared, conversation)
        },
      }
    },
    ready,
  }

  function ready(tier?: ModelTier): Problem | undefined {
    if (!apiKey) {
      return new Problem('bad_configuration', 'There is no key for the model; set ANTHROPIC_API_KEY.')
    }
    const wanted = tier ? [models[tier]] : Object.values(models)
    const unpriced = [...new Set(wanted)].filter(model => !Object.hasOwn(prices, model))
    if (unpriced.length === 0) return undefined
    const names = unpriced.map(name => `"${name}"`).join(', ')
    return new Problem(
      'bad_configuration',
      `The price of ${names} is not known, so nothing could be budgeted; correct the model's name or give its price in WATCHBILL_PRICES.`,
    )
  }
}
