// A saved configuration, as its front matter says it: the one zod schema that the parser, `check` and the JSON Schema come from.
import { z } from 'zod'
import { gatesSchema } from './gates.ts'
import { severities } from './severity.ts'
import { type Triggers, triggersSchema } from './triggers.ts'

export const tiers = ['fast', 'standard', 'deep'] as const
export type ModelTier = (typeof tiers)[number]

const strings = z.array(z.string().min(1))
const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'is lower-case letters, digits and hyphens')

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

export const reads = ['issues', 'alerts', 'workflow_logs', 'deployments', 'changes'] as const

export const permissionsList = ['review', 'check', 'label'] as const

/** Front matter of `.github/routines/<name>.md`. Unknown keys are errors. */
export const routineSchema = z.strictObject({
  description: z.string().min(1).max(300).describe('One line for people.'),
  extends: z
    .string()
    .regex(
      /^([a-z0-9][a-z0-9-]{0,62}|[\w.-]+\/[\w.-]+\/[\w./-]+\.md@[\w./-]+)$/,
      'is the name of a routine, or OWNER/REPO/PATH.md@COMMIT',
    )
    .optional()
    .describe(
      'A built-in or an organisation routine to start from, or a file of another repository: owner/repo/path.md@ref.',
    ),
  kind: z
    .enum(['review', 'work'])
    .optional()
    .describe(
      'review: looks at the change of a pull request; work: does a task of its own over the repository. By default review when a pull request can start it.',
    ),
  on: triggersSchema.optional().describe('The events it answers.'),
  ...gatesSchema,
  repositories: z
    .array(z.string().regex(/^[\w.-]+\/[\w.-]+$/, 'is OWNER/REPO'))
    .min(1)
    .max(10)
    .optional()
    .describe('Read beside this one; each must list this one under readable_by.'),
  reads: z
    .array(z.enum(reads))
    .min(1)
    .optional()
    .describe(
      'What of GitHub is gathered for its agents beside the code, as untrusted text: open issues, security alerts, logs of failed workflows, deployments, recent changes.',
    ),
  paths: z
    .record(
      z.string().min(1),
      z.strictObject({
        agents: z.array(name).min(1).optional().describe('Sent over these files instead of the others.'),
        floor: z.enum(severities).optional().describe('Below this nothing is shown for these files.'),
      }),
    )
    .optional()
    .describe(
      'Globs of folders with agents and a floor of their own (monorepos); the last that matches a file decides.',
    ),
  language: z.string().min(2).max(40).optional().describe('Language of the comments, e.g. English, Deutsch.'),
  owner: z
    .string()
    .regex(/^@?[\w-]+(\/[\w.-]+)?$/, 'is a login, or ORGANISATION/TEAM')
    .optional()
    .describe('Who looks after it: a login or organisation/team.'),
  review_by: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}$/, 'is a date such as 2027-03-01')
    .optional()
    .describe('The day by which a person looks it over again; past it, checks say so.'),
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
export type Gates = Pick<RoutineFront, keyof typeof gatesSchema>

/** A routine after extending and defaults: what the matcher and the stories use. */
export interface Routine {
  name: string
  description: string
  source: 'built-in' | 'organisation' | 'repository'
  /** Repository path, or file of the built-in, for messages. */
  path: string
  /** Commit the file was read at; absent for built-ins. */
  commit?: string
  kind: 'review' | 'work'
  on: Triggers
  gates: Gates
  repositories: string[]
  reads: (typeof reads)[number][]
  paths?: RoutineFront['paths']
  language?: string
  owner?: string
  review_by?: string
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
  readable_by: z
    .array(z.string().regex(/^[\w.-]+\/[\w.*-]+$/, 'is OWNER/REPO, or OWNER/*'))
    .default([])
    .describe('Repositories whose routines may read this one beside their own, and extend its routine files.'),
  language: z.string().min(2).max(40).optional().describe('Language of the comments, for routines that do not say.'),
  ceilings: z
    .strictObject({
      run: z.number().positive().optional().describe('Dollars a run.'),
      day: z.number().positive().optional().describe('Dollars a day for a repository.'),
      can: z.array(z.enum(permissionsList)).optional().describe('All that any routine may do.'),
    })
    .optional()
    .describe("In an organisation's file only: what no repository raises."),
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
