// Front matter of a routine's file, as people write it: the one zod schema that the parser, `check` and the JSON Schema come from.
import { z } from 'zod'
import { gatesSchema } from './gates.ts'
import { severities } from './severity.ts'
import { triggersSchema } from './triggers.ts'

export const tiers = ['fast', 'standard', 'deep'] as const
export type ModelTier = (typeof tiers)[number]

export const strings = z.array(z.string().min(1))
export const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'is lower-case letters, digits and hyphens')
export const language = z
  .string()
  .max(40)
  .regex(/^\p{L}+([ -]\p{L}+){0,2}$/u, 'is the name of a language, such as English or Deutsch')

export const agentReferenceSchema = z.union([
  name,
  z.strictObject({
    name: name.describe(
      'The agent: a built-in one, one of the organisation or the repository, or the one that `prompt` defines here. Example: `name: security`.',
    ),
    model: z
      .enum(tiers)
      .optional()
      .describe(
        "Model tier of this agent. Default: the routine's unless that is standard, else the agent's own. Example: `model: deep`.",
      ),
    paths: strings
      .optional()
      .describe(
        'Globs; the agent is sent only when a changed file matches. Default: every file. Example: `paths: ["api/**"]`.',
      ),
    prompt: z
      .string()
      .max(20_000)
      .optional()
      .describe(
        'What to look for, beside or instead of a definition of that name. Example: `prompt: Compare each route with the one before.`',
      ),
  }),
])

const reads = ['issues', 'alerts', 'workflow_logs', 'deployments', 'changes'] as const

export type Reads = (typeof reads)[number]

export const incompletes = ['neutral', 'fail', 'pass'] as const
/** What a review that could not look at everything is for its check. */
export type Incomplete = (typeof incompletes)[number]

export const permissionsList = ['review', 'check', 'label'] as const

export const thresholds = z.strictObject({
  inline: z
    .enum(severities)
    .optional()
    .describe('From here up findings stand on their lines. Default: medium. Example: `inline: high`.'),
  floor: z.enum(severities).optional().describe('Below this nothing is shown. Default: nit. Example: `floor: low`.'),
  gate: z
    .enum([...severities, 'none'])
    .optional()
    .describe('From here up the check fails. Default: none. Example: `gate: critical`.'),
})

