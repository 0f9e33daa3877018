// The pass that looks for missing work: an agent with a prompt of its own, the only one that is shown what a pull says of itself.
import { callsIn } from '../domain/calls.ts'
import type { Change } from '../domain/change.ts'
import type { Ended, Journal, Model, Tool } from '../domain/conversation.ts'
import { hear } from '../domain/hear.ts'
import { type MissingClaim, missingSchema } from '../domain/intent.ts'
import type { Plan } from '../domain/plan.ts'
import { Problem } from '../domain/problem.ts'
import type { Gathered } from '../domain/task.ts'
import { sourceLabel, untrusted } from '../domain/untrusted.ts'
import type { Words } from '../domain/words.ts'
import { shareDiff } from './brief.ts'
import { agentMilliseconds, outputTokens } from './lineup.ts'

export interface AskingForIntent {
  change: Change
  plan: Plan
  /** What the pull says, and the issues it closes. */
  texts: Gathered[]
  words: Pick<Words, 'intent'>
  tools: Tool<never>[]
  model: Model
  journal: (name: string) => Journal
  signal: AbortSignal
}

const name = 'intent'
const turns = 20
const claimsAtMost = 15

/** Claims whose quotes stand in the text they name. An agent that fails is an end, not a throw. */
export async function findMissing(input: AskingForIntent): Promise<{ claims: MissingClaim[]; ended: Ended }> {
  const { plan, texts, journal } = input
  const heard: MissingClaim[] = []
  const kept = journal(name)
  const ended = await hear(input.model, {
    name,
    // What judging left in the purse is for this pass too: it is no finder of defects.
    kind: 'grader',
    tier: 'standard',
    system: input.words.intent,
    shared: sharedText(input),
    brief: 'Hold the change against the texts above, and hand in what is missing.',
    tools: [...input.tools, missingTool(texts, claim => heard.push(claim))],
    limits: { turns, milliseconds: agentMilliseconds, outputTokens: outputTokens[plan.tier].agent },
    journal: kept,
    signal: input.signal,
  })
  // What is stored is the truth: calls of a conversation that was resumed are there, and nowhere else.
  const stored = callsIn(await kept.stored()).flatMap(call => {
    const claim = call.name === toolName ? missingSchema.safeParse(call.input) : undefined
    return claim?.success && complaint(claim.data, texts) === undefined ? [claim.data] : []
  })
  const all = new Map([...stored, ...heard].map(claim => [JSON.stringify(claim), claim]))
  return { claims: [...all.values()].slice(0, claimsAtMost), ended }
}

/** All of the change, whatever of it was reviewed before: what is missing is missing from the whole. */
function sharedText({ change, plan, texts }: AskingForIntent): string {
  const manifest = plan.manifest.map(entry =>
    entry.coverage === 'reviewed' ? { ...entry, coverage: 'full' as const } : entry,
  )
  const files = manifest.filter(entry => entry.coverage !== 'skipped').map(entry => entry.path)
  const blocks = texts.map(one => untrusted(one.source, one.text))
  return [`# What was asked for\n\n${blocks.join('\n\n')}`, shareDiff(change, { ...plan, manifest })({ files })].join(
    '\n\n',
  )
}

const toolName = 'report_missing'

function missingTool(texts: Gathered[], heard: (claim: MissingClaim) => void): Tool<never> {
  let count = 0
  const tool: Tool<MissingClaim> = {
    name: toolName,
    description:
      'Reports one thing that was asked for and is not there. What is only said in text is not counted. The quote has to be copied verbatim.',
    input: missingSchema,
    async run(claim) {
      const wrong = complaint(claim, texts)
      if (wrong !== undefined) throw new Problem('bad_input', wrong)
      if (count >= claimsAtMost) throw new Problem('too_large', `${claimsAtMost} are noted, and no more are taken.`)
      count++
      heard(claim)
      return 'Noted.'
    },
  }
  return tool as unknown as Tool<never>
}

/** Characters other than whitespace. */
const tellingAtLeast = 8

function complaint({ source, quote }: MissingClaim, texts: Gathered[]): string | undefined {
  const text = texts.find(one => sourceLabel(one.source) === sourceLabel(source))
  if (!text) return `There is no text called ${source}; there are ${texts.map(one => one.source).join(', ')}.`
  const wanted = bare(quote)
  if (wanted.length < tellingAtLeast) return 'The quote is too short to ask for anything; copy the whole sentence.'
  return bare(text.text).includes(wanted) ? undefined : `The quote does not stand in ${source}; copy it verbatim.`
}

function bare(text: string): string {
  return text.replace(/\s+/g, '')
}
