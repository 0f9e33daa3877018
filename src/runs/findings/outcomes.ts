// What became of a pull's findings once it is closed: acted on or not, told by the code that was merged, and kept for the rates.
import type { Event, Pull } from '../../domain/event.ts'
import type { Host } from '../../domain/host.ts'
import { asProblem, meanings } from '../../domain/problem.ts'
import { secretRemoved } from '../../domain/secrets.ts'
import type { FindingOutcome, Signal } from '../../domain/signal.ts'
import type { Rooms, StoredFinding } from '../../domain/store.ts'
import { linesOf, matchLines, ways } from '../../judge/index.ts'
import { readVotes } from './votes.ts'

export interface OutcomePorts {
  store: Pick<Rooms, 'findings' | 'signals' | 'outcomes' | 'ledger'>
  host: Pick<Host, 'fileAt' | 'changedPaths' | 'thumbs' | 'permission'>
  now: () => Date
  log: (line: object, sentence: string) => void
}

/** Files that are read at the merge commit. */
const filesAtMost = 60

/** Safe to repeat: the last word of each finding counts. */
export async function keepOutcomes(ports: OutcomePorts, { repository, pull }: Event): Promise<void> {
  if (!pull) return
  const { store, now } = ports
  const findings = (await store.findings.ofPull(repository.id, pull.number)).filter(
    one => one.verdict.verdict !== 'merged into' && one.state !== 'posted elsewhere',
  )
  if (findings.length === 0) return
  await readVotes(ports, repository, pull)
  const signals = Map.groupBy(await store.signals.of(repository.id, pull.number), one => one.fingerprint)
  const head = pull.merged ? (pull.mergeCommit ?? pull.head.sha) : pull.head.sha
  const read = reader(ports, { repository, pull, head })
  const models = modelsOf(ports.store.ledger)
  const outcomes: FindingOutcome[] = []
  for (const finding of findings) {
    const said = signals.get(finding.fingerprint) ?? []
    const shown = isShown(finding)
    const acted = await actedOn(finding, { pull, shown, head, read })
    const model = await models(finding)
    outcomes.push({
      repositoryId: repository.id,
      number: pull.number,
      fingerprint: finding.fingerprint,
      rowId: finding.rowId,
      merged: pull.merged,
      head,
      shown,
      refuted: finding.verdict.verdict === 'refuted',
      dismissed: finding.state === 'dismissed',
      up: votes(said, 'up'),
      down: votes(said, 'down'),
      ...acted,
      agents: finding.agents,
      rule: ruleOf(finding),
      ...(model !== undefined && { model }),
      at: now().toISOString(),
    })
  }
  await store.outcomes.set(outcomes)
}

/** What people saw: on a line, in a review's text or on a check. */
function isShown({ verdict, where }: StoredFinding): boolean {
  return where !== undefined || (['posted', 'held', 'unverified'].includes(verdict.verdict) && verdict.shown !== 'no')
}

const votes = (said: Signal[], what: Signal['what']) => said.filter(one => one.what === what && one.counts).length

/** By which findings of a kind are told apart. */
function ruleOf({ cwe, rule, category, security }: Pick<StoredFinding, 'cwe' | 'rule' | 'category' | 'security'>) {
  return (
    cwe ?? (rule ? 'rules' : undefined) ?? category?.toLowerCase().slice(0, 40) ?? (security ? 'security' : 'other')
  )
}

interface Looking {
  pull: Pull
  shown: boolean
  head: string
  read: (path: string) => Promise<string | undefined | Unread>
}

type Acted = Pick<FindingOutcome, 'acted' | 'because'>
interface Unread {
  because: string
}

