// What a routine answers: the triggers and their filters, as front matter writes them.
import { z } from 'zod'

const strings = z.array(z.string().min(1)).min(1)
const globs = z.array(z.string().min(1)).min(1)

export const textFilter = z
  .strictObject({
    is: z.string().optional().describe('The whole value, exactly.'),
    is_not: z.string().optional().describe('Anything but this value.'),
    one_of: strings.optional().describe('One of these values.'),
    not_one_of: strings.optional().describe('None of these values.'),
    contains: z.string().optional().describe('The value has this text in it.'),
    starts_with: z.string().optional().describe('The value begins with this text.'),
    matches: z.string().optional().describe('A regular expression (RE2, linear time) that the whole value matches.'),
  })
  .describe('All operators given must hold.')
export type TextFilter = z.infer<typeof textFilter>

export const labelsFilter = z
  .strictObject({ any: strings.optional(), all: strings.optional(), none: strings.optional() })
  .describe('Labels it carries: any, all or none of these.')
export type LabelsFilter = z.infer<typeof labelsFilter>

export const sizeFilter = z
  .strictObject({ min: z.number().int().min(0).optional(), max: z.number().int().min(0).optional() })
  .describe('Changed lines, additions plus deletions.')

const pathsFilter = globs.describe(
  'Globs; at least one changed file is picked. The last glob that matches a file decides; "!" takes out.',
)
const branchesFilter = globs.describe('Globs; the branch matches one of them.')

/** The filters of a trigger on pull requests; all that are given must hold. */
export const filterSchema = {
  author: textFilter.optional().describe('Login of who opened the pull request.'),
  title: textFilter.optional().describe("The pull request's title."),
  body: textFilter.optional().describe("The pull request's description."),
  base: textFilter.optional().describe('Branch it goes into.'),
  head: textFilter.optional().describe('Branch it comes from.'),
  labels: labelsFilter.optional(),
  branches: globs.optional().describe('Globs; the base branch matches one of them.'),
  paths: pathsFilter.optional(),
  draft: z.boolean().optional().describe('false (default): drafts are skipped; true: drafts are answered too.'),
  merged: z.boolean().optional().describe('Only merged ones (true) or only unmerged ones (false); for `closed`.'),
  fork: z.boolean().optional().describe('Only pulls from forks (true) or only from the repository itself (false).'),
  size: sizeFilter.optional(),
}

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
    cron: z.string().min(1).optional().describe('Five fields. Day of month and day of week must both match.'),
    every: z
      .string()
      .min(1)
      .optional()
      .describe('Words, scattered by routine and repository: `nightly`, `weekly on monday`, …'),
    at: z.string().min(1).optional().describe('One time: `2026-12-01 09:00`, in `timezone`.'),
    timezone: z.string().min(1).optional().describe('IANA name; UTC unless given.'),
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
        .describe('What may have happened to it; by default opened, reopened, ready_for_review and synchronize.'),
      ...filterSchema,
    })
    .optional()
    .describe('Answers pull requests.'),
  push: z
    .strictObject({
      branches: branchesFilter
        .optional()
        .describe('Globs of branches; by default the default branch, unless `tags` is given.'),
      tags: globs.optional().describe('Globs of tags.'),
      paths: pathsFilter.optional(),
      author: textFilter.optional().describe('Login of who pushed.'),
      title: textFilter.optional().describe("First line of the newest commit's message."),
    })
    .optional()
    .describe('Answers pushes to branches and tags.'),
  issues: z
    .strictObject({
      types: z.array(z.enum(issueTypes)).min(1).optional().describe('By default opened and reopened.'),
      author: textFilter.optional().describe('Login of who opened the issue.'),
      title: textFilter.optional(),
      body: textFilter.optional(),
      labels: labelsFilter.optional(),
    })
    .optional()
    .describe('Answers issues.'),
  label: z
    .union([
      z.string().min(1),
      z.strictObject({
        name: z.string().min(1),
        keep: z.boolean().default(false).describe('true: the label stays; else it is taken off when the run starts.'),
        on: z
          .array(z.enum(['pull_request', 'issue']))
          .min(1)
          .optional()
          .describe('By default both.'),
      }),
    ])
    .optional()
    .describe('Answers this label; it is removed when the run starts, unless keep: true.'),
  comment: z.enum(['review']).optional().describe('Answers "@watchbill review".'),
  release: z
    .strictObject({
      types: z.array(z.enum(releaseTypes)).min(1).optional().describe('By default published.'),
      tag: textFilter.optional(),
      title: textFilter.optional(),
      author: textFilter.optional(),
      prerelease: z.boolean().optional().describe('Only pre-releases (true) or none of them (false).'),
    })
    .optional()
    .describe('Answers releases.'),
  workflow_run: z
    .strictObject({
      conclusions: z.array(z.enum(conclusions)).min(1).optional().describe('By default failure.'),
      workflows: strings.optional().describe('Names of workflows.'),
      branches: branchesFilter.optional(),
    })
    .optional()
    .describe('Answers workflow runs that ended.'),
  check_suite: z
    .strictObject({
      conclusions: z.array(z.enum(conclusions)).min(1).optional().describe('By default failure.'),
      app: textFilter.optional().describe('Slug of the app whose suite it is.'),
      branches: branchesFilter.optional(),
    })
    .optional()
    .describe('Answers check suites of other apps that ended.'),
  deployment_status: z
    .strictObject({
      states: z.array(z.enum(deploymentStates)).min(1).optional().describe('By default success and failure.'),
      environments: strings.optional().describe('Globs of environment names.'),
    })
    .optional()
    .describe('Answers deployments that reach a state.'),
  merge_group: z
    .union([z.literal(true), z.strictObject({ branches: branchesFilter.optional() })])
    .optional()
    .describe('Answers merge queues; with a review of the pull it copies its conclusion.'),
  schedule: z
    .union([scheduleEntry, z.array(scheduleEntry).min(1).max(10)])
    .optional()
    .describe('Starts by the clock: `nightly`, `0 2 * * 1-5`, or keys; one or several.'),
  api: z.boolean().optional().describe('true: may be fired by POST /api/routines/OWNER/REPO/NAME/fire.'),
})

type Written = z.infer<typeof triggersSchema>
/** Triggers after defaults. */
export type Triggers = Omit<Written, 'pull_request'> & {
  pull_request?: (NonNullable<Written['pull_request']> & { types: PullRequestType[] }) | undefined
}
