// What an agent hands in about its part of a task, and what a task that changes nothing came to.
import { z } from 'zod'

/** What an agent hands to `report_result`. */
export const resultSchema = z.strictObject({
  did: z.enum(['something', 'nothing to do']).describe('Was there anything to find, to do or to propose?'),
  summary: z.string().min(1).max(4000).describe('What you looked for, what you found, what it means. Markdown.'),
  would_do: z
    .array(
      z.strictObject({
        action: z.string().min(1).max(200).describe('In a few words, e.g. "Close as duplicate", "Update the README".'),
        what: z.string().min(1).max(2000).describe('Exactly what: files and lines, numbers of issues, text.'),
        why: z.string().min(1).max(1000).describe('What in the evidence calls for it.'),
      }),
    )
    .max(30)
    .default([])
    .describe('What you would change, most important first. Nothing of it is carried out.'),
  looked_at: z
    .array(z.string().min(1).max(1000))
    .min(1)
    .max(200)
    .describe('Paths you opened, and sources or addresses of the gathered texts you used.'),
  evidence: z
    .array(
      z.strictObject({
        path: z.string().min(1).max(1000).describe('Path of the file, or the source of a gathered text.'),
        quote: z.string().min(1).max(2000).describe('Copied verbatim from there.'),
      }),
    )
    .max(30)
    .default([])
    .describe('What bears out the summary.'),
})
export type TaskResult = z.infer<typeof resultSchema>

/** Text from GitHub that agents are given as data. `source` names it for people and for evidence: "issue 12". */
export interface Gathered {
  source: string
  text: string
}

/** One part of a repository that a sweep gives to an agent of its own. */
export interface Component {
  /** Its folder, `.` for what lies at the top. */
  name: string
  files: string[]
}
