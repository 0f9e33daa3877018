// The look over one checked-out change, the same for a pull request and for a local range: plan → fleet → judge.
import { findHostileText, floorAt, type LookBeside, lookTools, planReview, sendFleet } from './agents/index.ts'
import type { Change } from './domain/change.ts'
import type { Model, ReadFile } from './domain/conversation.ts'
import type { AgentReport, Inspection, Plan, Rule } from './domain/plan.ts'
import type { Agent, RepositorySettings, Routine } from './domain/routine.ts'
import type { StoredFinding } from './domain/store.ts'
import type { Words } from './domain/words.ts'
import type { Checkout } from './domain/workspace.ts'
import { judge } from './judge/index.ts'
import { missing } from './runs/coverage.ts'
import { deadlines, finderShare, unlessStopped } from './runs/deadline.ts'
import type { Memory } from './runs/journal.ts'
import { findMended } from './runs/mended.ts'
import { mostARun } from './runs/money.ts'
import { wordsFor } from './runs/words.ts'

export interface InspectPorts {
  /** A metered model whose purse holds what the plan may cost. */
  model: (plan: Plan) => Model
  readFile: ReadFile
  words: Words
  memory: Memory
  signal: AbortSignal
  /** Ceiling of the whole server for one run, US dollars. */
  budget: { run: number }
  onStage?: (stage: 'plan' | 'fleet' | 'judge', plan?: Plan) => void
  onReport?: (report: AgentReport) => void
}

export interface InspectInput {
  checkout: Checkout
  routines: Routine[]
  agents: Agent[]
  settings: RepositorySettings
  rules: Rule[]
  notes: string[]
  full?: boolean | undefined
  /** Repositories that agents may read beside this one. */
  beside?: LookBeside[]
  /** Findings of earlier reviews of the same pull; their presence makes this one not the first. */
  earlier: StoredFinding[]
}

/** Problems: `stopped` when the signal fires. A deadline or an empty purse is not a problem: what is there is judged, and what is missing is said. */
export async function inspect(ports: InspectPorts, input: InspectInput): Promise<Inspection> {
  const { memory, signal } = ports
  const { routines, rules } = input
  const checkout = await input.checkout.without(input.settings.private)
  const { words, notes } = wordsFor(
    ports.words,
    routines,
    input.beside?.map(one => one.name),
  )
  const change = await checkout.change()
  const plan = planReview({
    change,
    settings: input.settings,
    routines,
    agents: input.agents,
    serverRunUsd: mostARun(ports.budget, input.settings),
    full: input.full,
  })
  ports.onStage?.('fleet', plan)

  const model = ports.model(plan)
  const tools = lookTools(checkout, ports.readFile, input.beside)
  const within = deadlines(signal, plan.milliseconds)
  const reports = await memory.once('fleet', async () => {
    const sent = await sendFleet({
      plan,
      change,
      rules,
      routines,
      words,
      tools,
      model,
      journal: memory.journal,
      signal: within(finderShare),
      onReport: ports.onReport,
    })
    return unlessStopped(signal, sent)
  })

  ports.onStage?.('judge', plan)
  const findings = [...findHostileText(change), ...reports.flatMap(report => report.findings)]
  const firstReview = input.earlier.length === 0
  const judged = await memory.once('judge', async () => {
    const all = await judge({
      findings,
      change,
      checkout,
      plan,
      routines,
      rules,
      words,
      tools,
      model,
      journal: memory.journal,
      earlier: input.earlier,
      firstReview,
      floorAt,
      signal: within(1),
    })
    return unlessStopped(signal, all)
  })
  const mended =
    input.earlier.length === 0
      ? []
      : await memory.once('mended', () => findMended(input.earlier, judged, { change, checkout }))
  const incompleteBecause = missing(plan, reports, judged)
  return {
    plan,
    reports,
    judged,
    complete: incompleteBecause.length === 0,
    incompleteBecause,
    notes: [...input.notes, ...notes, ...oldRulesApplied(change)],
    mended,
  }
}

const ruling =
  /(^|\/)(REVIEW|CLAUDE|AGENTS)\.md$|^\.github\/(routines\/|watchbill\.yml$)|(^|\/)\.(gitattributes|gitignore|ignore|rgignore)$/

function oldRulesApplied(change: Change): string[] {
  const touched = change.files.map(file => file.path).filter(path => ruling.test(path))
  return touched.length === 0
    ? []
    : [
        `This change touches ${touched.map(path => `\`${path}\``).join(', ')}; the versions on the trusted branch applied to this review.`,
      ]
}
