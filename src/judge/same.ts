// Where code can not tell whether a new claim says what an earlier one said, a model is asked: for comments that would stand twice, and for what people dismissed.
import { z } from 'zod'
import { callsIn } from '../domain/calls.ts'
import type { Tool } from '../domain/conversation.ts'
import { hear } from '../domain/hear.ts'
import { inLanes } from '../domain/lanes.ts'
import { untrusted } from '../domain/untrusted.ts'
import type { Known } from './claims.ts'
import { overlap, tellingWordsOf } from './claims.ts'
import { outgrows } from './dismissal.ts'
import type { Judging } from './judge.ts'
import type { Before } from './place-now.ts'

/** Earlier findings that a new one is compared with, and questions a review may ask. */
const atMost = { candidates: 2, questions: 10 }
const near = 10

/** The findings, those that say the same as an earlier one under its fingerprint. */
export async function tellApart(input: Judging, findings: Known[], before: Before[]): Promise<Known[]> {
  const known = new Set(before.map(({ finding }) => finding.fingerprint))
  const now = new Set(findings.map(finding => finding.fingerprint))
  const open = before.filter(({ finding: { state, verdict, fingerprint } }) => {
    const said = state === 'dismissed' || (state === 'open' && verdict.verdict === 'posted')
    return said && verdict.verdict !== 'merged into' && !now.has(fingerprint)
  })
  const questions = findings
    .filter(finding => !finding.into && finding.severity !== 'nit' && !known.has(finding.fingerprint))
    .flatMap(finding => candidatesOf(finding, open).map(one => ({ finding, one })))
    .slice(0, atMost.questions)
  const same = new Map<string, string>()
  await inLanes(questions, input, async ({ finding, one }, signal) => {
    if (await askWhetherSame({ ...input, signal }, finding, one)) same.set(finding.id, one.finding.fingerprint)
  })
  const taken = new Set<string>()
  return findings.map(finding => {
    const fingerprint = same.get(finding.id)
    if (fingerprint === undefined || taken.has(fingerprint)) return finding
    taken.add(fingerprint)
    return { ...finding, fingerprint }
  })
}

/** The same file and kind of trouble, and a place nearby or words in common: less than what code takes for the same. */
function candidatesOf(finding: Known, before: Before[]): Before[] {
  const words = tellingWordsOf(finding)
  return before
    .filter(one => one.placement.path === finding.placement.path && one.finding.security === finding.security)
    .filter(one => !outgrows(finding, one.finding))
    .map(one => ({ one, shared: overlap(words, tellingWordsOf(one.finding)) }))
    .filter(({ one, shared }) => isNear(one, finding) || shared >= (isKin(one, finding) ? 0.15 : 0.3))
    .sort((a, b) => b.shared - a.shared)
    .slice(0, atMost.candidates)
    .map(({ one }) => one)
}

function isNear({ placement }: Before, finding: Known): boolean {
  const [a, b] = [placement.line, finding.placement.line]
  return a !== undefined && b !== undefined && Math.abs(a - b) <= near
}

function isKin({ finding: { cwe, category } }: Before, now: Known): boolean {
  if (cwe && now.cwe) return cwe === now.cwe
  return category !== undefined && category.toLowerCase() === now.category?.toLowerCase()
}

const answerSchema = z.strictObject({
  same: z.boolean().describe('Are both about the same defect?'),
  because: z.string().min(1).max(600).describe('Why, in one sentence.'),
})

/** No answer is no. */
async function askWhetherSame(input: Judging, now: Known, before: Before): Promise<boolean> {
  const name = `same ${now.id} ${before.finding.fingerprint.slice(0, 8)}`
  const journal = input.journal(name)
  let same: boolean | undefined
  const tool: Tool<z.infer<typeof answerSchema>> = {
    name: 'report_same',
    description: 'Says whether the two claims are about the same defect, once.',
    input: answerSchema,
    async run(answer) {
      same = answer.same
      return 'Noted. You are done.'
    },
  }
  await hear(input.model, {
    name,
    kind: 'verifier',
    tier: 'fast',
    system: input.words['same-claim'],
    shared: '',
    brief: `# The earlier claim\n\n${present(before.finding)}\n\n# The claim now\n\n${present(now)}`,
    tools: [tool as unknown as Tool<never>],
    limits: { ...input.plan.verifier.limits, turns: 2, outputTokens: 1_000 },
    journal,
    signal: input.signal,
  })
  const told = callsIn(await journal.stored()).findLast(call => call.name === 'report_same')
  const answer = answerSchema.safeParse(told?.input)
  return same ?? (answer.success && answer.data.same)
}

function present({ title, claim, quote, file }: Pick<Known, 'title' | 'claim' | 'quote' | 'file'>): string {
  return `${untrusted('the claim', `${title}\n\n${claim}`)}\n\n${untrusted(`quote from ${file}`, quote)}`
}
