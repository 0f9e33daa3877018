// Filters of a trigger: on texts, labels, sizes, branches and paths, as front matter writes them.
import { z } from 'zod'

export const strings = z.array(z.string().min(1)).min(1)
export const globs = z.array(z.string().min(1)).min(1)

export const textFilter = z
  .strictObject({
    is: z.string().optional().describe('The whole value, exactly. Example: `base: { is: main }`.'),
    is_not: z.string().optional().describe('Anything but this value. Example: `head: { is_not: develop }`.'),
    one_of: strings.optional().describe('One of these values. Example: `author: { one_of: [ada, grace] }`.'),
    not_one_of: strings.optional().describe('None of these values. Example: `author: { not_one_of: [ci-user] }`.'),
    contains: z.string().optional().describe('The value has this text in it. Example: `title: { contains: hotfix }`.'),
    starts_with: z
      .string()
      .optional()
      .describe('The value begins with this text. Example: `head: { starts_with: release/ }`.'),
    matches: z
      .string()
      .optional()
      .describe(
        'A regular expression (RE2, linear time) that the whole value matches. Example: `title: { matches: "(feat|fix): .*" }`.',
      ),
  })
  .describe(
    'A text filter: is, is_not, one_of, not_one_of, contains, starts_with, matches; all that are given must hold.',
  )
export type TextFilter = z.infer<typeof textFilter>

export const labelsFilter = z
  .strictObject({
    any: strings.optional().describe('It carries at least one of these labels. Example: `any: [bug, regression]`.'),
    all: strings.optional().describe('It carries every one of these labels. Example: `all: [ready]`.'),
    none: strings.optional().describe('It carries none of these labels. Example: `none: [wip]`.'),
  })
  .describe('Labels it carries, in any case. Example: `labels: { any: [bug], none: [wip] }`.')
export type LabelsFilter = z.infer<typeof labelsFilter>

const sizeFilter = z
  .strictObject({
    min: z.number().int().min(0).optional().describe('At least as many changed lines. Example: `min: 10`.'),
    max: z.number().int().min(0).optional().describe('At most as many changed lines. Example: `max: 2000`.'),
  })
  .describe('Changed lines, additions plus deletions. Example: `size: { min: 10, max: 2000 }`.')

export const pathsFilter = globs.describe(
  'Globs; at least one changed file is picked. The last glob that matches a file decides; "!" takes out. Example: `paths: ["src/**", "!src/generated/**"]`.',
)
export const branchesFilter = globs.describe(
  'Globs; the branch matches one of them. Default: any branch. Example: `branches: [main, "release/*"]`.',
)

/** The filters of a trigger on pull requests; all that are given must hold. */
export const filterSchema = {
  author: textFilter
    .optional()
    .describe('Text filter on the login of who opened the pull request. Example: `author: { is_not: ci-user }`.'),
  title: textFilter
    .optional()
    .describe('Text filter on the pull request\'s title. Example: `title: { starts_with: "fix:" }`.'),
  body: textFilter
    .optional()
    .describe('Text filter on the pull request\'s description. Example: `body: { contains: "[deep review]" }`.'),
  base: textFilter.optional().describe('Text filter on the branch it goes into. Example: `base: { is: main }`.'),
  head: textFilter
    .optional()
    .describe('Text filter on the branch it comes from. Example: `head: { starts_with: feature/ }`.'),
  labels: labelsFilter.optional(),
  branches: globs
    .optional()
    .describe('Globs; the base branch matches one of them. Default: any. Example: `branches: [main, "release/*"]`.'),
  paths: pathsFilter.optional(),
  draft: z
    .boolean()
    .optional()
    .describe(
      'false: drafts are skipped; true: drafts are answered too. Default: false for reviews, true for tasks (`kind: work`).',
    ),
  merged: z
    .boolean()
    .optional()
    .describe(
      'Only merged ones (true) or only unmerged ones (false), for `types: [closed]`. Default: both. Example: `merged: true`.',
    ),
  fork: z
    .boolean()
    .optional()
    .describe('Only pulls from forks (true) or only from the repository itself (false). Default: both.'),
  size: sizeFilter.optional(),
}
