// What holds a routine back although an event matched: pauses between runs, caps, searches, and who may cause it.
import { z } from 'zod'
import { permissionLevels } from './permission.ts'

const duration = z.string().regex(/^[1-9]\d{0,3}(s|m|h|d)$/, 'is a number and a unit: 30s, 10m, 2h, 1d')
export const concurrencyPolicies = ['supersede', 'queue', 'coalesce', 'parallel'] as const
export const concurrencyKeys = ['subject', 'routine'] as const

const search = z.strictObject({
  search: z
    .string()
    .min(1)
    .max(256)
    .describe(
      'GitHub\'s search syntax for issues and pull requests; the repository is added. Example: `search: "is:issue is:open label:freeze"`.',
    ),
  at_least: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .default(1)
    .describe('As many results as make it hold. Example: `at_least: 5`.'),
})

/** Keys of a routine's front matter beside its triggers. */
export const gatesSchema = {
  cooldown: duration
    .optional()
    .describe(
      'Time after a start in which no other starts for the same subject; what comes meanwhile is refused with a sentence. Default: none. Example: `cooldown: 1h`.',
    ),
  debounce: duration
    .optional()
    .describe(
      'Quiet that a burst of events must be followed by; they become one run. Default: none. Example: `debounce: 10m`.',
    ),
  concurrency: z
    .union([
      z.enum(concurrencyPolicies),
      z.strictObject({
        policy: z
          .enum(concurrencyPolicies)
          .describe('supersede: put an end to it; queue: wait for it; coalesce: join it; parallel: go on beside it.'),
        key: z
          .enum(concurrencyKeys)
          .default('subject')
          .describe('What only one run goes on for: the pull, issue or branch (subject), or the whole routine.'),
      }),
    ])
    .optional()
    .describe(
      'When one is under way: supersede it, queue behind it, coalesce into it, or go on in parallel. Example: `concurrency: { policy: queue, key: routine }`.',
    ),
  runs: z
    .strictObject({
      day: z
        .number()
        .int()
        .min(1)
        .optional()
        .describe('Most runs in a day (UTC). Default: no cap. Example: `day: 20`.'),
      month: z
        .number()
        .int()
        .min(1)
        .optional()
        .describe('Most runs in a month (UTC). Default: no cap. Example: `month: 200`.'),
    })
    .optional()
    .describe(
      'Caps on how often it runs in this repository; what goes beyond is refused with a sentence. Example: `runs: { day: 20, month: 200 }`.',
    ),
  skip_if: search
    .optional()
    .describe(
      'Skipped when a GitHub search finds something. Example: `skip_if: { search: "is:issue is:open label:freeze" }`.',
    ),
  only_if: search
    .optional()
    .describe(
      'Runs only when a GitHub search finds something. Example: `only_if: { search: "is:issue is:open label:bug", at_least: 3 }`.',
    ),
  permission: z
    .enum(permissionLevels)
    .optional()
    .describe(
      'Least permission on the repository of who opened the pull request or issue, or caused the event. Default: none is asked of events, write of comments, labels and buttons. Example: `permission: write`.',
    ),
  forks: z
    .boolean()
    .optional()
    .describe(
      'Whether pulls from forks are answered. Default: false for what can do more than review, check and label, else true.',
    ),
  bots: z
    .boolean()
    .optional()
    .describe(
      'Whether events sent by bots are answered. Default: false, but for pull requests and for what machines report (workflow_run, check_suite, deployment_status, merge_group).',
    ),
}

/** Seconds of a duration such as `10m`. */
export function secondsOf(duration: string): number {
  const units = { s: 1, m: 60, h: 3600, d: 86_400 }
  return Number(duration.slice(0, -1)) * units[duration.at(-1) as keyof typeof units]
}
