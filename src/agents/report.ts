// What one agent reports through its tools: claims become findings, and the files it looked at are remembered.
import type { Call } from '../domain/calls.ts'
import type { Tool } from '../domain/conversation.ts'
import { type Claim, claimSchema, type Finding } from '../domain/finding.ts'
import type { Assignment } from '../domain/plan.ts'
import { Problem } from '../domain/problem.ts'
import { weigh } from '../domain/weighing.ts'

/** Claims an agent may report. */
const claimsAtMost = 30

/** The tool by which an agent reports; everybody's is the same on the wire. `heard` is called with each claim that is taken. */
export function reportTool(heard: Claim[]): Tool<never> {
  const tool: Tool<Claim> = {
    name: 'report_finding',
    description:
      'Reports one problem in the code. Call it once for each problem; what is only said in text is not counted. The quote has to be copied verbatim.',
    input: claimSchema,
    async run(claim) {
      const same = heard.some(one => JSON.stringify(one) === JSON.stringify(claim))
      if (same) return 'Already noted.'
      if (heard.length >= claimsAtMost)
        throw new Problem('too_large', `${claimsAtMost} findings are noted, and no more are taken. End here.`)
      heard.push(claim)
      return `Noted (${heard.length} of at most ${claimsAtMost}).`
    },
  }
  return tool as unknown as Tool<never>
}

/** The claims in stored calls, each once, in order. */
export function claimsIn(calls: Call[]): Claim[] {
  const claims = new Map<string, Claim>()
  for (const call of calls) {
    if (call.name !== 'report_finding') continue
    const claim = claimSchema.safeParse(call.input)
    if (claim.success) claims.set(JSON.stringify(claim.data), claim.data)
  }
  return [...claims.values()].slice(0, claimsAtMost)
}

export function findingsOf(assignment: Assignment, claims: Claim[]): Finding[] {
  return claims.map((claim, index) =>
    weighed({
      ...claim,
      id: `${assignment.id}-f${index + 1}`,
      agents: [assignment.id],
      routines: assignment.routines,
      security: assignment.agent.name === 'security' || claim.cwe !== undefined || /secur/i.test(claim.category ?? ''),
    }),
  )
}

/** What is gained by a weakness, and how easily, decides how grave it is; where both were given, no other word does. */
function weighed(finding: Finding): Finding {
  return finding.security ? { ...finding, severity: weigh(finding) ?? finding.severity } : finding
}

/** Of the assigned files, those that a call was about. */
export function filesTouched(assignment: Assignment, calls: Call[]): string[] {
  const named = new Set(calls.flatMap(pathsOf))
  return assignment.files.filter(file => named.has(file))
}

const opening = new Set(['read', 'blame', 'show', 'grep', 'log'])

/** What calls of the look tools opened, each once; of another repository as `OWNER/REPO:path`. */
export function pathsIn(calls: Call[]): string[] {
  const named = calls
    .filter(call => opening.has(call.name))
    .flatMap(call => pathsOf(call).map(path => placed(call, path)))
  return [...new Set(named)]
}

function placed({ input }: Call, path: string): string {
  const repository = (input as { repository?: unknown } | null)?.repository
  return typeof repository === 'string' ? `${repository}:${path}` : path
}

function pathsOf(call: Call): string[] {
  const input = (typeof call.input === 'object' && call.input !== null ? call.input : {}) as Record<string, unknown>
  const paths = [input.path, input.file].filter(value => typeof value === 'string')
  if (typeof input.revision === 'string' && input.revision.includes(':'))
    paths.push(input.revision.slice(input.revision.indexOf(':') + 1))
  return paths.map(path => path.replace(/^\.?\/+/, ''))
}
