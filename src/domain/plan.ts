// Who is sent over a change, and what each is asked to look at.
import type { ManifestEntry, RiskTier, Since } from './change.ts'
import type { Ended, Limits } from './conversation.ts'
import type { SecurityLook } from './evidence.ts'
import type { Finding, Judged, Placement } from './finding.ts'
import type { IntentReport } from './intent.ts'
import type { Agent, ModelTier } from './routine.ts'
import type { TaskResult } from './task.ts'

/** One agent with its part of the change. */
export interface Assignment {
  /** Unique in the run and stable across attempts: the journal's key, e.g. "correctness", "correctness-again", "security-2". */
  id: string
  agent: Agent
  tier: ModelTier
  /** Names of the routines it works for; the first pays. */
  routines: string[]
  /** The agent's place in the fleet, where several are sent over parts of a large change; absent: its id. */
  seat?: string
  /** Repository paths it has to cover. */
  files: string[]
  /** They do not fit into a prompt: it is shown where they change, not their lines. */
  outlined?: true
  /** What settings say about parts of the repository that some of the files lie in. */
  instructions?: { paths: string[]; text: string }[]
  /** Of a sweep: the part of the repository that the files are. */
  component?: string
  /** The files are shown in the other order, for a second pass with other eyes. */
  reversed: boolean
  limits: Limits
}

/** From where a review goes on: the last one that looked at everything and came to stand in full. */
export interface GoingOn extends Since {
  /** Changed files that nobody looked at there. */
  skipped: string[]
}

/** How far a review came that did not get through: the next one of the same commit goes on with the rest. JSON-safe. */
export interface Unfinished {
  runId: string
  head: string
  mergeBase: string
  /** Of each of its routines, what it went by (`ReviewPoint`). */
  digests: Record<string, Record<string, string>>
  /** By agent, the files of the parts that it looked at, in this review or in one that this one went on from. */
  looked: Record<string, string[]>
  /** Those of them whose lines were shown, all of them. */
  shown: string[]
}

export interface Plan {
  tier: RiskTier
  /** Why this tier, in one sentence. */
  because: string
  manifest: ManifestEntry[]
  /** The commit that it goes on from: what was reviewed there and has not changed since is not looked at again. */
  since?: string
  /** Why it does not, though there was an earlier review: a sentence without its beginning, e.g. "force-push". */
  inFull?: string
  /** The review before it at the same commit did not get through: files that are left to nobody now, since all who cover them looked then. */
  goesOn?: { runId: string; files: number }
  assignments: Assignment[]
  verifier: { tier: ModelTier; limits: Limits }
  /** Tier of the security panel's members: deep when any claim is high or worse in a full review. */
  panel: { tier: ModelTier; tierForHigh: ModelTier; limits: Limits }
  /** Most the run may cost, in US dollars, and take, in milliseconds; ceilings of routine and settings included. */
  usd: number
  milliseconds: number
  /** Nobody is sent, since there is no model to ask. */
  toolsOnly?: true
}

/** What came back from one assignment; an agent that failed is a report, not the end of the run. */
export interface AgentReport {
  assignment: string
  agent: string
  routines: string[]
  findings: Finding[]
  /** Of the files assigned to it: seen in the prompt or through its tools. */
  looked: boolean
  filesTouched: string[]
  ended: Ended
  /** Of an agent with a task: what it handed in, and everything its tools opened. */
  result?: TaskResult
  opened?: string[]
}

/** Both were stopped by the same cap: their sentences differ in amounts alone. */
export function sameCap({ ended: a }: AgentReport, { ended: b }: AgentReport): boolean {
  const words = (because: string) => because.replace(/\$[\d.,]+/g, '$')
  return a.end === 'budget' && b.end === 'budget' && words(a.because) === words(b.because)
}

/** What a look over a change came to: everything that rendering and posting need, JSON-safe. */
export interface Inspection {
  plan: Plan
  reports: AgentReport[]
  judged: Judged[]
  /** Everything that was to be looked at was looked at, and every claim got its answer. */
  complete: boolean
  /** One sentence for each thing that was not. */
  incompleteBecause: string[]
  /** Where a routine asks for it: what was asked for, and is not there. */
  intent?: IntentReport
  /** Things people should know that are not findings. */
  notes: string[]
  /** What became of open findings of earlier reviews that nobody reported again. Those that stand are among `judged` too. */
  rechecked: Rechecked[]
  /** Fingerprints that earlier reviews left on record. */
  onRecord?: string[]
  /** Where a routine of it is about security. */
  security?: SecurityLook
}

/** One earlier finding at this head; `unchanged`: nothing about it changed, so nobody was asked. */
export interface Rechecked {
  fingerprint: string
  became: 'fixed' | 'stale' | 'still true' | 'moved' | 'not settled' | 'unchanged'
  because: string
  /** Where it stands now, where it moved. */
  placement?: Placement
  /** Somebody was to be asked, and did not answer: it stays as it was. */
  unanswered?: true
}

/** There was nothing to send anybody over, and not because all of it was reviewed before. */
export function isEmpty({
  assignments,
  manifest,
  toolsOnly,
}: Pick<Plan, 'assignments' | 'manifest' | 'toolsOnly'>): boolean {
  return assignments.length === 0 && !toolsOnly && !manifest.some(entry => entry.coverage === 'reviewed')
}

export interface Cost {
  /** US dollars, calls to the model, and wall time. */
  usd: number
  calls: number
  milliseconds: number
}

/** A rules file and where it was trusted from, e.g. "REVIEW.md", "default branch main". */
export interface Rule {
  path: string
  /** The file that `path` is a symbolic link to. */
  target?: string
  from: string
  text: string
}
