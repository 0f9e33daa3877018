// The middle of a work run: plan → agents, each with its part → judge, over a commit and whatever was gathered about it.
import { findHostileText, floorAt, givenTo, lookTools, planWork, promptsFor, sendFleet } from '../../agents/index.ts'
import type { Change } from '../../domain/change.ts'
import type { Model } from '../../domain/conversation.ts'
import type { SecurityLook } from '../../domain/evidence.ts'
import type { Judged } from '../../domain/finding.ts'
import type { AgentReport, Plan } from '../../domain/plan.ts'
import type { Routine } from '../../domain/routine.ts'
import type { WorkRun } from '../../domain/run.ts'
import type { StoredFinding } from '../../domain/store.ts'
import type { Gathered } from '../../domain/task.ts'
import type { Checkout } from '../../domain/workspace.ts'
import { judge } from '../../judge/index.ts'
import type { Progress } from '../checks/progress.ts'
import { swept } from '../ending/coverage.ts'
import type { Memory } from '../journal.ts'
import { mostARun } from '../money/money.ts'
import type { ReviewPorts } from '../ports.ts'
import type { OpenBeside } from '../reading/beside.ts'
import { openRules } from '../reading/rules.ts'
import type { Task } from '../reading/task.ts'
import { wordsFor } from '../reading/words.ts'
import { telling } from '../telling.ts'
import { deadlines, finderShare, unlessStopped } from './deadline.ts'
import { gatherEvidence, securityLook } from './evidence.ts'
import { hideBeside, hideIn, hideInReads, hideInTexts } from './hide.ts'

export interface CrewInput {
  run: WorkRun
  routine: Routine
  task: Task
  checkout: Checkout
  beside: OpenBeside['checkouts']
  /** Of the same routine, about the same pull or the same repository. */
  earlier: StoredFinding[]
  memory: Memory
  progress: Pick<Progress, 'stage' | 'report'>
  model: (plan: Plan) => Model
  signal: AbortSignal
}

export interface CrewWork {
  change: Change
  plan: Plan
  reports: AgentReport[]
  judged: Judged[]
  /** Where the routine is about security. */
  security?: SecurityLook
}

/** Safe to repeat: every stage and every turn of an agent is stored, and none is paid for twice. */
export async function sendCrew(ports: ReviewPorts, input: CrewInput): Promise<CrewWork> {
  const { run, routine, task, memory, progress, signal } = input
  const { hide } = ports
  const { settings, agents } = task
  const open = await input.checkout.without(settings.private)
  const raw = await open.change()
  const checkout = hideIn({ ...open, change: async () => raw }, hide)
  const beside = hideBeside(input.beside, hide)
  const gathered = await hideInTexts(task.gathered, hide)
  const rules = await hideInTexts(openRules(task.rules, checkout.hides), hide)
  const { words } = wordsFor(
    ports.words,
    [routine],
    beside.map(one => one.name),
  )
  const change = await checkout.change()
  const tree = routine.each ? await checkout.files() : undefined
  const plan = planWork({
    routine,
    agents,
    settings,
    change,
    ...(tree && { tree: { ...tree, hides: checkout.hides } }),
    serverRunUsd: mostARun(ports.budget, settings),
  })
  progress.stage('fleet', plan)

  const model = input.model(plan)
  const evidence = await memory.once('evidence', async () =>
    gatherEvidence(ports, {
      checkout: open,
      change: raw,
      ...(tree && { tree: tree.files }),
      routines: [routine],
      signal,
    }),
  )
  const tools = lookTools(checkout, hideInReads(ports.readFile, hide), beside)
  const within = deadlines(signal, plan.milliseconds)
  const told = telling(memory, signal, progress.report)
  const known = knownOf(input.earlier, path => checkout.hides(path))
  const given = givenTo({ routine, event: run.event, gathered })
  const common = { plan, change, rules, words, model, tools, journal: memory.journal, routines: [routine] }
  const reports = await memory.once('fleet', async () => {
    const prompts = promptsFor({
      routine,
      event: run.event,
      change,
      plan,
      rules,
      words,
      gathered,
      known,
    })
    const sent = await sendFleet({
      ...common,
      prompts,
      task: { sources: sourcesOf({ checkout, beside }, given), given: given.map(one => one.source) },
      signal: within(finderShare),
      onReport: told.onReport,
    })
    return unlessStopped(signal, sent)
  })

  progress.stage('judge', plan)
  const judged = await memory.once('judge', async () => {
    const all = await judge({
      ...common,
      findings: [...findHostileText(change), ...evidence.findings, ...reports.flatMap(report => report.findings)],
      checkout,
      earlier: input.earlier,
      firstReview: true,
      tree: true,
      floorAt,
      onVerified: told.onVerified,
      signal: within(1),
    })
    return unlessStopped(signal, all)
  })
  const security = securityLook({ change: raw, routines: [routine] }, evidence.tools, plan, reports)
  return {
    change,
    plan: { ...plan, manifest: swept(plan, reports) },
    reports,
    judged,
    ...(security && { security }),
  }
}

/** What agents are told is on record; of a file that is private now they hear nothing. */
export function knownOf(
  earlier: StoredFinding[],
  hides: Checkout['hides'],
): { file: string; title: string; dismissed: boolean }[] {
  const onRecord = earlier.filter(
    ({ state, verdict, file }) =>
      !hides(file) && (state === 'dismissed' || (state === 'open' && verdict.verdict === 'posted')),
  )
  return onRecord.map(({ file, title, state }) => ({ file, title, dismissed: state === 'dismissed' }))
}

/** Where evidence is looked up: the commit, the repositories beside it (`OWNER/REPO:path`), and what agents were given. */
function sourcesOf(
  { checkout, beside }: Pick<CrewInput, 'checkout' | 'beside'>,
  given: Gathered[],
): (name: string) => Promise<string | undefined> {
  return async name => {
    const text = given.find(one => one.source === name)
    if (text) return text.text
    const other = beside.find(one => name.startsWith(`${one.name}:`))
    return other ? other.checkout.file(name.slice(other.name.length + 1)) : checkout.file(name.replace(/^(\.?\/)+/, ''))
  }
}
