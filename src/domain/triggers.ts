// What a routine answers: the triggers and their filters, as front matter writes them.
import { z } from 'zod'
import { branchesFilter, filterSchema, globs, labelsFilter, pathsFilter, strings, textFilter } from './filters.ts'

export type { LabelsFilter, TextFilter } from './filters.ts'

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#pull_request */
export const pullRequestTypes = [
  'opened',
  'reopened',
  'ready_for_review',
  'synchronize',
  'edited',
  'closed',
  'labeled',
  'unlabeled',
  'assigned',
  'unassigned',
  'converted_to_draft',
  'review_requested',
  'review_request_removed',
  'locked',
  'unlocked',
  'milestoned',
  'demilestoned',
  'auto_merge_enabled',
  'auto_merge_disabled',
  'enqueued',
  'dequeued',
] as const
export type PullRequestType = (typeof pullRequestTypes)[number]
/** The types that a trigger without `types` answers. */
export const defaultTypes: PullRequestType[] = ['opened', 'reopened', 'ready_for_review', 'synchronize']

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#issues */
export const issueTypes = [
  'opened',
  'edited',
  'deleted',
  'transferred',
  'pinned',
  'unpinned',
  'closed',
  'reopened',
  'assigned',
  'unassigned',
  'labeled',
  'unlabeled',
  'locked',
  'unlocked',
  'milestoned',
  'demilestoned',
  'typed',
  'untyped',
] as const

/** https://docs.github.com/en/webhooks/webhook-events-and-payloads#release */
export const releaseTypes = [
  'published',
  'unpublished',
  'created',
  'edited',
  'deleted',
  'prereleased',
  'released',
] as const

/** https://docs.github.com/en/rest/checks/runs, without what is not an end. */
export const conclusions = [
  'success',
  'failure',
  'neutral',
  'cancelled',
  'skipped',
  'timed_out',
  'action_required',
  'stale',
  'startup_failure',
] as const

/** https://docs.github.com/en/rest/deployments/statuses */
export const deploymentStates = ['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success'] as const

const scheduleEntry = z.union([
  z
    .string()
    .min(1)
    .describe('Words (`hourly`, `nightly`, `weekdays`, `weekly on monday`, `daily around 14:00`) or five cron fields.'),
  z.strictObject({
    cron: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Five fields: minute, hour, day of month, month, day of week. Unlike ordinary cron, day of month and day of week must both match. Example: `cron: "0 2 * * 1-5"`.',
      ),
    every: z
      .string()
      .min(1)
      .optional()
      .describe(
        'Words, scattered by routine and repository so that not all start at once: `hourly`, `nightly`, `weekdays`, `weekly on monday`, `daily around 14:00`.',
      ),
    at: z.string().min(1).optional().describe('One time, in `timezone`. Example: `at: 2026-12-01 09:00`.'),
    timezone: z
      .string()
      .min(1)
      .optional()
      .describe('IANA name of the time zone. Default UTC. Example: `timezone: Europe/Berlin`.'),
    missed: z
      .enum(['once', 'skip'])
      .optional()
      .describe('After down time: run once for all that was missed (default), or not at all.'),
  }),
])
export type ScheduleEntry = z.infer<typeof scheduleEntry>

