// What tools, not models, say about a change: findings that go through the same judge, and which tools looked at what.
import type { Change } from './change.ts'
import type { Finding } from './finding.ts'
import type { Checkout } from './workspace.ts'

export const toolNames = ['secrets', 'patterns', 'dependencies'] as const
export type ToolName = (typeof toolNames)[number]

/** One tool's look; that it found nothing is no evidence of safety. */
export interface ToolRun {
  tool: ToolName
  state: 'ran' | 'skipped' | 'failed'
  /** Files it read. */
  files: number
  /** What it did, or why it did not, in one sentence for people. */
  because: string
}

/** JSON-safe: it is stored as a stage of the run. */
export interface Evidence {
  findings: Finding[]
  tools: ToolRun[]
}

/** One tool. It never throws for what it is shown: what could not be scanned is said in its `ToolRun`. Problem `stopped` when the signal fires. */
export interface Scanner {
  tool: ToolName
  scan(input: ScanInput): Promise<Evidence>
}

export interface ScanInput {
  checkout: Checkout
  change: Change
  /** Repository paths at head to scan, skipped new code files included; paths that settings keep private are not among them. */
  paths: string[]
  signal: AbortSignal
}
