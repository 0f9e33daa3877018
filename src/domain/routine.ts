// A saved configuration, as its front matter says it: the one zod schema that the parser, `check` and the JSON Schema come from.
import { z } from 'zod'
import { severities } from './severity.ts'

export const tiers = ['fast', 'standard', 'deep'] as const
export type ModelTier = (typeof tiers)[number]

const strings = z.array(z.string().min(1))
const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'is lower-case letters, digits and hyphens')

const textFilter = z
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

/** The filters of a trigger; all that are given must hold. */
export const filterSchema = {
  author: textFilter.optional().describe('Login of who opened the pull request.'),
  title: textFilter.optional().describe("The pull request's title."),
  body: textFilter.optional().describe("The pull request's description."),
  base: textFilter.optional().describe('Branch it goes into.'),
  head: textFilter.optional().describe('Branch it comes from.'),
  labels: z
    .strictObject({ any: strings.optional(), all: strings.optional(), none: strings.optional() })
    .optional()
    .describe('Labels it carries: any, all or none of these.'),
  branches: strings.optional().describe('Globs; the base branch matches one of them.'),
  paths: strings
    .optional()
    .describe('Globs; at least one changed file is picked. The last glob that matches a file decides; "!" takes out.'),
  draft: z.boolean().optional().describe('false (default): drafts are skipped; true: drafts are reviewed too.'),
  fork: z.boolean().optional().describe('Only pulls from forks (true) or only from the repository itself (false).'),
  size: z
    .strictObject({ min: z.number().int().min(0).optional(), max: z.number().int().min(0).optional() })
    .optional()
    .describe('Changed lines, additions plus deletions.'),
}

export const pullRequestTypes = ['opened', 'reopened', 'ready_for_review', 'synchronize', 'edited'] as const
type PullRequestType = (typeof pullRequestTypes)[number]
/** The types that a trigger without `types` answers. */
export const defaultTypes: PullRequestType[] = ['opened', 'reopened', 'ready_for_review', 'synchronize']

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
  label: z
    .union([z.string().min(1), z.strictObject({ name: z.string().min(1), keep: z.boolean().default(false) })])
    .optional()
    .describe('Answers this label; it is removed when the run starts, unless keep: true.'),
  comment: z.enum(['review']).optional().describe('Answers "@watchbill review".'),
})

type Written = z.infer<typeof triggersSchema>
/** Triggers after defaults. */
type Triggers = Omit<Written, 'pull_request'> & {
  pull_request?: (NonNullable<Written['pull_request']> & { types: PullRequestType[] }) | undefined
}

export const agentReferenceSchema = z.union([
  name,
  z.strictObject({
    name,
    model: z.enum(tiers).optional().describe('Model tier of this agent.'),
    paths: strings.optional().describe('Globs; the agent is sent only when a changed file matches.'),
    prompt: z
      .string()
      .max(20_000)
      .optional()
      .describe('What to look for, beside or instead of a definition of that name.'),
  }),
])

export const permissionsList = ['review', 'check', 'label'] as const

/** Front matter of `.github/routines/<name>.md`. Unknown keys are errors. */
export const routineSchema = z.strictObject({
  description: z.string().min(1).max(300).describe('One line for people.'),
  extends: name.optional().describe('A built-in or an organisation routine to start from.'),
  on: triggersSchema.optional().describe('The events it answers.'),
  model: z.enum(tiers).optional().describe('Model tier of its agents, unless they say otherwise.'),
  agents: z
    .array(agentReferenceSchema)
    .min(1)
    .max(20)
    .optional()
    .describe('The reviewers it sends; by default the risk tier decides.'),
  severity: z
    .strictObject({
      inline: z.enum(severities).optional().describe('From here up findings stand inline.'),
      floor: z.enum(severities).optional().describe('Below this nothing is shown.'),
      gate: z
        .enum([...severities, 'none'])
        .optional()
        .describe('From here up the check fails.'),
    })
    .optional(),
  budget: z
    .strictObject({
      usd: z.number().positive().max(1000).optional().describe('Most a run may cost, in US dollars.'),
      minutes: z.number().positive().max(360).optional().describe('Most a run may take.'),
    })
    .optional(),
  can: z.array(z.enum(permissionsList)).optional().describe('What it may do; nothing else is possible.'),
  required: z
    .boolean()
    .optional()
    .describe('Organisation files only: repositories can extend it, not replace, filter or switch it off.'),
})
export type RoutineFront = z.infer<typeof routineSchema>

