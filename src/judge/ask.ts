// One question to one verifier: a fresh conversation that sees the claim and the code, and nothing of who made the change or how it is described.
import type { Change, ChangedFile } from '../domain/change.ts'
import type { Journal, Limits, Model, Tool } from '../domain/conversation.ts'
import type { Verification, VerificationState } from '../domain/finding.ts'
import { hear } from '../domain/hear.ts'
import { Problem } from '../domain/problem.ts'
import type { ModelTier } from '../domain/routine.ts'
import { showPath, untrusted } from '../domain/untrusted.ts'
import { fill } from '../domain/words.ts'
import type { Checkout } from '../domain/workspace.ts'
import type { Counted } from './claims.ts'
import { citedAtHead } from './gate.ts'
import { fileOf } from './place.ts'
import { readText } from './texts.ts'
import { type Answer, answerIn, verdictTool } from './verdict-tool.ts'

export interface Questions {
  change: Change
  checkout: Checkout
  tools: Tool<never>[]
  model: Model
  journal: (name: string) => Journal
  signal: AbortSignal
  /** What people answered to the claim. Untrusted. */
  replies?: string
}

export interface Question {
  /** For ledger and journal: "verify correctness-f1". */
  name: string
  tier: ModelTier
  limits: Limits
  /** Instructions of the verifier or of one lens of the panel, filled. */
  system: string
  /** The prompt that presents a claim. */
  brief: string
  claim: Counted
  /** The prompt that presents a proposed replacement. */
  proposal?: string
}

/** A verifier that fails or says nothing leaves the claim unverified, and one that refutes it by what the change took away leaves it open; what fails around it is thrown. */
export async function ask(input: Questions, question: Question): Promise<Verification> {
  const answer = await answerTo(input, question, (await present(input, question)) + proposed(question))
  if (answer.state !== 'invalid' || (await citedAtHead(input.checkout, answer.cited)).length > 0) return answer
  const because = `It was called invalid by code from before the change alone, none that stands now: ${answer.because}`
  return { ...answer, state: 'ambiguous', because }
}

/** The same, with the question in words. */
export async function answerTo(
  input: Omit<Questions, 'change'>,
  question: Omit<Question, 'brief' | 'claim'>,
  brief: string,
): Promise<Verification> {
  const journal = input.journal(question.name)
  let heard: Answer | undefined
  const ended = await hear(input.model, {
    name: question.name,
    kind: 'verifier',
    tier: question.tier,
    system: question.system,
    shared: '',
    brief,
    tools: [...input.tools.map(withoutHistory), verdictTool(input.checkout, answer => (heard = answer))],
    limits: question.limits,
    journal,
    signal: input.signal,
  })
  heard ??= answerIn(await journal.stored())
  if (heard)
    return {
      state: states[heard.verdict],
      because: heard.because,
      cited: heard.cited.map(({ path, text, line }) => ({ path, text, ...(line !== undefined && { line }) })),
      ...(heard.replacement && { fixes: heard.replacement === 'fixes' }),
    }
  const why = ended.end === 'done' ? 'it ended without one.' : ended.because
  return { state: 'unverified', because: `The verifier gave no verdict: ${why}`, cited: [] }
}

const states: Record<Answer['verdict'], VerificationState> = {
  VALID: 'valid',
  INVALID: 'invalid',
  AMBIGUOUS: 'ambiguous',
}

async function present(input: Questions, { brief, claim }: Question): Promise<string> {
  const { path } = claim.placement
  const file = fileOf(input.change, path)
  return fill(brief, {
    file: showPath(path),
    line: claim.placement.line === undefined ? 'unknown' : String(claim.placement.line),
    quote: untrusted(`quote from ${path}`, claim.quote),
    title: claim.title,
    claim: untrusted('the claim', [claim.title, claim.claim, ...ruleOf(claim), ...pathOf(claim)].join('\n\n')),
    severity: claim.severity,
    origin: claim.origin === 'introduced' ? 'brought in by this change' : 'there before this change',
    replies: untrusted('answers of people', input.replies ?? ''),
    diff: file ? untrusted(`diff of ${path}`, excerpt(file, claim)) : 'The file is not part of the change.',
    code: await around(input.checkout, path, claim.placement.line),
  })
}

function pathOf({ source, sink, preconditions }: Counted): string[] {
  const ends = Object.entries({ source, sink }).flatMap(([name, end]) =>
    end ? [`The ${name}, in ${showPath(end.file)}: ${end.quote}`] : [],
  )
  return [...ends, ...(preconditions ? [`What has to be so for it: ${preconditions}`] : [])]
}

/** As it would stand in the file: who reported it, and why, is for nobody to hear. */
function proposed({ proposal, claim: { suggested } }: Question): string {
  if (!proposal || suggested?.state !== 'checked') return ''
  const { path, startLine, line } = suggested
  return `\n\n${fill(proposal, {
    lines: startLine === line ? `line ${line}` : `lines ${startLine} to ${line}`,
    replacement: untrusted(`replacement for ${path}`, suggested.with.join('\n')),
  })}`
}

function ruleOf({ rule }: Counted): string[] {
  if (!rule) return []
  const what = rule.state === 'broken' ? 'The rule that it says is broken' : 'What it says is not true any more'
  return [`${what}, in ${showPath(rule.file)}: ${rule.quote}`]
}

/** The hunk the claim stands in; without one, the first. */
function excerpt(file: ChangedFile, claim: Counted): string {
  const line = claim.placement.line
  const hunk =
    file.hunks.find(one => line !== undefined && line >= one.newStart && line < one.newStart + one.newLines) ??
    file.hunks[0]
  if (!hunk) return '(no lines changed)'
  const marks = { added: '+', removed: '-', context: ' ' }
  const lines = hunk.lines.map(one => `${marks[one.kind]} ${one.text.slice(0, 1000)}`)
  const at = Math.max(0, hunk.lines.findIndex(one => one.newLine === line) - reach)
  return lines.slice(at, at + 2 * reach).join('\n')
}

const reach = 60

async function around(checkout: Checkout, path: string, line = 1): Promise<string> {
  const text = await readText(checkout, path)
  if (text === undefined) return 'The file does not exist at the head.'
  const from = Math.max(1, line - reach)
  const lines = text.split('\n').slice(from - 1, line + reach)
  return untrusted(
    `file ${path}`,
    lines.map((one, index) => `${String(from + index).padStart(6)}  ${one.slice(0, 1000)}`).join('\n'),
  )
}

/** Framing sways reviewers: commit messages and authors are not for those who verify. The tools stay the same on the wire. */
function withoutHistory(tool: Tool<never>): Tool<never> {
  if (!['log', 'blame', 'show'].includes(tool.name)) return tool
  return {
    ...tool,
    async run(input: { revision?: string }, signal: AbortSignal) {
      if (input.revision?.includes(':')) return tool.run(input as never, signal)
      throw new Problem(
        'forbidden',
        'Verifiers see no authors and no commit messages; read files, or show COMMIT:path.',
      )
    },
  } as Tool<never>
}
