// The look over one checked-out change, the same for a pull request and for a local range: plan → tools → fleet → judge.
import {
  findHostileText,
  floorAt,
  type LookBeside,
  lookTools,
  planReview,
  sayInventory,
  sendFleet,
  takeInventory,
} from './agents/index.ts'
import type { Change } from './domain/change.ts'
import type { Model, ReadFile } from './domain/conversation.ts'
import type { Hide, Scanner } from './domain/evidence.ts'
import type { Stated } from './domain/intent.ts'
import type { AgentReport, Inspection, Plan, Rule } from './domain/plan.ts'
import type { Agent, RepositorySettings, Routine } from './domain/routine.ts'
import { bySeverity } from './domain/severity.ts'
import type { StoredFinding } from './domain/store.ts'
import type { Parsing } from './domain/suggestion.ts'
import type { Words } from './domain/words.ts'
import type { Checkout } from './domain/workspace.ts'
import { judge, keepInGate, recheck } from './judge/index.ts'
import { withoutSecrets } from './publish/index.ts'
import { holdReviewRules } from './routines/index.ts'
import { covered, missing, notChecked } from './runs/ending/coverage.ts'
import type { Memory } from './runs/journal.ts'
import { deadlines, finderShare, unlessStopped } from './runs/look/deadline.ts'
import { gatherEvidence, securityLook, unseen } from './runs/look/evidence.ts'
import { hideBeside, hideIn, hideInReads, hideInStated, hideInTexts } from './runs/look/hide.ts'
import { lookForIntent } from './runs/look/intent.ts'
import { toolsOnlySentence, withoutAgents } from './runs/look/tools-only.ts'
import { mostARun } from './runs/money/money.ts'
import { openRules } from './runs/reading/rules.ts'
import { type Past, scopeOf } from './runs/reading/scope.ts'
import { goesOnFrom } from './runs/reading/unfinished.ts'
import { wordsFor } from './runs/reading/words.ts'
import { telling } from './runs/telling.ts'

export interface InspectPorts {
  /** A metered model whose purse holds what the plan may cost. */
  model: (plan: Plan) => Model
  readFile: ReadFile
  /** Tools that look beside the models. */
  scanners: Scanner[]
  /** Takes secrets out of what models are shown. */
  hide: Hide
  /** Tries out proposed replacements; absent, none is offered for committing. */
  parsing?: Parsing
  words: Words
  memory: Memory
  signal: AbortSignal
  /** Ceiling of the whole server for one run, US dollars. */
  budget: { run: number }
  onStage?: (stage: 'plan' | 'fleet' | 'judge', plan?: Plan) => void
  onReport?: (report: AgentReport) => void
  /** Nobody is sent and nothing is verified: there is no model to ask. */
  toolsOnly?: boolean
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
  /** Findings of earlier reviews of the same pull. */
  earlier: StoredFinding[]
  /** Reads what the pull says it does, for routines that ask for it; absent where nobody said anything. */
  stated?: () => Promise<Stated>
  /** How far earlier reviews of the same pull came. */
  past?: Past
  /** Findings on record of the repository. */
  elsewhere?: StoredFinding[]
}

