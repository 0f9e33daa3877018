// A replacement that a reader can commit with one press, and what code has to have shown of it before it is posted as that.
import { z } from 'zod'

export const suggestionSchema = z.strictObject({
  replaces: z
    .string()
    .min(1)
    .max(2000)
    .describe('The whole lines to replace, copied verbatim from the new code: exactly the lines of `quote`.'),
  with: z
    .string()
    .max(3000)
    .describe('The whole lines that take their place, with the same indentation; empty to remove the lines.'),
})
export type Suggestion = z.infer<typeof suggestionSchema>

/** The lines `startLine` to `line` of the file at head, from 1, and the lines (without line feeds) that take their place. */
export interface Replacement {
  path: string
  startLine: number
  line: number
  with: string[]
}

/**
 * `checked`: it applies and parses, and nobody has said yet whether it mends the finding. `offered`: a comment of an earlier review has it,
 * and it was tried on the lines as they were then.
 */
export type Suggested =
  | (Replacement & { state: 'checked' | 'committable' | 'offered'; because: string })
  /** `secret`: it is shown nowhere either. */
  | { state: 'refused'; because: string; secret?: true }

/** That it was offered, and where, is remembered when what it said is not: what comes later must not overlap with it. */
export function withoutLines(suggested: Suggested): Suggested {
  return suggested.state === 'refused' ? suggested : { ...suggested, with: [] }
}

/** A file before and after a replacement. */
export interface Edit extends Replacement {
  before: string
  after: string
}

/** For each edit why it can not be said to parse as well as before, as a sentence; undefined where it does. Problem `stopped` when the signal fires. */
export type Parsing = (edits: Edit[], signal: AbortSignal) => Promise<(string | undefined)[]>

/** The line that makes GitHub offer a block for committing. */
export const suggestionFence = '```suggestion'

/** A comment of ours in which the replacement is shown, and no longer offered. */
export function withoutOffer(body: string): string {
  return body.replace(/^```suggestion$/gm, '```')
}
