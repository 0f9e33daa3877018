// How a verifier answers: a typed verdict with the code that decided it, which has to stand in the file it names.
import { z } from 'zod'
import { callsIn } from '../domain/calls.ts'
import type { Tool, Turn } from '../domain/conversation.ts'
import { Problem } from '../domain/problem.ts'
import type { Checkout } from '../domain/workspace.ts'
import { plainPath } from './place.ts'
import { readText } from './texts.ts'

const answerSchema = z.strictObject({
  verdict: z.enum(['VALID', 'INVALID', 'AMBIGUOUS']).describe('Does the claim hold, judged by the code alone?'),
  because: z.string().min(1).max(3000).describe('What decided it, in one to three sentences.'),
  cited: z
    .array(
      z.strictObject({
        path: z.string().min(1).max(1000),
        line: z.number().int().min(1).optional(),
        text: z.string().min(1).max(1000).describe('Copied verbatim.'),
      }),
    )
    .max(10)
    .describe('The lines that decided it; VALID and INVALID need at least one.'),
  replacement: z
    .enum(['fixes', 'does not fix'])
    .optional()
    .describe(
      'Only where a proposed replacement is shown: does it, committed as it stands, mend the defect and break nothing?',
    ),
})
export type Answer = z.infer<typeof answerSchema>

const toolName = 'report_verdict'

/** `heard` is called with each answer that can stand; the last one counts. */
export function verdictTool(checkout: Checkout, heard: (answer: Answer) => void): Tool<never> {
  const tool: Tool<Answer> = {
    name: toolName,
    description:
      'Gives your verdict on the claim, once, when you are sure of it. What is only said in text is not counted.',
    input: answerSchema,
    async run(answer) {
      const wrong = await complaint(answer, checkout)
      if (wrong) throw new Problem('bad_input', wrong)
      heard(answer)
      return 'Noted. You are done.'
    },
  }
  return tool as unknown as Tool<never>
}

/** The last stored answer that was not refused. */
export function answerIn(turns: Turn[]): Answer | undefined {
  const answers = callsIn(turns).flatMap(({ name, input }) => {
    const answer = name === toolName ? answerSchema.safeParse(input) : undefined
    return answer?.success ? [answer.data] : []
  })
  return answers.at(-1)
}

/** Characters other than whitespace: a bracket stands in every file. */
const tellingAtLeast = 6

/** Refuting needs evidence: a citation that is not there is a mistake or a trick. */
async function complaint(answer: Answer, checkout: Checkout): Promise<string | undefined> {
  if (answer.verdict === 'AMBIGUOUS') return undefined
  if (answer.cited.length === 0) return `${answer.verdict} needs at least one cited line of code.`
  for (const { path, text } of answer.cited) {
    if (text.replace(/\s+/g, '').length < tellingAtLeast)
      return `The text cited from ${path} is too short to decide anything; cite the whole line, or several.`
    if (!(await stands(text, plainPath(path), checkout)))
      return `The text cited from ${path} does not stand there; copy it verbatim, without line numbers.`
  }
  return undefined
}

async function stands(text: string, path: string, checkout: Checkout): Promise<boolean> {
  const wanted = text.replace(/\s+/g, '')
  for (const commit of [checkout.head, checkout.mergeBase]) {
    const file = await readText(checkout, path, commit)
    if (file?.replace(/\s+/g, '').includes(wanted)) return true
  }
  return false
}
