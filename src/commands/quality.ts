// `runs --quality`: what became of findings, by agent, rule and model; counts first, and a share only where there is enough to count.
import { z } from 'zod'
import { plural } from '../domain/plural.ts'
import type { FindingOutcome } from '../domain/signal.ts'
import type { Store } from '../domain/store.ts'
import { findRepository, readInput } from './input.ts'
import { plain, table } from './print.ts'

/** Of findings whose pull was merged. */
interface Rates {
  name: string
  /** Shown to people. */
  posted: number
  actedOn: number
  notActedOn: number
  /** It could not be told from the code. */
  notTold: number
  dismissed: number
  up: number
  down: number
  /** Not shown, since a verifier refuted it; of all that were reported. */
  refuted: number
  reported: number
}

export interface Quality {
  all: Rates
  agents: Rates[]
  rules: Rates[]
  models: Rates[]
  /** Pulls that were closed without being merged, counted apart: nobody can tell whether their findings would have been acted on. */
  unmerged: { pulls: number; posted: number; dismissed: number; up: number; down: number }
  /** Findings below which a share says little. */
  few: number
}

const few = 20

const input = z.object({ repo: z.string().optional() }).loose()

export async function quality({ store }: { store: Store }, asked: unknown): Promise<Quality> {
  const { repo } = readInput(input, asked)
  const of = repo ? { repositoryId: (await findRepository(store, repo)).id } : {}
  return ratesOf(await store.outcomes.list(of))
}

/** A finding of several agents counts for each of them. */
function ratesOf(outcomes: FindingOutcome[]): Quality {
  const merged = outcomes.filter(one => one.merged)
  const left = outcomes.filter(one => !one.merged)
  const shown = left.filter(one => one.shown)
  return {
    all: rate('all', merged),
    agents: by(merged, one => (one.agents.length > 0 ? one.agents : ['code alone'])),
    rules: by(merged, one => [one.rule]),
    models: by(merged, one => [one.model ?? 'no model']),
    unmerged: {
      pulls: new Set(left.map(one => `${one.repositoryId}#${one.number}`)).size,
      posted: shown.length,
      dismissed: shown.filter(one => one.dismissed).length,
      ...thumbs(left),
    },
    few,
  }
}

function by(outcomes: FindingOutcome[], names: (one: FindingOutcome) => string[]): Rates[] {
  const groups = Map.groupBy(
    outcomes.flatMap(one => [...new Set(names(one))].map(name => ({ name, one }))),
    ({ name }) => name,
  )
  return [...groups]
    .map(([name, all]) =>
      rate(
        name,
        all.map(({ one }) => one),
      ),
    )
    .sort((a, b) => b.reported - a.reported || (a.name < b.name ? -1 : 1))
}

function rate(name: string, all: FindingOutcome[]): Rates {
  const shown = all.filter(one => one.shown)
  const acted = (what: FindingOutcome['acted']) => shown.filter(one => one.acted === what).length
  return {
    name,
    posted: shown.length,
    actedOn: acted('acted on'),
    notActedOn: acted('not acted on'),
    notTold: acted('not told'),
    dismissed: shown.filter(one => one.dismissed).length,
    ...thumbs(all),
    refuted: all.filter(one => one.refuted).length,
    reported: all.length,
  }
}

function thumbs(all: FindingOutcome[]): { up: number; down: number } {
  return { up: all.reduce((sum, { up }) => sum + up, 0), down: all.reduce((sum, { down }) => sum + down, 0) }
}

export function showQuality({ all, agents, rules, models, unmerged }: Quality): string {
  if (all.reported === 0 && unmerged.pulls === 0)
    return 'Nothing to tell yet: findings are judged when their pull request is closed.'
  const part = (title: string, rates: Rates[]) =>
    table(
      [title, 'posted', 'acted on', 'not', 'not told', 'dismissed', '👎', '👍', 'refuted'],
      rates.map(one => [
        plain(one.name),
        String(one.posted),
        share(one.actedOn, one.actedOn + one.notActedOn),
        String(one.notActedOn),
        String(one.notTold),
        share(one.dismissed, one.posted),
        String(one.down),
        String(one.up),
        share(one.refuted, one.reported),
      ]),
      '',
    )
  return [
    ...(all.reported > 0
      ? [part('merged', [all]), part('by agent', agents), part('by rule', rules), part('by model', models)]
      : ['No pull request with findings was merged yet.']),
    ...(unmerged.pulls > 0
      ? [
          `Closed without a merge, counted apart: ${plural(unmerged.pulls, 'pull request')} with ${plural(unmerged.posted, 'posted finding')}, ${unmerged.dismissed} dismissed, ${unmerged.down} 👎, ${unmerged.up} 👍.`,
        ]
      : []),
    `A share is given from ${few} findings on; of fewer it says little, so there are counts alone. "Acted on" means that the quoted lines were changed or are gone at the merge, whoever did it and why.`,
  ].join('\n\n')
}

/** "3 of 4"; with enough of them "30 of 40 (75 %)". */
function share(some: number, of: number): string {
  const counts = `${some} of ${of}`
  return of < few ? counts : `${counts} (${Math.round((100 * some) / of)} %)`
}
