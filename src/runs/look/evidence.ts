// The tools' part of a look: which files they are given, what they found with its secrets hidden, and what nobody looked at.
import { asksTool, lensesOf, takeInventory } from '../../agents/index.ts'
import type { Change } from '../../domain/change.ts'
import type { Evidence, Hide, Scanner, SecurityLook, ToolRun } from '../../domain/evidence.ts'
import type { AgentReport, Plan } from '../../domain/plan.ts'
import type { Routine } from '../../domain/routine.ts'
import type { Checkout, TreeFile } from '../../domain/workspace.ts'
import { unlessStopped } from './deadline.ts'
import { hideInFinding } from './hide.ts'

export interface Gathering {
  /** With the bytes as they are; private files are hidden in it. */
  checkout: Checkout
  change: Change
  /** Of a sweep: all there is. */
  tree?: TreeFile[]
  routines: Routine[]
  signal: AbortSignal
}

/** Each tool is asked where a routine wants to know, and what it finds belongs to those that do. */
export async function gatherEvidence(
  { scanners, hide }: { scanners: Scanner[]; hide: Hide },
  { checkout, change, tree, routines, signal }: Gathering,
): Promise<Evidence> {
  const paths = (tree?.map(file => file.path) ?? readable(change)).filter(path => !checkout.hides(path))
  const input = { checkout, change, paths, ...(tree && { tree: true as const }), signal }
  const all: Evidence = { findings: [], tools: [] }
  for (const scanner of scanners) {
    const own = routines.filter(routine => asksTool(routine, scanner.tool)).map(routine => routine.name)
    if (own.length === 0) continue
    const { findings, tools } = await scanner.scan(input)
    for (const finding of findings) all.findings.push({ ...(await hideInFinding(finding, hide)), routines: own })
    all.tools.push(...tools)
  }
  return unlessStopped(signal, all)
}

/** Generated, vendored and minified files are among them: nobody else looks at these. */
function readable(change: Change): string[] {
  return change.files
    .filter(file => file.status !== 'deleted' && !file.submodule && !file.symlink)
    .map(file => file.path)
}

/** Undefined where no tool was asked. */
export function securityLook(
  { change, routines }: Pick<Gathering, 'change' | 'routines'>,
  tools: ToolRun[],
  { assignments }: Plan,
  reports: AgentReport[],
): SecurityLook | undefined {
  const own = routines.filter(routine => tools.some(run => asksTool(routine, run.tool))).map(routine => routine.name)
  if (own.length === 0) return undefined
  const looked = assignments.filter(one => reports.some(report => report.assignment === one.id && report.looked))
  const lenses = new Set(looked.flatMap(one => lensesOf(one.agent)))
  return { routines: own, lenses: [...lenses], tools, ...takeInventory(change) }
}

/** What a tool could not do, where it leaves something that no agent was shown in full either; and what it found and could not list. */
export function unseen(tools: ToolRun[], { manifest }: Pick<Plan, 'manifest'>): string[] {
  const full = new Set(manifest.filter(entry => ['full', 'reviewed'].includes(entry.coverage)).map(entry => entry.path))
  const left = tools.flatMap(run =>
    (run.left ?? [])
      .filter(one => (one.found || !full.has(one.path)) && !one.because.startsWith('private'))
      .map(one => ({ ...one, tool: run.tool })),
  )
  const byPath = Map.groupBy(left, one => one.path)
  return [
    ...failedTools(tools),
    ...[...byPath].map(
      ([path, ones]) =>
        `\`${path}\` was not looked through whole by anybody: ${ones.map(one => `${one.tool}: ${one.because}`).join('; ')}`,
    ),
  ]
}

export function failedTools(tools: ToolRun[]): string[] {
  return tools.filter(run => run.state === 'failed').map(run => `The check of ${run.tool} failed: ${run.because}`)
}
