// One claim about the code, what the judge did with it, and why.
import { z } from 'zod'
import { type Severity, severities } from './severity.ts'
import { type Suggested, suggestionSchema } from './suggestion.ts'
import { exploitabilities, impacts } from './weighing.ts'

/** One end of a path through the code. */
const endSchema = z.strictObject({
  file: z.string().min(1).max(1000).describe('Repository path of the file.'),
  quote: z.string().min(1).max(600).describe('The line, copied verbatim from that file.'),
})

/** What an agent hands to `report_finding`. Where it is, is a verbatim quote, never a line number. */
export const claimSchema = z.strictObject({
  file: z.string().min(1).max(1000).describe('Repository path of the file.'),
  quote: z
    .string()
    .min(1)
    .max(2000)
    .describe('The line or lines it is about, copied verbatim from the new code (or from removed lines).'),
  title: z.string().min(1).max(200).describe('What is wrong, in one line.'),
  claim: z.string().min(1).max(4000).describe('What breaks, when, and why; concrete input and effect.'),
  severity: z.enum(severities).describe('How bad if true.'),
  confidence: z.enum(['high', 'medium', 'low']).describe('How sure.'),
  origin: z.enum(['introduced', 'pre_existing']).describe('Did this change bring it, or was it there before?'),
  category: z.string().max(60).optional().describe('e.g. correctness, security, performance, tests, rules.'),
  cwe: z
    .string()
    .regex(/^CWE-\d{1,5}$/)
    .optional()
    .describe('For security findings.'),
  preconditions: z
    .string()
    .max(1000)
    .optional()
    .describe('For security findings: what has to be so for it to be used, in one or two sentences.'),
  source: endSchema.optional().describe('For security findings: where what an attacker controls comes in.'),
  sink: endSchema.optional().describe('For security findings: where it does harm.'),
  impact: z
    .enum(impacts)
    .optional()
    .describe(
      "For security findings: what is gained. total: code runs, everybody's data or money, the service taken over; serious: another's data, account or money; limited: less. With exploitability, it decides the severity.",
    ),
  exploitability: z
    .enum(exploitabilities)
    .optional()
    .describe(
      "For security findings: how easily. open: whoever can reach it, any time; conditional: an account, somebody else's doing or luck in time is needed; hard: a place of trust, or what rarely is so.",
    ),
  rule: z
    .strictObject({
      file: z.string().min(1).max(1000).describe('The file of rules it stands in, e.g. "src/api/CLAUDE.md".'),
      quote: z.string().min(1).max(1000).describe('The rule, copied verbatim from that file.'),
      state: z
        .enum(['broken', 'untrue'])
        .describe('Does the change break it, or does it make what is written there untrue?'),
    })
    .optional()
    .describe('For findings about a written rule of the repository, and for no others.'),
  fix: z.string().max(2000).optional().describe('How to fix it, short; code where it helps.'),
  suggestion: suggestionSchema
    .optional()
    .describe(
      'Only where the whole fix is a few of the quoted lines, and certain: what somebody can commit unchanged.',
    ),
})
export type Claim = z.infer<typeof claimSchema>

export interface Finding extends Claim {
  /** Stable within the run: made of agent and sequence. */
  id: string
  /** The agent that reported it; after merging, all of them, the first being the one whose words were kept. */
  agents: string[]
  /** Names of the routines whose agents reported it. */
  routines: string[]
  security: boolean
  /** Line of the file at head, from 1, where code found it: it then stands there, whatever else has the same words. Models give none. */
  line?: number
}

/** Where a quote was found. Lines count from 1 on the given side of the diff at the exact head. */
export type Placement =
  | {
      at: 'line'
      path: string
      side: 'LEFT' | 'RIGHT'
      line: number
      startLine?: number
      how: 'exact' | 'whitespace' | 'substring'
      because: string
    }
  /** The quote stands in the file, but not in a hunk of the diff (or only ambiguously). */
  | { at: 'file'; path: string; line?: number; because: string }
  /** The file is not part of the change, or the quote stands nowhere. */
  | { at: 'nowhere'; path: string; line?: number; because: string }

export type VerificationState = 'valid' | 'invalid' | 'ambiguous' | 'unverified'

export interface Verification {
  state: VerificationState
  because: string
  /** Quoted code with path and line that decided it. */
  cited: { path: string; line?: number; text: string }[]
  /** Whether the replacement that was shown mends it; absent where none was shown, or nobody said. */
  fixes?: boolean
  /** For security findings: how the panel's three lenses answered, counted in code. */
  panel?: { lens: 'reachability' | 'impact' | 'defences'; state: VerificationState; because: string }[]
}

export interface Verdict {
  verdict: 'posted' | 'held' | 'suppressed' | 'merged into' | 'refuted' | 'unverified'
  because: string
  /** Where it is shown: inline, in the folded part of the review body, on the check only, or nowhere. */
  shown: 'inline' | 'file' | 'body' | 'check' | 'no'
  into?: string
}

/** A finding after the judge: every one that was reported comes out, marked. */
export interface Judged extends Finding {
  placement: Placement
  votes: number
  verification: Verification
  verdict: Verdict
  /** Survives pushes: that of the earlier finding it repeats, else made from path, quote and claim. Hex. */
  fingerprint: string
  /** It was marked as fixed at an earlier commit, and is found again. */
  returned?: true
  /** An earlier review found it, and it came to stand on the pull then: it is not said again. */
  stood?: true
  /** An earlier review verified it as brought by the change, and it has neither been fixed nor taken out of the gate by somebody who may: how grave it was then, and why it stays. */
  inGate?: { severity: Severity; because: string }
  /** Of what somebody dismissed: how grave it was then. */
  dismissedAs?: Severity
  /** Something like it was dismissed when it was milder: that, in a sentence. */
  outgrew?: string
  /** What became of the proposed replacement. */
  suggested?: Suggested
  /** It is on record elsewhere already: where, in a sentence. */
  elsewhere?: string
}

/** By which people name a finding that has no comment of its own: the first characters of its fingerprint. */
export function shortIdOf({ fingerprint }: Pick<Judged, 'fingerprint'>, characters = 8): string {
  return fingerprint.slice(0, characters)
}
