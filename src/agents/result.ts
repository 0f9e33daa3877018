// How an agent hands in what it did: a typed result whose evidence has to stand where it says.
import type { Call } from '../domain/calls.ts'
import type { Tool } from '../domain/conversation.ts'
import { Problem } from '../domain/problem.ts'
import { resultSchema, type TaskResult } from '../domain/task.ts'

/** The text at a path of the repository, of one beside it (`OWNER/REPO:path`), or of a gathered source. */
export type Sources = (name: string) => Promise<string | undefined>

/** The tool by which an agent with a task reports; the last result that can stand counts. */
export function resultTool(sources: Sources): Tool<never> {
  const tool: Tool<TaskResult> = {
    name: 'report_result',
    description:
      'Hands in the result of your part of the task, once, at the end. Without it your part is not done. Evidence has to be copied verbatim.',
    input: resultSchema,
    async run(result) {
      for (const { path, quote } of result.evidence) {
        const text = await sources(path).catch(() => undefined)
        if (text === undefined)
          throw new Problem(
            'bad_input',
            `There is nothing called ${path} to quote; name a file, or a source that was gathered.`,
          )
        if (!bare(text).includes(bare(quote)))
          throw new Problem('bad_input', `The evidence from ${path} does not stand there; copy it verbatim.`)
      }
      return 'Noted. You are done.'
    },
  }
  return tool as unknown as Tool<never>
}

/** The last result among stored calls. */
export function resultIn(calls: Call[]): TaskResult | undefined {
  for (const call of calls.toReversed()) {
    const result = call.name === 'report_result' ? resultSchema.safeParse(call.input) : undefined
    if (result?.success) return result.data
  }
  return undefined
}

function bare(text: string): string {
  return text.replace(/\s+/g, '')
}
