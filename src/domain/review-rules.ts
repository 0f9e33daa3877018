// What the front matter of a REVIEW.md says, and code carries out; the text below it is for agents to read.
import { z } from 'zod'
import { strings } from './front.ts'
import { severities } from './severity.ts'

/** Front matter of `REVIEW.md`; optional, and so is each key. Unknown keys are errors. */
export const reviewRulesSchema = z.strictObject({
  inline: z
    .enum(severities)
    .optional()
    .describe(
      'From here up findings stand on their lines, whatever routines and settings say. Default: what they say. Example: `inline: high`.',
    ),
  floor: z
    .enum(severities)
    .optional()
    .describe(
      'Below this nothing is shown, whatever routines and settings say. Default: what they say. Example: `floor: low`.',
    ),
  comments: z
    .number()
    .int()
    .min(0)
    .max(30)
    .optional()
    .describe(
      'Most comments of one review; critical and high ones are never cut. Default: 10. Example: `comments: 5`.',
    ),
  nits: z
    .number()
    .int()
    .min(0)
    .max(30)
    .optional()
    .describe('Most nits that a first review mentions. Default: 3. Example: `nits: 0`.'),
  skip: strings
    .optional()
    .describe(
      'Globs of files never looked at, beside those of the settings; they are named as skipped. Example: `skip: ["fixtures/**"]`.',
    ),
  unsettled: z
    .enum(['body', 'check'])
    .optional()
    .describe(
      'Where critical and high claims are named that no verifier could settle: in the text of the review, or on the check alone. Default: body. Example: `unsettled: check`.',
    ),
  convergence: z
    .enum(severities)
    .optional()
    .describe(
      'From the second review of a pull request on, new findings below this stand on the check alone. Default: nits are mentioned in the first review alone. Example: `convergence: high`.',
    ),
})
export type ReviewRules = z.infer<typeof reviewRulesSchema>
