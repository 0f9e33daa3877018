// A tool of the domain as the SDK's runner calls it: its schema on the wire, and every failure as words the model reads.
import { betaZodTool } from '@anthropic-ai/sdk/helpers/beta/zod'
import type { BetaRunnableTool } from '@anthropic-ai/sdk/lib/tools/BetaRunnableTool'
import { ToolError } from '@anthropic-ai/sdk/resources/beta/messages/messages'
import { unlessAborted } from '../domain/aborting.ts'
import type { Tool } from '../domain/conversation.ts'
import { Problem } from '../domain/problem.ts'

/** Characters of one tool result; what is longer is cut, and says so. */
const longestResult = 100_000

/** @param wasCutOff whether the call with this id stood at the end of an answer that ran out of tokens, so that its input may be half of what was meant */
export function runnable(
  tool: Tool<never>,
  signal: AbortSignal,
  wasCutOff: (id: string) => boolean,
  failed: (thrown: unknown) => void,
): BetaRunnableTool {
  const wire = betaZodTool({
    name: tool.name,
    description: tool.description.toWellFormed(),
    inputSchema: tool.input as Tool['input'],
    async run(input, context) {
      if (context && wasCutOff(context.toolUse.id)) throw new ToolError(cutOff(tool.name))
      return runTool(tool, input, signal, failed)
    },
  })
  // The SDK's own `parse` answers with zod's issues as JSON; `runTool` checks the input and says what is wrong in words.
  return { ...wire, parse: input => input }
}

/** The tool's answer; throws a ToolError whose message the model may read, or the signal's reason as soon as it aborts. */
export async function runTool(
  tool: Tool<never>,
  input: unknown,
  signal: AbortSignal,
  failed: (thrown: unknown) => void = () => {},
): Promise<string> {
  const checked = tool.input.safeParse(input)
  if (!checked.success) {
    const wrong = checked.error.issues.map(issue => `${issue.path.join('.') || 'input'}: ${issue.message}`)
    throw new ToolError(`The input of ${tool.name} does not fit: ${wrong.join('; ')}. Correct it and call again.`)
  }
  try {
    // A tool may not listen to its signal; the conversation does not wait for it.
    return shorten(await unlessAborted(signal, () => tool.run(checked.data, signal)))
  } catch (thrown) {
    signal.throwIfAborted()
    if (thrown instanceof Problem) throw new ToolError(thrown.message)
    if (thrown instanceof ToolError) throw thrown
    failed(thrown)
    throw new ToolError(`${tool.name} failed for a reason of its own; go on without it or try another way.`)
  }
}

function cutOff(name: string): string {
  return `Your answer ran out of tokens inside this call, so ${name} was not run. Call it again, shorter.`
}

function shorten(text: string): string {
  const whole = text.toWellFormed()
  if (whole.length <= longestResult) return whole
  return `${whole.slice(0, longestResult).toWellFormed()}\n[cut here: ${whole.length} characters in all; ask for less]`
}
