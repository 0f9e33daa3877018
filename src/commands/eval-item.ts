// One item of a data set, measured: checked out, looked at, and told as a line of the results, also when it could not be.
import { readBuiltIns } from '../builtins.ts'
import { asProblem } from '../domain/problem.ts'
import type { Workspaces } from '../domain/workspace.ts'
import type { ItemResult } from '../evaluation/index.ts'
import { loadConfiguration } from '../routines/index.ts'
import { configurationAtBase, rulesAtBase } from './base-files.ts'
import { openItem } from './eval-checkout.ts'
import { capReached } from './eval-purse.ts'
import { type Measuring, measureReview, type Outcome } from './eval-review.ts'
import { measureVerifier } from './eval-verify.ts'

export interface ItemRequest extends Omit<Measuring, 'checkout' | 'confine' | 'configuration' | 'rules'> {
  mode: 'review' | 'verifier'
  workspaces: Workspaces
  /** What relative directories of the data set begin at. */
  setDirectory: string
  repos?: string
  /** The cap of the whole evaluation, US dollars. */
  usd: number
  progress: (sentence: string) => void
}

/** Undefined when it was stopped: nothing can be said of it. What a Problem kept from being measured is `failed`; a bug is thrown. */
export async function measureItem(request: ItemRequest): Promise<ItemResult | undefined> {
  const { item, purse, signal, usd } = request
  const began = Date.now()
  const ended = (outcome: Pick<ItemResult, 'state'> & Partial<Outcome> & { because?: string }): ItemResult => ({
    kind: 'item',
    at: new Date().toISOString(),
    item: item.id,
    digest: item.digest,
    findings: [],
    known: [],
    rejected: [],
    incomplete: [],
    unanswered: 0,
    ...outcome,
    milliseconds: Date.now() - began,
  })
  // What the cap cut short says nothing of what would have been found.
  const cut = () => ended({ state: 'cut', because: capReached(usd) })
  try {
    const outcome = await lookAt(request)
    return purse.short() ? cut() : ended({ ...outcome, state: 'done' })
  } catch (thrown) {
    if (signal.aborted) return undefined
    if (purse.short()) return cut()
    const problem = asProblem(thrown)
    if (problem.code === 'internal') throw thrown
    return ended({ state: 'failed', because: problem.message })
  }
}

async function lookAt(request: ItemRequest): Promise<Outcome> {
  const { repos, setDirectory, mode, ...asking } = request
  const places = { set: setDirectory, ...(repos !== undefined && { repos }) }
  await using checkout = await openItem(request.settings, request.workspaces, request.item, places, request)
  const configuration = loadConfiguration({
    builtIn: readBuiltIns(),
    organisation: [],
    repository: await configurationAtBase(checkout),
  })
  const { confine } = request.workspaces
  const look = { ...asking, checkout, confine, configuration, rules: (await rulesAtBase(checkout)).rules }
  return mode === 'review' ? await measureReview(look) : await measureVerifier(look)
}
