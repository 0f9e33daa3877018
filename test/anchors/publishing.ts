// Findings on their whole way: the real judge, the real plan, the real publisher and the check, in batches as runs bring them.
import { planReview } from '../../src/agents/index.ts'
import type { Change } from '../../src/domain/change.ts'
import type { Finding, Judged } from '../../src/domain/finding.ts'
import type { PublishReceipt, WantedReview } from '../../src/domain/host.ts'
import type { Words } from '../../src/domain/words.ts'
import type { Checkout } from '../../src/domain/workspace.ts'
import { judge } from '../../src/judge/index.ts'
import { planPublication, renderCheck } from '../../src/publish/index.ts'
import { agents, routineOf, settings } from '../agents/cast.ts'
import { factsOf, reportOf } from '../publish/facts-of.ts'
import type { SimulatedPull } from '../simulators/github/index.ts'
import type { Pair } from './material.ts'
import type { Scene } from './scene.ts'

/** Where one batch came to stand. */
export interface Published {
  pull: SimulatedPull
  judged: Judged[]
  wanted: WantedReview
  receipt: PublishReceipt
  check: { text: string; annotations: number }
}

const routine = routineOf('code-review')
/** So few that neither the review's lists nor the check's table are cut. */
const atOnce = 50
/** Each further run reads what stands already. */
const runsAPull = 4

export async function publishAll(
  scene: Scene,
  pair: Pair,
  opened: { pull: SimulatedPull; checkout: Checkout; change: Change },
  findings: Finding[],
): Promise<Published[]> {
  const { host, repo, repository } = scene
  const { change, checkout } = opened
  let { pull } = opened
  const plan = planReview({ change, settings, routines: [routine], agents, serverRunUsd: 5 })
  const out: Published[] = []
  for (let from = 0; from < findings.length; from += atOnce) {
    const run = { id: `${pair.head}-${from}`, head: change.head, asked: true }
    if (out.length > 0 && out.length % runsAPull === 0) pull = await openPullOf(scene, pair, out.length)
    const judged = await judge({
      findings: findings.slice(from, from + atOnce),
      ...{ change, checkout, plan, routines: [routine], rules: [], tools: [], earlier: [], firstReview: true },
      words: {} as Words,
      model: { converse: () => Promise.reject(new Error('what code found needs no model')) },
      journal: () => ({ stored: async () => [], store: async () => {} }),
      signal: never,
    })
    const reports = plan.assignments.map(one => reportOf(one))
    const facts = factsOf(judged, { plan, reports, run, routines: [routine] })
    const standing = await host.standing(repository, pull.number)
    const wanted = planPublication({ ...facts, standing })
    const receipt = await host.publish(repository, pull.number, wanted, never)
    const update = renderCheck({ ...facts, routine, checkName: 'Watchbill / code-review' })
    const id = await host.openCheck(repository, { ...update, head: change.head, externalId: run.id })
    const check = repo.checkRuns(change.head).find(one => one.id === id)!
    out.push({
      pull,
      judged,
      wanted,
      receipt,
      check: { text: check.output.text ?? '', annotations: check.annotations.length },
    })
  }
  return out
}

/** GitHub has one open pull for a pair of branches, so the head gets another name for each. */
export async function openPullOf({ repo }: Scene, pair: Pair, number = 0): Promise<SimulatedPull> {
  const head = number === 0 ? pair.head : `${pair.head}-${number}`
  if (number > 0) await repo.importBranch(repo.gitDir, repo.sha(pair.head), head)
  return repo.openPull({ head, base: pair.base, title: pair.name })
}

const never = new AbortController().signal