/** Problems: `stopped` when the signal fires. A deadline or an empty purse is not a problem: what is there is judged, and what is missing is said. */
export async function inspect(ports: InspectPorts, input: InspectInput): Promise<Inspection> {
  const { memory, signal, hide } = ports
  const held = holdReviewRules(
    input.rules.find(rule => rule.path === 'REVIEW.md'),
    input.routines,
  )
  const { routines } = held
  const open = await input.checkout.without(input.settings.private)
  const raw = await open.change()
  const checkout = hideIn({ ...open, change: async () => raw }, hide)
  const beside = input.beside && hideBeside(input.beside, hide)
  // Rules that are private are shown to no model; what code carries out of them holds.
  const rules = await hideInTexts(openRules(input.rules, checkout.hides), hide)
  const { words, notes } = wordsFor(
    ports.words,
    routines,
    input.beside?.map(one => one.name),
  )
  const change = await checkout.change()
  const scope = await scopeOf(input.past, { ...input, words: ports.words, checkout })
  const before = goesOnFrom(input.past, { ...input, words: ports.words, checkout })
  const { goingOn, inFull } = scope
  // Nothing came since a review of the same commit.
  const since = before ? { commit: checkout.head, ancestor: true, change: { ...change, files: [] } } : scope.since
  const planned = planReview({
    change,
    settings: input.settings,
    skipByRules: held.rules.skip,
    routines,
    agents: input.agents,
    goingOn,
    inFull: before ? undefined : inFull,
    before,
    serverRunUsd: mostARun(ports.budget, input.settings),
    full: input.full,
  })
  const plan = ports.toolsOnly ? withoutAgents(planned) : planned
  ports.onStage?.('fleet', plan)

  const model = ports.model(plan)
  const evidence = await memory.once('evidence', async () =>
    gatherEvidence(ports, { checkout: open, change: raw, routines, signal }),
  )
  const tools = lookTools(checkout, hideInReads(ports.readFile, hide), beside)
  const within = deadlines(signal, plan.milliseconds)
  const told = telling(memory, signal, ports.onReport)
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
      goingOn,
      inventory: sayInventory(takeInventory(raw), words),
      signal: within(finderShare),
      onReport: told.onReport,
    })
    return unlessStopped(signal, sent)
  })

  ports.onStage?.('judge', plan)
  const findings = [...findHostileText(change), ...evidence.findings, ...reports.flatMap(report => report.findings)]
  // What was quoted of a file before it became private is shown to no model either.
  const shown = (one: StoredFinding) => !checkout.hides(one.file) && !checkout.hides(one.placement.path)
  const judging = {
    change,
    checkout,
    plan,
    routines,
    rules,
    bars: held.rules,
    words,
    tools,
    model,
    journal: memory.journal,
    earlier: input.earlier.filter(shown),
    elsewhere: (input.elsewhere ?? []).filter(shown),
    since,
    goesOn: goingOn !== undefined || before !== undefined,
    firstReview:
      (scope.first && input.earlier.length === 0) || (before !== undefined && input.past?.points.length === 0),
    floorAt,
    onVerified: told.onVerified,
    parsing: ports.parsing,
    leavesAsItIs: async (text: string) => (await hide(text)) === text && withoutSecrets(text) === text,
    signal: within(1),
  }
  const found = await memory.once('judge', async () => unlessStopped(signal, await judge({ ...judging, findings })))
  const again =
    input.earlier.length === 0
      ? { judged: [], rechecked: [] }
      : await memory.once('recheck', async () =>
          unlessStopped(signal, await recheck({ ...judging, earlier: input.earlier, judged: found })),
        )
  const over = new Set(again.judged.map(one => one.fingerprint))
  const now = [...found.filter(one => !over.has(one.fingerprint)), ...again.judged]
  const judged = keepInGate(now, input.earlier).sort(bySeverity)
  const { stated } = input
  const intent = await lookForIntent({
    ...judging,
    memory,
    stop: signal,
    stated: stated && (() => hideInStated(stated, hide)),
  })
  const incompleteBecause = [
    ...(ports.toolsOnly ? [toolsOnlySentence] : []),
    ...missing(plan, reports, judged),
    ...notChecked(again.rechecked),
    ...unseen(evidence.tools, plan),
    ...(intent.report?.incompleteBecause ? [intent.report.incompleteBecause] : []),
  ]
  const security = securityLook({ change: raw, routines }, evidence.tools, plan, reports)
  return {
    plan: { ...plan, manifest: covered(plan, reports) },
    reports,
    judged,
    complete: incompleteBecause.length === 0,
    incompleteBecause,
    notes: [...input.notes, ...held.notes, ...notes, ...intent.notes, ...oldRulesApplied(change)],
    rechecked: again.rechecked,
    onRecord: input.earlier.map(one => one.fingerprint),
    ...(security && { security }),
    ...(intent.report && { intent: intent.report }),
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
