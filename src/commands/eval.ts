// `watchbill eval`: reviews the pull requests of a labelled data set one after the other, and measures what was found.
import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { promptsVersion } from '../builtins.ts'
import { dollars } from '../domain/money.ts'
import { plural } from '../domain/plural.ts'
import { Problem } from '../domain/problem.ts'
import {
  aacrFiles,
  type Compared,
  compare,
  type DataSet,
  defaultTolerance,
  type EvalItem,
  type Header,
  type ItemResult,
  type Measured,
  measure,
  readDataSet,
  spentIn,
} from '../evaluation/index.ts'
import type { Settings } from '../settings.ts'
import { openEvalWorkspaces } from './eval-checkout.ts'
import { measureItem } from './eval-item.ts'
import { capReached, type EvalPurse, openEvalPurse } from './eval-purse.ts'
import { openResultsFile, readSavedResults } from './results-file.ts'
import { openClaude } from './review.ts'

export interface EvalRequest {
  /** A file in our own form, one of AACR-Bench's two, or the directory that holds those. */
  path: string
  out: string
  resume: boolean
  /** Only so many items, the first ones. */
  limit?: number
  mode: 'review' | 'verifier'
  match: 'lines' | 'judge'
  tolerance: number
  repos?: string
  routines: string[]
  /** Most that the whole evaluation may cost, its earlier parts included. */
  usd: number
  version: string
  progress: (sentence: string) => void
  signal: AbortSignal
}

/** As the command line gives them. */
export interface EvalOptions {
  out?: string
  resume?: boolean
  limit?: number
  usd: number
  match: 'lines' | 'judge'
  tolerance?: number
  verifierOnly?: boolean
  repos?: string
  routine?: string[]
  compare?: string[]
  json?: boolean
}

/** Problem `bad_input` for options that do not go together. */
export function readEvalRequest(
  path: string | undefined,
  options: EvalOptions,
): { compare: [string, string] } | Omit<EvalRequest, 'version' | 'progress' | 'signal'> {
  const {
    compare,
    out,
    resume = false,
    limit,
    usd,
    match,
    tolerance = defaultTolerance,
    verifierOnly,
    repos,
    routine = [],
  } = options
  if (compare) {
    const [first, second, ...more] = compare
    if (path === undefined && first !== undefined && second !== undefined && more.length === 0)
      return { compare: [first, second] }
    throw new Problem('bad_input', '--compare takes two saved results and no data set: --compare BEFORE AFTER.')
  }
  if (path === undefined) throw new Problem('bad_input', 'Name a data set, or two results with --compare.')
  if (verifierOnly && match === 'judge')
    throw new Problem('bad_input', 'With --verifier-only nothing is matched, so --match judge has nothing to do.')
  return {
    path,
    out: out ?? `${basename(path).replace(/\.json$/, '')}.results.jsonl`,
    resume,
    ...(limit !== undefined && { limit }),
    mode: verifierOnly ? 'verifier' : 'review',
    match,
    tolerance,
    ...(repos !== undefined && { repos }),
    routines: routine,
    usd,
  }
}

export interface Evaluated {
  file: string
  dataSet: Pick<DataSet, 'name' | 'digest' | 'notes'>
  measured: Measured
  /** Why it ended before every item was measured. */
  stopped?: string
}

/** Failures in a row that are no longer the pull requests' own. */
const enoughFailures = 5

