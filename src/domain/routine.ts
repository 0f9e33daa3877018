// A saved configuration: a routine as the house uses it, its agents, and everything that was read with it.
import { z } from 'zod'
import {
  type agentReferenceSchema,
  type Gates,
  type Incomplete,
  type ModelTier,
  name,
  type permissionsList,
  type Reads,
  type RoutineFront,
  strings,
  tiers,
} from './front.ts'
import type { RepositorySettings } from './repository-settings.ts'
import type { Severity } from './severity.ts'
import type { Triggers } from './triggers.ts'

export {
  type Gates,
  type ModelTier,
  type Reads,
  type RoutineFront,
  routineSchema,
} from './front.ts'
export { type RepositorySettings, repositorySettingsSchema } from './repository-settings.ts'

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
  reads: Reads[]
  /** An agent for every part of the repository. */
  each?: 'component'
  paths?: RoutineFront['paths']
  language?: string
  /** Whether what the pull says it does is held against the change. */
  intent?: boolean
  owner?: string
  review_by?: string
  model: ModelTier
  /** Absent: the risk tier decides. */
  agents?: z.infer<typeof agentReferenceSchema>[]
  severity: {
    inline: Severity
    floor: Severity
    gate: Severity | 'none'
  }
  /** Absent: neutral. */
  incomplete?: Incomplete
  budget: { usd?: number; minutes?: number }
  can: (typeof permissionsList)[number][]
  required: boolean
  /** What it would answer once settings enable it; until then `on` is empty, and it answers only when it is named. */
  standby?: Triggers
  /** Why it answers nothing: it is switched off, or its file is broken. A sentence. */
  off?: string
  /** Its file is: nothing else here is what the file says. */
  broken?: true
  /** The Markdown body: trusted instructions. */
  instructions: string
}

export const agentTools = ['read', 'glob', 'grep', 'log', 'blame', 'show'] as const

/** Front matter of an agent's file (`routines/agents/<name>.md`); the body has the headings "Look for" and "Do not flag". */
export const agentSchema = z.strictObject({
  name: name.describe("The file's name without `.md`. Example: `name: api-contract`."),
  description: z
    .string()
    .min(1)
    .max(300)
    .describe('One line for people: what it looks at. Example: `description: Compares the API before and after`.'),
  model: z.enum(tiers).default('standard').describe('Model tier, unless the routine that sends it says otherwise.'),
  tools: z
    .array(z.enum(agentTools))
    .default([...agentTools])
    .describe('What it may look around with; all of them only read. Example: `tools: [read, grep]`.'),
  turns: z.number().int().min(1).max(100).default(25).describe('Most turns of its conversation. Example: `turns: 30`.'),
  paths: strings
    .optional()
    .describe('Globs; it is sent only when a changed file matches. Default: every file. Example: `paths: ["api/**"]`.'),
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
  /** Worth knowing; the file holds all the same. */
  note?: true
  /** What was probably meant, to be put in place of what is written: `agents` for `agnets`. */
  suggestion?: string
  /** What the key means, as the schema describes it. */
  help?: string
}

/** Everything read from the places where routines live; a broken file is a problem beside the others, never instead of them. */
export interface Configuration {
  routines: Routine[]
  agents: Agent[]
  settings: RepositorySettings
  /** The repository has a settings file of its own. */
  ownSettings?: true
  problems: ConfigurationProblem[]
  /** The files could not be read: only the built-in routines are known. */
  unread?: true
  /** What is worth a look and stops nothing: a date that has passed, a routine that nothing starts. */
  notes: ConfigurationProblem[]
}

/** Whether a routine answers an event, and the sentence that says why. */
export type Match = { matched: boolean; because: string }
