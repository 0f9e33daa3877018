// `watchbill review <range>`: the same pipeline on a local git range; prints, and exits by the gate.
import { writeFileSync } from 'node:fs'
import { readBuiltIns, readPatterns, readVersion, readWords } from '../builtins.ts'
import { type Claude, connectClaude, loadPrices, readFile } from '../claude/index.ts'
import type { Confine } from '../domain/confined.ts'
import type { PublishReceipt } from '../domain/host.ts'
import type { Stated } from '../domain/intent.ts'
import type { Cost, Inspection, Rule } from '../domain/plan.ts'
import { plural } from '../domain/plural.ts'
import { Problem } from '../domain/problem.ts'
import type { Configuration, Routine } from '../domain/routine.ts'
import { atLeast } from '../domain/severity.ts'
import type { StoredFinding } from '../domain/store.ts'
import type { Checkout } from '../domain/workspace.ts'
import { inspect } from '../inspect.ts'
import { renderSarif, renderTerminal } from '../publish/index.ts'
import { loadConfiguration } from '../routines/index.ts'
import { rememberInProcess } from '../runs/journal.ts'
import { keepForJudging } from '../runs/money/finder-share.ts'
import { openPurse, type Purse } from '../runs/money/purse.ts'
import { hideSecrets, openParsing, openScanners } from '../scanners/index.ts'
import type { Settings } from '../settings.ts'
import { openWorkspaces } from '../workspace/index.ts'
import { configurationAtBase, rulesAtBase } from './base-files.ts'
import { chooseRoutines } from './choose-routines.ts'
import { useProxy } from './proxy.ts'

export interface HandReview {
  /** Names of routines; none: those that answer pull requests with such paths. */
  routines: string[]
  progress: (sentence: string) => void
  signal: AbortSignal
  /** Of what the review may cost; default: one in memory, of this review alone. */
  purse?: (usd: number) => Purse
}

export interface HandResult extends Inspection {
  cost: Cost
  routines: Routine[]
  head: string
  rehearsed: boolean
  /** No model was asked: tools alone looked. */
  toolsOnly: boolean
  /** Where the review came to stand, when it was posted. */
  posted?: PublishReceipt
}

/** Reviews a range of a local repository. Problems: what is wrong with range, key, prices or configuration; nothing is posted anywhere. */
export async function reviewLocal(
  settings: Settings,
  request: HandReview & { range: string; dir: string },
): Promise<HandResult> {
  const claude = openClaude(settings, true)
  const workspaces = openWorkspaces({ dataDir: settings.dataDir, environment: settings.proxy })
  request.progress(`Reading ${request.range}`)
  await using checkout = await workspaces.openLocal({ dir: request.dir, range: request.range, signal: request.signal })
  const configuration = loadConfiguration({
    builtIn: readBuiltIns(),
    organisation: [],
    repository: await configurationAtBase(checkout),
  })
  const { rules, notes } = await rulesAtBase(checkout)
  // Awaited here: the checkout is given up when this function returns.
  return await lookOver(settings, claude, request, {
    checkout,
    confine: workspaces.confine,
    configuration,
    rules,
    notes,
    earlier: [],
  })
}