export const triggersSchema = z.strictObject({
  pull_request: z
    .strictObject({
      types: z
        .array(z.enum(pullRequestTypes))
        .min(1)
        .optional()
        .describe(
          'What may have happened to it. Default: opened, reopened, ready_for_review and synchronize. Example: `types: [opened, labeled]`.',
        ),
      ...filterSchema,
    })
    .optional()
    .describe(
      'Answers pull requests; all filters that are given must hold. Example: `pull_request: { paths: ["api/**"] }`.',
    ),
  push: z
    .strictObject({
      branches: branchesFilter
        .optional()
        .describe(
          'Globs of branches. Default: the default branch, unless `tags` is given. Example: `branches: [main, "release/*"]`.',
        ),
      tags: globs.optional().describe('Globs of tags. Default: no tag. Example: `tags: ["v*"]`.'),
      paths: pathsFilter.optional(),
      author: textFilter.optional().describe('Text filter on the login of who pushed. Example: `author: { is: ada }`.'),
      title: textFilter
        .optional()
        .describe(
          "Text filter on the first line of the newest commit's message. Example: `title: { contains: migration }`.",
        ),
    })
    .optional()
    .describe('Answers pushes to branches and tags. Example: `push: { branches: [main] }`.'),
  issues: z
    .strictObject({
      types: z
        .array(z.enum(issueTypes))
        .min(1)
        .optional()
        .describe('What may have happened to it. Default: opened and reopened. Example: `types: [opened, labeled]`.'),
      author: textFilter
        .optional()
        .describe('Text filter on the login of who opened the issue. Example: `author: { is_not: ci-user }`.'),
      title: textFilter.optional().describe("Text filter on the issue's title. Example: `title: { contains: crash }`."),
      body: textFilter
        .optional()
        .describe("Text filter on the issue's description. Example: `body: { contains: version }`."),
      labels: labelsFilter.optional(),
    })
    .optional()
    .describe('Answers issues. Example: `issues: { types: [opened] }`.'),
  label: z
    .union([
      z.string().min(1).describe('Name of the label. Example: `label: needs-review`.'),
      z.strictObject({
        name: z.string().min(1).describe('Name of the label, in any case. Example: `name: needs-review`.'),
        keep: z
          .boolean()
          .default(false)
          .describe('true: the label stays; else it is taken off as soon as its run is taken on.'),
        on: z
          .array(z.enum(['pull_request', 'issue']))
          .min(1)
          .optional()
          .describe('What it is set on. Default: both. Example: `on: [issue]`.'),
      }),
    ])
    .optional()
    .describe(
      'Answers this label; it is taken off as soon as its run is taken on, unless keep: true. Example: `label: { name: needs-review, keep: true }`.',
    ),
  comment: z
    .enum(['review'])
    .optional()
    .describe('Answers "@watchbill review" at the start of a comment. Example: `comment: review`.'),
  release: z
    .strictObject({
      types: z
        .array(z.enum(releaseTypes))
        .min(1)
        .optional()
        .describe('What may have happened to it. Default: published. Example: `types: [published, edited]`.'),
      tag: textFilter.optional().describe("Text filter on the release's tag. Example: `tag: { starts_with: v2. }`."),
      title: textFilter.optional().describe("Text filter on the release's title. Example: `title: { contains: LTS }`."),
      author: textFilter
        .optional()
        .describe('Text filter on the login of who made the release. Example: `author: { is: ada }`.'),
      prerelease: z.boolean().optional().describe('Only pre-releases (true) or none of them (false). Default: both.'),
    })
    .optional()
    .describe('Answers releases. Example: `release: { types: [published] }`.'),
  workflow_run: z
    .strictObject({
      conclusions: z
        .array(z.enum(conclusions))
        .min(1)
        .optional()
        .describe('How it ended. Default: failure. Example: `conclusions: [failure, timed_out]`.'),
      workflows: strings.optional().describe('Names of workflows. Default: any. Example: `workflows: [CI]`.'),
      branches: branchesFilter.optional(),
    })
    .optional()
    .describe('Answers workflow runs that ended. Example: `workflow_run: { workflows: [CI] }`.'),
  check_suite: z
    .strictObject({
      conclusions: z
        .array(z.enum(conclusions))
        .min(1)
        .optional()
        .describe('How it ended. Default: failure. Example: `conclusions: [failure]`.'),
      app: textFilter
        .optional()
        .describe('Text filter on the slug of the app whose suite it is. Example: `app: { is: github-actions }`.'),
      branches: branchesFilter.optional(),
    })
    .optional()
    .describe('Answers check suites of other apps that ended. Example: `check_suite: { conclusions: [failure] }`.'),
  deployment_status: z
    .strictObject({
      states: z
        .array(z.enum(deploymentStates))
        .min(1)
        .optional()
        .describe('The state it reached. Default: success and failure. Example: `states: [failure, error]`.'),
      environments: strings
        .optional()
        .describe('Globs of environment names. Default: any. Example: `environments: [production, "staging-*"]`.'),
    })
    .optional()
    .describe('Answers deployments that reach a state. Example: `deployment_status: { environments: [production] }`.'),
  merge_group: z
    .union([z.literal(true), z.strictObject({ branches: branchesFilter.optional() })])
    .optional()
    .describe(
      'Answers merge queues; with a review of the pull it copies its conclusion. Example: `merge_group: true`.',
    ),
  schedule: z
    .union([scheduleEntry, z.array(scheduleEntry).min(1).max(10)])
    .optional()
    .describe(
      'Starts by the clock: words, five cron fields, or keys; one or several. Examples: `schedule: nightly`, `schedule: { cron: "0 2 * * 1-5", timezone: Europe/Berlin }`.',
    ),
  api: z
    .boolean()
    .optional()
    .describe('true: may be fired by POST /api/routines/OWNER/REPO/NAME/fire with a token. Default false.'),
})

type Written = z.infer<typeof triggersSchema>
/** Triggers after defaults. */
export type Triggers = Omit<Written, 'pull_request'> & {
  pull_request?: (NonNullable<Written['pull_request']> & { types: PullRequestType[] }) | undefined
}
