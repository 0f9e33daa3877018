// What an evaluation leaves behind: JSON lines, first what was measured with what, then calls as they are paid and items as they are done.
import { z } from 'zod'
import { severities } from '../domain/severity.ts'

const states = ['valid', 'invalid', 'ambiguous', 'unverified'] as const
const tokens = z.strictObject({
  input: z.number(),
  cacheWrite: z.number(),
  cacheRead: z.number(),
  output: z.number(),
})

/** What has to be the same for two items to be measured alike. */
const headerSchema = z.strictObject({
  kind: z.literal('header'),
  /** Of the file's form. */
  form: z.literal(1),
  at: z.string(),
  dataSet: z.strictObject({ name: z.string(), digest: z.string(), items: z.number() }),
  mode: z.enum(['review', 'verifier']),
  match: z.enum(['lines', 'judge']),
  tolerance: z.number(),
  /** Routines that were named; none: those that answer pull requests. */
  routines: z.array(z.string()),
  /** Digest of everything under `routines/` that ships. */
  prompts: z.string(),
  /** Tier → model. */
  models: z.record(z.string(), z.string()),
  /** The model behind the API was a rehearsed one. */
  rehearsed: z.boolean(),
  /** Of the program. */
  version: z.string(),
})
export type Header = z.infer<typeof headerSchema>

/** A finding that was reported, posted or not. */
const reported = z.strictObject({
  id: z.string(),
  path: z.string(),
  side: z.enum(['LEFT', 'RIGHT']),
  from: z.number().optional(),
  to: z.number().optional(),
  severity: z.enum(severities),
  category: z.string().optional(),
  title: z.string(),
  claim: z.string(),
  state: z.enum(states),
  verdict: z.string(),
  because: z.string(),
  posted: z.boolean(),
  /** The labelled comment that it is. */
  matches: z.string().optional(),
})
export type Reported = z.infer<typeof reported>

/** A labelled comment, and what became of it. */
const answered = z.strictObject({
  id: z.string(),
  severity: z.enum(severities).optional(),
  category: z.string().optional(),
  /** The finding that is it was posted; in a review. */
  found: z.boolean().optional(),
  /** What a verifier said of it; absent when nobody claimed it. */
  state: z.enum(states).optional(),
  because: z.string().optional(),
})
export type Answered = z.infer<typeof answered>

const itemSchema = z.strictObject({
  kind: z.literal('item'),
  at: z.string(),
  item: z.string(),
  digest: z.string(),
  /** `failed` and `cut` ones are measured again when the evaluation goes on. */
  state: z.enum(['done', 'failed', 'cut']),
  because: z.string().optional(),
  findings: z.array(reported),
  known: z.array(answered),
  rejected: z.array(answered),
  /** One sentence for each thing that was not looked at. */
  incomplete: z.array(z.string()),
  /** Pairs that the judge of meanings gave no answer on. */
  unanswered: z.number(),
  milliseconds: z.number(),
})
export type ItemResult = z.infer<typeof itemSchema>

const begunSchema = z.strictObject({ kind: z.literal('begun'), id: z.string(), item: z.string(), usd: z.number() })
const callSchema = z.strictObject({
  kind: z.literal('call'),
  id: z.string(),
  item: z.string(),
  name: z.string(),
  model: z.string(),
  usage: tokens,
  usd: z.number(),
  status: z.string(),
  milliseconds: z.number(),
})
export type Begun = z.infer<typeof begunSchema>
export type Call = z.infer<typeof callSchema>

export const lineSchema = z.discriminatedUnion('kind', [headerSchema, itemSchema, begunSchema, callSchema])
export type Line = z.infer<typeof lineSchema>