/** Problems: what is wrong with data set, results file, key or prices, before anything is paid. Ends early, and says so, when the cap is reached, many fail in a row, or the signal fires. */
export async function evaluate(settings: Settings, request: EvalRequest): Promise<Evaluated> {
  const set = readSet(request.path)
  const claude = openClaude(settings)
  using file = openResultsFile(request.out, headerOf(settings, request, set), request.resume)
  const before = file.read()
  const purse = openEvalPurse(request.usd, spentIn(before), file.append)
  const done = new Set(before.items.filter(item => item.state === 'done').map(item => item.item))
  const items = set.items.slice(0, request.limit)
  const open = items.filter(item => !done.has(item.id))
  tell(request, set, items, open, purse)

  const workspaces = openEvalWorkspaces(settings)
  const setDirectory = statSync(request.path).isDirectory() ? request.path : dirname(request.path)
  const stopped = await measureAll()
  return {
    file: request.out,
    dataSet: { name: set.name, digest: set.digest, notes: set.notes },
    measured: measure(file.read(), items.length),
    ...(stopped !== undefined && { stopped }),
  }

  async function measureAll(): Promise<string | undefined> {
    let failures = 0
    for (const [index, item] of open.entries()) {
      if (purse.left() === 0) return capReached(request.usd)
      const result = await measureItem({ ...request, settings, claude, workspaces, item, purse, setDirectory })
      if (!result) return 'Stopped; what was measured is kept, and --resume goes on.'
      file.append(result)
      request.progress(`[${items.length - open.length + index + 1}/${items.length}] ${sayItem(result, purse, request)}`)
      if (result.state === 'cut') return result.because
      failures = result.state === 'failed' ? failures + 1 : 0
      if (failures >= enoughFailures)
        return `${failures} pull requests in a row could not be measured, the last one because: ${result.because} --resume tries them again.`
    }
    return undefined
  }
}

/** Two saved results. Problems: what is wrong with either file. */
export function compareSaved(first: string, second: string): Compared {
  return compare(readSavedResults(first), readSavedResults(second))
}

/** 0: everything that was asked for is measured; 2: something is not. */
export function exitOfEval({ measured, stopped }: Evaluated): 0 | 2 {
  return stopped === undefined && measured.pulls.failed.length === 0 && measured.pulls.left === 0 ? 0 : 2
}

function readSet(path: string): DataSet {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found) throw new Problem('not_found', `There is no data set at ${path}.`)
  const names = found.isDirectory()
    ? Object.values(aacrFiles)
        .map(name => join(path, name))
        .filter(existsSync)
    : [path]
  if (names.length === 0)
    throw new Problem(
      'not_found',
      `${path} holds neither ${Object.values(aacrFiles).join(' nor ')}; name the file of the data set itself.`,
    )
  return readDataSet(names.map(name => ({ name: basename(name), text: readFileSync(name, 'utf8') })))
}

function headerOf({ models, rehearsed }: Settings, request: EvalRequest, set: DataSet): Header {
  const { mode, match, tolerance, routines, version } = request
  return {
    kind: 'header',
    form: 1,
    at: new Date().toISOString(),
    dataSet: { name: set.name, digest: set.digest, items: set.items.length },
    mode,
    match,
    tolerance,
    routines,
    prompts: promptsVersion(),
    models,
    rehearsed,
    version,
  }
}

function tell(request: EvalRequest, set: DataSet, items: EvalItem[], open: EvalItem[], purse: EvalPurse): void {
  const labels = (of: 'known' | 'rejected') => items.reduce((sum, item) => sum + item[of].length, 0)
  request.progress(
    `${set.name}: ${plural(items.length, 'pull request')} with ${labels('known')} known and ${labels('rejected')} rejected comments; ${items.length - open.length} measured before, ${open.length} to go.`,
  )
  for (const note of set.notes) request.progress(note)
  request.progress(
    `It may cost ${dollars(request.usd)} in all (--usd), of which ${dollars(purse.spent())} is spent. Results go to ${request.out}.`,
  )
}

function sayItem(result: ItemResult, purse: EvalPurse, { usd, mode }: EvalRequest): string {
  const money = `${dollars(purse.spent())} of ${dollars(usd)}`
  if (result.state !== 'done') return `${result.item}: not measured. ${result.because} (${money})`
  const posted = result.findings.filter(one => one.posted).length
  const part = result.incomplete.length > 0 ? ', in part' : ''
  const found = result.known.filter(one => one.found).length
  const valid = (labels: ItemResult['known']) =>
    `${labels.filter(one => one.state === 'valid').length} of ${labels.length}`
  const what =
    mode === 'review'
      ? `${plural(posted, 'comment')}, ${found} of ${result.known.length} known ones among them`
      : `found valid: ${valid(result.known)} known and ${valid(result.rejected)} rejected ones`
  return `${result.item}${part}: ${what} (${money})`
}