/** A routine after extending and defaults: what the matcher and the stories use. */
export interface Routine {
  name: string
  description: string
  source: 'built-in' | 'organisation' | 'repository'
  /** Repository path, or file of the built-in, for messages. */
  path: string
  /** Commit the file was read at; absent for built-ins. */
  commit?: string
  on: Triggers
  model: ModelTier
  /** Absent: the risk tier decides. */
  agents?: z.infer<typeof agentReferenceSchema>[]
  severity: {
    inline: z.infer<typeof routineSeverity>
    floor: z.infer<typeof routineSeverity>
    gate: z.infer<typeof routineSeverity> | 'none'
  }
  budget: { usd?: number; minutes?: number }
  can: (typeof permissionsList)[number][]
  required: boolean
  /** Why it answers nothing: it is switched off, or its file is broken. A sentence. */
  off?: string
  /** The Markdown body: trusted instructions. */
  instructions: string
}
const routineSeverity = z.enum(severities)

/** `.github/watchbill.yml`: a repository's settings. */
export const repositorySettingsSchema = z.strictObject({
  enabled: z
    .boolean()
    .default(true)
    .describe('false switches every routine off in this repository (required ones stay).'),
  automatic: z
    .boolean()
    .optional()
    .describe('true: routines answer pull requests by themselves, whatever the size of the installation.'),
  disable: z.array(name).default([]).describe('Routines switched off here.'),
  severity: z
    .strictObject({
      inline: z.enum(severities).optional(),
      floor: z.enum(severities).optional(),
      gate: z.enum([...severities, 'none']).optional(),
    })
    .default({})
    .describe('For every routine that does not say otherwise.'),
  budget: z
    .strictObject({
      run: z.number().positive().optional().describe('Dollars a run.'),
      pull: z.number().positive().optional().describe("Dollars in a pull request's life."),
      day: z.number().positive().optional().describe('Dollars a day for the repository.'),
    })
    .default({}),
  skip: strings.default([]).describe('Globs of files never looked at; they are named as skipped.'),
})
export type RepositorySettings = z.infer<typeof repositorySettingsSchema>

export const agentTools = ['read', 'glob', 'grep', 'log', 'blame', 'show'] as const

/** Front matter of an agent's file (`routines/agents/<name>.md`); the body has the headings "Look for" and "Do not flag". */
export const agentSchema = z.strictObject({
  name,
  description: z.string().min(1).max(300),
  model: z.enum(tiers).default('standard'),
  tools: z.array(z.enum(agentTools)).default([...agentTools]),
  turns: z.number().int().min(1).max(100).default(25),
  paths: strings.optional(),
})
export type Agent = z.infer<typeof agentSchema> & {
  /** "Look for" and "Do not flag", as Markdown. */
  instructions: string
}

/** One complaint about a configuration file. `line` and `column` count from 1. */
export interface ConfigurationProblem {
  file: string
  line?: number
  column?: number
  /** Within `file`, e.g. `on.pull_request.types[1]`. */
  path?: string
  message: string
}

/** Everything read from the places where routines live; a broken file is a problem beside the others, never instead of them. */
export interface Configuration {
  routines: Routine[]
  agents: Agent[]
  settings: RepositorySettings
  problems: ConfigurationProblem[]
}

/** Whether a routine answers an event, and the sentence that says why. */
export type Match = { matched: boolean; because: string }
