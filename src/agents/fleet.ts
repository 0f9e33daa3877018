// Sends the fleet: every assignment is one conversation, several side by side, and what becomes of each is a report.
import { type Call, callsIn } from '../domain/calls.ts'
import type { Change } from '../domain/change.ts'
import type { Ended, Journal, Model, Tool } from '../domain/conversation.ts'
import type { Claim } from '../domain/finding.ts'
import { hear } from '../domain/hear.ts'
import { inLanes } from '../domain/lanes.ts'
import type { AgentReport, Assignment, GoingOn, Plan, Rule } from '../domain/plan.ts'
import { Problem } from '../domain/problem.ts'
import type { Routine } from '../domain/routine.ts'
import type { Words } from '../domain/words.ts'
import { briefFor, type Prompts, shareDiff, systemFor } from './brief.ts'
import { acrossAgent, sayContracts } from './contracts.ts'
import { claimsIn, filesTouched, findingsOf, pathsIn, reportTool } from './report.ts'
import { resultIn, resultTool, type Sources } from './result.ts'
import { isSecurityAgent } from './security.ts'

export interface Fleet {
  plan: Plan
  change: Change
  rules: Rule[]
  routines: Routine[]
  words: Words
  tools: Tool<never>[]
  model: Model
  /** Where the turns of an assignment are kept. */
  journal: (assignment: string) => Journal
  /** They look at what came since. */
  goingOn?: GoingOn | undefined
  /** What the change touches, for agents whose part is security. */
  inventory?: string | undefined
  signal: AbortSignal
  /** Conversations side by side. */
  atOnce?: number
  /** What they are told; by default to review the change. */
  prompts?: Prompts
  /** Of a task: each hands in a result too, whose evidence is looked up in these sources. `given` names those that prompts hold. */
  task?: { sources: Sources; given: string[] }
  /** Heard out before the fleet has come back. */
  onReport?: ((report: AgentReport) => unknown) | undefined
}

/** Reports in the order of the plan's assignments. An agent that fails is a report; what fails around it is thrown, once the others have stopped. */
export async function sendFleet(input: Fleet): Promise<AgentReport[]> {
  const across = input.prompts ? '' : sayContracts(input.change, input.plan, input.words)
  const { system, shared, brief } = input.prompts ?? {
    system: systemFor(input.words, input.routines, input.rules),
    shared: shareDiff(input.change, input.plan, input.goingOn && { since: input.goingOn, words: input.words }),
    brief: assignment =>
      [
        briefFor(assignment),
        isSecurityAgent(assignment.agent) ? (input.inventory ?? '') : '',
        assignment.agent.name === acrossAgent ? across : '',
      ]
        .filter(Boolean)
        .join('\n\n'),
  }
  const reports: AgentReport[] = []
  await inLanes([...input.plan.assignments.entries()], input, async ([index, assignment], signal) => {
    const prompt = { system, shared: shared(assignment), brief: brief(assignment) }
    const report = await send({ ...input, signal }, prompt, assignment)
    reports[index] = report
    await input.onReport?.(report)
  })
  return reports
}

async function send(
  input: Fleet,
  prompt: { system: string; shared: string; brief: string },
  assignment: Assignment,
): Promise<AgentReport> {
  const journal = input.journal(assignment.id)
  const heard: Claim[] = []
  const calls: { name: string; input: unknown }[] = []
  const own = input.task ? [resultTool(input.task.sources)] : []
  const told = { name: assignment.id, kind: 'finder', tier: assignment.tier, ...prompt } as const
  const tools = [...input.tools.map(tool => allow(tool, assignment)), reportTool(heard), ...own]
  heard.push(...claimsIn(callsIn(await journal.stored())))
  const ended = await hear(input.model, {
    ...told,
    tools: tools.map(tool => watch(tool, calls)),
    limits: assignment.limits,
    journal,
    signal: input.signal,
  })
  // What is stored is the truth: a resumed conversation's earlier calls are there, and nowhere else.
  calls.unshift(...callsIn(await journal.stored()))
  const findings = findingsOf(
    assignment,
    claimsIn([...calls, ...heard.map(claim => ({ name: 'report_finding', input: claim }))]),
  )
  const touched = filesTouched(assignment, calls)
  return {
    assignment: assignment.id,
    agent: assignment.agent.name,
    routines: assignment.routines,
    findings,
    looked: ended.end === 'done' && touched.length > 0,
    filesTouched: touched,
    ended,
    ...(input.task && ofTask(assignment, ended, calls, input.task.given)),
  }
}

/** Whoever has a part of the repository opens files of it; others may answer from what they were given. */
function ofTask(assignment: Assignment, { end }: Ended, calls: Call[], given: string[]): Partial<AgentReport> {
  const result = resultIn(calls)
  const opened = pathsIn(calls)
  const used = opened.length > 0 || result?.looked_at.some(name => given.includes(name)) === true
  const looked = assignment.component === undefined ? used : filesTouched(assignment, calls).length > 0
  return { looked: end === 'done' && looked, opened, ...(result && { result }) }
}

/** A tool an agent may not use looks the same to it (the prefix stays the same), and answers so. */
function allow(tool: Tool<never>, { agent }: Assignment): Tool<never> {
  const given: readonly string[] = agent.tools
  if (!given.includes(tool.name)) {
    return {
      ...tool,
      run: () => refuse(`The tool ${tool.name} is not given to this agent; it has ${given.join(', ')}.`),
    }
  }
  if (agent.name !== 'security' || !tellsHistory.has(tool.name)) return tool
  // Who wrote a change and how it is described sways security reviews: they see code only.
  return {
    ...tool,
    run(input: { revision?: string }, signal: AbortSignal) {
      if (input.revision?.includes(':')) return tool.run(input as never, signal)
      return refuse('The security lens sees no authors and no commit messages; read files, or show COMMIT:path.')
    },
  } as Tool<never>
}

const tellsHistory = new Set(['log', 'blame', 'show'])

async function refuse(sentence: string): Promise<string> {
  throw new Problem('forbidden', sentence)
}

function watch(tool: Tool<never>, calls: { name: string; input: unknown }[]): Tool<never> {
  return {
    ...tool,
    async run(input, signal) {
      const answer = await tool.run(input, signal)
      calls.push({ name: tool.name, input })
      return answer
    },
  }
}