/** Front matter of `.github/routines/<name>.md`. Unknown keys are errors. */
export const routineSchema = z.strictObject({
  description: z
    .string()
    .min(1)
    .max(300)
    .describe('One line for people: what it does. Example: `description: Reviews changes of the public API`.'),
  extends: z
    .string()
    .regex(
      /^([a-z0-9][a-z0-9-]{0,62}|[\w.-]+\/[\w.-]+\/[\w./-]+\.md@[\w./-]+)$/,
      'is the name of a routine, or OWNER/REPO/PATH.md@COMMIT',
    )
    .optional()
    .describe(
      'What it starts from: a built-in routine, one of the organisation, or a file of another repository of the owner, pinned to a full commit id (best) or a tag. Examples: `extends: code-review`, `extends: acme/rules/api.md@4f2c…` (40 characters).',
    ),
  standby: z
    .boolean()
    .optional()
    .describe(
      'true: it answers only when it is named (`watchbill run`, `@watchbill run`), until settings list it under `enable`. Routines that extend it answer by themselves. Default: false. Example: `standby: true`.',
    ),
  kind: z
    .enum(['review', 'work'])
    .optional()
    .describe(
      'review: looks at the change of a pull request; work: does a task of its own over the repository. Default: review when a pull request, a label or a comment can start it. Example: `kind: work`.',
    ),
  on: triggersSchema
    .optional()
    .describe('The events it answers; any of them starts it. Example: `on: { pull_request: {}, comment: review }`.'),
  ...gatesSchema,
  repositories: z
    .array(z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'is OWNER/REPO'))
    .min(1)
    .max(10)
    .optional()
    .describe(
      'Repositories of the same owner that are read beside this one, 10 at most; each must list this one under readable_by. Default: none. Example: `repositories: [acme/lib]`.',
    ),
  reads: z
    .array(z.enum(reads))
    .min(1)
    .optional()
    .describe(
      'What of GitHub is gathered for its agents beside the code, as untrusted text: open issues, security alerts, logs of failed workflows, deployments, recent changes. Default: nothing. Example: `reads: [issues]`.',
    ),
  paths: z
    .record(
      z.string().min(1),
      z.strictObject({
        agents: z
          .array(name)
          .min(1)
          .optional()
          .describe("Sent over these files instead of the routine's others. Example: `agents: [security]`."),
        floor: z
          .enum(severities)
          .optional()
          .describe(
            "Below this nothing is shown for these files. Default: the routine's floor. Example: `floor: high`.",
          ),
      }),
    )
    .optional()
    .describe(
      'For monorepos: globs of folders with agents and a floor of their own; the last that matches a file decides. Example: `paths: { "payments/**": { agents: [security], floor: low } }`.',
    ),
  intent: z
    .boolean()
    .optional()
    .describe(
      'For reviews. true: the description of the pull request and the issues it closes are held against the change by an agent of their own, and what was asked for and is not there is listed. Default: what the settings say, else false. Example: `intent: true`.',
    ),
  language: language
    .optional()
    .describe(
      "Language that findings are written in; code and the house's own words stay as they are. Default: what the settings say, else English. Example: `language: Deutsch`.",
    ),
  owner: z
    .string()
    .regex(/^@?[\w-]+(\/[\w.-]+)?$/, 'is a login, or ORGANISATION/TEAM')
    .optional()
    .describe(
      'Who looks after it, a login or ORGANISATION/TEAM; when they are gone, its check says so. Examples: `owner: ada`, `owner: acme/platform`.',
    ),
  review_by: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, 'is a date such as 2027-03-01')
    .optional()
    .describe(
      'The day by which a person looks it over again; past it, its check says so. Example: `review_by: 2027-03-01`.',
    ),
  each: z
    .enum(['component'])
    .optional()
    .describe(
      'For kind work. component: its agents are sent over every package and top-level folder, each part by an agent of its own. Default: over the whole. Example: `each: component`.',
    ),
  model: z
    .enum(tiers)
    .optional()
    .describe('Model tier of its agents, unless they say otherwise. Default: standard. Example: `model: deep`.'),
  agents: z
    .array(agentReferenceSchema)
    .min(1)
    .max(20)
    .optional()
    .describe(
      'The reviewers it sends. Default: the size and the risk of the change decide. Example: `agents: [correctness, { name: api, model: deep, paths: ["api/**"] }]`.',
    ),
  severity: thresholds
    .optional()
    .describe(
      'Where findings are shown, and which of them fail the check. Example: `severity: { inline: high, gate: critical }`.',
    ),
  incomplete: z
    .enum(incompletes)
    .optional()
    .describe(
      'What the check concludes when a review could not look at everything and nothing shuts the gate. neutral: neither passed nor failed, and GitHub lets a required check that is neutral pass; fail: where there is a gate, the check fails; pass: success. Default: what the settings say, else neutral. Example: `incomplete: fail`.',
    ),
  budget: z
    .strictObject({
      usd: z
        .number()
        .positive()
        .max(1000)
        .optional()
        .describe(
          "Most a run may cost, in US dollars; every other ceiling holds too. Default: by the change's size and risk. Example: `usd: 2`.",
        ),
      minutes: z
        .number()
        .positive()
        .max(360)
        .optional()
        .describe("Most minutes a run may take. Default: by the change's size and risk. Example: `minutes: 12`."),
    })
    .optional()
    .describe('Most a run may cost and take. Example: `budget: { usd: 2, minutes: 12 }`.'),
  can: z
    .array(z.enum(permissionsList))
    .optional()
    .describe('What it may do; nothing else is possible. Default: review, check and label. Example: `can: [check]`.'),
  required: z
    .boolean()
    .optional()
    .describe(
      "In an organisation's files only. true: repositories can extend it, not replace, filter or switch it off. Default false.",
    ),
})
export type RoutineFront = z.infer<typeof routineSchema>
export type Gates = Pick<RoutineFront, keyof typeof gatesSchema>