async function actedOn(finding: StoredFinding, { pull, shown, head, read }: Looking): Promise<Acted> {
  const at = head.slice(0, 7)
  const told = (acted: Acted['acted'], because: string): Acted => ({ acted, because })
  if (!pull.merged) return told('not told', 'The pull request was closed without being merged.')
  if (!shown) return told('not told', 'Nobody was shown it.')
  if (finding.state === 'fixed') return told('acted on', finding.stateBecause)
  if (finding.quote === '') return told('not told', 'What it quoted is no longer kept.')
  const { path } = finding.placement
  const text = await read(path)
  if (typeof text === 'object') return told('not told', text.because)
  // A comment on removed lines asks for them to come back.
  if (finding.placement.at === 'line' && finding.placement.side === 'LEFT')
    return text !== undefined && holds(text, finding.quote)
      ? told('acted on', `The removed lines stand again at ${at}.`)
      : told('not acted on', `The removed lines are still gone at ${at}.`)
  if (text === undefined) return told('acted on', `Its file is gone at ${at}.`)
  return holds(text, finding.quote)
    ? told('not acted on', `The quoted lines stand at ${at} as they were.`)
    : told('acted on', `The quoted lines were changed or are gone at ${at}.`)
}

function holds(text: string, quote: string): boolean {
  if (quote.includes(secretRemoved)) return holdsSecret(text, quote)
  const [texts, wanted] = [text.split('\n'), linesOf(quote)]
  return ways.some(how => matchLines(texts, wanted, how).length > 0)
}

/** A quote without its secret stands where anything stands in the secret's place. */
function holdsSecret(text: string, quote: string): boolean {
  const tight = (of: string) => of.replace(/[^\S\n]+/g, '')
  const parts = tight(quote.trim().replaceAll(secretRemoved, '\0')).split('\0')
  let from = 0
  const all = tight(text)
  return parts.every((part, index) => {
    const at = all.indexOf(part, index === 0 ? 0 : from + 1)
    const near = index === 0 || (at >= 0 && !all.slice(from, at).includes('\n'))
    from = at + part.length
    return at >= 0 && near
  })
}

/** Each file once; of one that is gone at its path, one of the same name that the pull changed, lest a move count as an act. */
function reader(
  { host }: OutcomePorts,
  { repository, pull, head }: { repository: Event['repository']; pull: Pull; head: string },
): Looking['read'] {
  const texts = new Map<string, string | undefined | Unread>()
  let changed: Promise<string[] | undefined | Unread> | undefined
  const readOne = async (path: string) => {
    if (texts.has(path)) return texts.get(path)
    const full = { because: `More than ${filesAtMost} files would have to be read.` }
    const text = texts.size < filesAtMost ? await orWhy(() => host.fileAt(repository, head, path)) : full
    texts.set(path, text)
    return text
  }
  return async path => {
    const text = await readOne(path)
    if (text !== undefined) return text
    changed ??= orWhy(() => host.changedPaths(repository, pull.number))
    const name = path.slice(path.lastIndexOf('/') + 1)
    const paths = await changed
    const moved = (Array.isArray(paths) ? paths : []).find(one => one !== path && one.endsWith(`/${name}`))
    return moved === undefined ? undefined : readOne(moved)
  }
}

/** What passes by itself is thrown, so that the event is dispatched again. */
async function orWhy<T>(read: () => Promise<T>): Promise<T | Unread> {
  try {
    return await read()
  } catch (thrown) {
    const { code, message } = asProblem(thrown)
    if (meanings[code].retry) throw thrown
    return { because: `Its file could not be read at the merge: ${message}` }
  }
}

/** By the ledger: the first agent that reported it, in the run that did. Tools ask no model. */
function modelsOf(ledger: Rooms['ledger']): (finding: StoredFinding) => Promise<string | undefined> {
  const runs = new Map<string, Promise<Map<string, string>>>()
  const read = async (runId: string) =>
    new Map((await ledger.entries({ runId, limit: 1000 })).map(one => [one.name, one.model]))
  return async ({ runId, agents }) => {
    if (!runs.has(runId)) runs.set(runId, read(runId))
    return (await runs.get(runId)!).get(agents[0] ?? '')
  }
}
