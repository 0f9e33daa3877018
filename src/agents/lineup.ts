// Who is sent at which risk tier, for which routine, at what price and depth: the defaults, as data.
import type { RiskTier } from '../domain/change.ts'
import type { ModelTier } from '../domain/routine.ts'

export interface Place {
  /** The agent's name; its definition is a Markdown file. */
  lens: string
  /** The assignment's id, when one lens is sent twice. */
  as?: string
  model: ModelTier
  /** Names of the built-in routines this lens belongs to. */
  owners: string[]
  reversed?: boolean
  /** Sent once per shard of a change that is too large for one prompt. */
  sharded?: boolean
}

const code = ['code-review']
const security = ['security-review']

/** Routines that own lenses; any other routine without `agents` asks for the whole line-up of the tier. */
export const lensOwners = [...code, ...security]

export const lineups: Record<RiskTier, Place[]> = {
  trivial: [{ lens: 'generalist', model: 'standard', owners: [...code, ...security] }],
  lite: [
    { lens: 'correctness', model: 'standard', owners: code, sharded: true },
    { lens: 'security', model: 'standard', owners: security, sharded: true },
    { lens: 'contracts-and-callers', model: 'fast', owners: code },
    { lens: 'rules-and-tests', model: 'fast', owners: code },
  ],
  full: [
    { lens: 'correctness', model: 'standard', owners: code, sharded: true },
    { lens: 'correctness', as: 'correctness-again', model: 'fast', owners: code, reversed: true, sharded: true },
    { lens: 'security', model: 'standard', owners: security, sharded: true },
    { lens: 'contracts-and-callers', model: 'standard', owners: code },
    { lens: 'concurrency-and-resources', model: 'standard', owners: code },
    { lens: 'performance', model: 'fast', owners: code },
    { lens: 'tests', model: 'fast', owners: code },
    { lens: 'repository-rules', model: 'fast', owners: code },
  ],
}

/** When security-review answers a trivial change alone, a generalist would be the wrong one to send. */
export const securityAlone: Place[] = [{ lens: 'security', model: 'standard', owners: security }]

/** US dollars and minutes a run; a full review's may be raised by the routine or the repository, up to the server's. */
export const caps: Record<RiskTier, { usd: number; minutes: number }> = {
  trivial: { usd: 0.25, minutes: 3 },
  lite: { usd: 1, minutes: 6 },
  full: { usd: 3, minutes: 12 },
}

export const judges: Record<RiskTier, { verifier: ModelTier; panel: ModelTier; panelForHigh: ModelTier }> = {
  trivial: { verifier: 'standard', panel: 'standard', panelForHigh: 'standard' },
  lite: { verifier: 'standard', panel: 'standard', panelForHigh: 'standard' },
  full: { verifier: 'standard', panel: 'standard', panelForHigh: 'deep' },
}

const seconds = 1000
export const agentMilliseconds = 240 * seconds
export const verifierLimits = { turns: 12, milliseconds: 90 * seconds }

/** What one call may answer at most; all of it is set aside before the call, so a trivial review's small cap gets smaller ones. */
export const outputTokens: Record<RiskTier, { agent: number; verifier: number }> = {
  trivial: { agent: 8_000, verifier: 4_000 },
  lite: { agent: 16_000, verifier: 8_000 },
  full: { agent: 16_000, verifier: 8_000 },
}

/** Changed lines above which correctness and security are sent per shard. */
export const shardLines = 1_500
