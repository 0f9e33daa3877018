// What tools, not models, say about a change: findings that go through the same judge, and which tools looked at what.
import type { Change } from './change.ts'
import type { Finding } from './finding.ts'
import type { Checkout } from './workspace.ts'

const toolNames = ['secrets', 'patterns', 'dependencies'] as const
export type ToolName = (typeof toolNames)[number]

/** Under which name a tool's findings are credited (`Finding.agents`); the space keeps it apart from any agent's name. */
export const creditOf: Record<ToolName, string> = {
  secrets: 'secret check',
  patterns: 'pattern check',
  dependencies: 'dependency check',
}

/** Who finds facts, which no model is asked about: a text stands there, a version is listed. A pattern is a claim like an agent's. */
export const factFinders = ['text check', creditOf.secrets, creditOf.dependencies]

/** One tool's look; that it found nothing is no evidence of safety. */
export interface ToolRun {
  tool: ToolName
  state: 'ran' | 'skipped' | 'failed'
  /** Files it read. */
  files: number
  /** What it did, or why it did not, in one sentence for people. */
  because: string
  /** Files that it was to read and could not, each with a sentence. */
  left?: Left[]
}

export interface Left {
  path: string
  because: string
  /** More was found in it than is listed: that agents were shown the file settles nothing. */
  found?: true
}

/** JSON-safe: it is stored as a stage of the run. */
export interface Evidence {
  findings: Finding[]
  tools: ToolRun[]
}

/**
 * One tool. It never throws for what it is shown: what could not be scanned is said in its `ToolRun`. Its findings have `routines: []`,
 * `security: true`, the tool's credit as `agents`, and `line` where it knows it; what in them is secret is hidden by whoever calls.
 * Problem `stopped` when the signal fires.
 */
export interface Scanner {
  tool: ToolName
  scan(input: ScanInput): Promise<Evidence>
}

/** The rule files under routines/patterns, by their folder, as they are. */
export type PatternRules = Record<string, string[]>

export interface ScanInput {
  checkout: Checkout
  change: Change
  /** Repository paths at head to scan, skipped new code files included; paths that settings keep private are not among them. */
  paths: string[]
  /** The whole repository is looked at, not a change: what stood there before is reported too, as `pre_existing`. */
  tree?: true
  signal: AbortSignal
}

/** A text with what is secret in it replaced by words that say so, line by line: it has as many lines as before. */
export type Hide = (text: string) => Promise<string>

/** A changed file that touches what a security review reads first, computed from its path and its changed lines. */
export interface Touched {
  path: string
  /** e.g. "entry point", "sink". */
  kind: string
  /** What was seen, with the line of the new file where one was. */
  because: string
}

/** What a security review asks about, by the names that the agent's instructions give them. */
export const securityLenses = [
  'Injection and input',
  'Authentication and authorisation',
  'Secrets and cryptography',
  'Data exposure',
  'Deserialisation and code execution',
  'Dependencies and supply chain',
  'Workflow and infrastructure',
]

/** What the security part of a look was made of; absent where no routine of it is about security. */
export interface SecurityLook {
  /** Names of the routines that it belongs to. */
  routines: string[]
  /** Those of `securityLenses` that an agent was asked for, and looked. */
  lenses: string[]
  tools: ToolRun[]
  inventory: Touched[]
  /** Entries that `inventory` has no room for. */
  more: number
}