/** The look over a checkout that both commands share: in-process memory and purse. */
export async function lookOver(
  settings: Settings,
  claude: Claude,
  request: HandReview,
  input: {
    checkout: Checkout
    /** Of the workspaces that the checkout is of. */
    confine: Confine
    configuration: Configuration
    rules: Rule[]
    notes?: string[]
    stated?: () => Promise<Stated>
    earlier: StoredFinding[]
  },
): Promise<HandResult> {
  const { checkout, configuration } = input
  const started = Date.now()
  const { routines, leftOut } = chooseRoutines(configuration.routines, request.routines, await checkout.change())
  const toolsOnly = isToolsOnly(settings)
  let purse: Purse = openPurse(0)
  const inspection = await inspect(
    {
      model: plan => {
        purse = (request.purse ?? openPurse)(Math.min(plan.usd, settings.budget.run))
        return claude.model(keepForJudging(purse, plan.usd, purse.findersUsd))
      },
      readFile,
      scanners: openScanners({ confine: input.confine, rules: readPatterns(), osvUrl: settings.osvUrl }),
      hide: hideSecrets,
      parsing: openParsing({ confine: input.confine }),
      words: readWords(),
      memory: rememberInProcess(),
      signal: request.signal,
      budget: settings.budget,
      toolsOnly,
      onStage: (stage, plan) =>
        request.progress(
          toolsOnly
            ? sayTools[stage]
            : stage === 'fleet' && plan
              ? `Sending ${plural(plan.assignments.length, 'agent')}. ${plan.because}`
              : saying[stage],
        ),
      onReport: report =>
        request.progress(`${report.assignment}: ${plural(report.findings.length, 'claim')}. ${report.ended.because}`),
    },
    {
      ...input,
      routines,
      agents: configuration.agents,
      settings: configuration.settings,
      notes: [
        ...(input.notes ?? []),
        ...(leftOut === undefined ? [] : [leftOut]),
        ...configuration.problems.map(problem => `${problem.file}: ${problem.message}`),
        ...routines.filter(routine => routine.repositories.length > 0).map(withoutBeside),
      ],
    },
  )
  const { usd, calls } = purse.spent()
  return {
    ...inspection,
    cost: { usd, calls, milliseconds: Date.now() - started },
    routines,
    head: checkout.head,
    rehearsed: settings.rehearsed,
    toolsOnly,
  }
}

/** Problem when no model can be asked: before anything is fetched. `toolsWillDo`: a missing key is none, since tools look alone then. */
export function openClaude(settings: Settings, toolsWillDo = false): Claude {
  useProxy(settings.proxy)
  const claude = connectClaude({ ...settings.anthropic, models: settings.models, prices: loadPrices(settings.prices) })
  const problem = claude.ready()
  if (problem && !(toolsWillDo && isToolsOnly(settings))) throw problem
  return claude
}

/** For tools that read SARIF. Problem `bad_input` when the file can not be written. */
export function writeSarif(file: string, { judged, incompleteBecause }: HandResult): void {
  const log = renderSarif({ judged, gaps: incompleteBecause, version: readVersion(), category: 'watchbill' })
  try {
    writeFileSync(file, `${JSON.stringify(log, null, 2)}\n`)
  } catch (thrown) {
    throw new Problem('bad_input', `${file} can not be written (${(thrown as NodeJS.ErrnoException).code}).`, {
      cause: thrown,
    })
  }
}

export function showReview(result: HandResult): string {
  return renderTerminal({ ...result, run: { id: 'local', head: result.head, asked: true } })
}

/** Nothing can be asked of a model. */
function isToolsOnly({ anthropic }: Pick<Settings, 'anthropic'>): boolean {
  return !anthropic.apiKey
}

const saying = { plan: 'Planning', fleet: 'Agents are looking', judge: 'Verifying what they found' }
const sayTools = {
  ...saying,
  fleet: 'Tools look alone: there is no key for a model.',
  judge: 'Placing what they found',
}

/** 0: complete and nothing at or above high; 1: something at or above it, verified, or told by a tool where nothing was verified; 2: could not finish or could not look. */
export function exitOf(result: Inspection & { toolsOnly: boolean }): 0 | 1 | 2 {
  const stands = result.judged.some(
    finding =>
      (finding.verdict.verdict === 'posted' || (result.toolsOnly && finding.verdict.verdict === 'unverified')) &&
      finding.origin === 'introduced' &&
      atLeast(finding.severity, 'high'),
  )
  if (stands) return 1
  return result.complete ? 0 : 2
}

function withoutBeside({ name, repositories }: Routine): string {
  return `\`${name}\` reads ${repositories.join(', ')} beside; a review by hand looks at this repository alone.`
}
