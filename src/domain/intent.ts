// What a pull says it does, held against what it does: requirements that somebody stated, and that nothing in the change meets.
import { z } from 'zod'
import type { Verification } from './finding.ts'
import type { Gathered } from './task.ts'

/** What the agent of that pass hands to `report_missing`. */
export const missingSchema = z.strictObject({
  source: z.string().min(1).max(200).describe('Where it is asked for: the name on the block, e.g. "issue 12".'),
  quote: z.string().min(1).max(1000).describe('The words that ask for it, copied verbatim from that block.'),
  title: z.string().min(1).max(200).describe('What is missing, in one line.'),
  claim: z
    .string()
    .min(1)
    .max(3000)
    .describe('Where you looked for it, what is there instead, and what would have to be there.'),
})
export type MissingClaim = z.infer<typeof missingSchema>

/** One requirement that is not met, after a verifier looked for it too. */
export interface Missing extends MissingClaim {
  /** Hex; made of what is asked for, so that it is said once on a pull. */
  key: string
  verification: Verification
}

/** The description of a pull and the issues it closes, as anybody may have written them. */
export interface Stated {
  texts: Gathered[]
  /** What was not read, a sentence each. */
  notes: string[]
}

/** JSON-safe. */
export interface IntentReport {
  /** Routines that asked for it. */
  routines: string[]
  /** Names of the texts that were held against the change. */
  sources: string[]
  missing: Missing[]
  /** Why it is not complete. */
  incompleteBecause?: string
}
