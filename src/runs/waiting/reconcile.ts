// GitHub does not repeat a delivery that failed: its list is compared with what is here, and what never came is asked for again.
import type { Host } from '../../domain/host.ts'
import { asProblem, Problem } from '../../domain/problem.ts'
import type { Reconciled, Rooms } from '../../domain/store.ts'
import { compare, type Redelivery } from './redeliver.ts'

export interface ReconcilePorts {
  store: Pick<Rooms, 'reconciliation' | 'deliveries'>
  host: Pick<Host, 'attempts' | 'deliverAgain' | 'knowsEvent'>
  now: () => Date
  newId: () => string
  log: (line: object, sentence: string) => void
}

/** Milliseconds for which GitHub keeps a delivery that it can make again: https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks */
const keptByGitHub = 3 * 86_400_000
/** Milliseconds before the last comparison that are looked at again: what was under way then is listed by its beginning. */
const overlap = 10 * 60_000
/** Deliveries asked for in one go; the rest follows in the next. */
const most = 1000
/** Answers of GitHub that may be lost in a row. */
const lostAtMost = 5
/** Milliseconds between two signs that the turn is still ours. */
const holdEvery = 5_000

/** One comparison, unless another process has the turn or a complete one began at `unlessSince` or later: undefined then. */
export async function reconcile(
  ports: ReconcilePorts,
  unlessSince: string,
  signal: AbortSignal,
): Promise<Reconciled | undefined> {
  const { store, now, log } = ports
  const holder = ports.newId()
  const at = now().toISOString()
  const turn = await store.reconciliation.begin({ holder, at, unlessSince })
  if (!turn) return undefined
  const lost = new AbortController()
  const stop = AbortSignal.any([signal, lost.signal])
  const hold = setInterval(() => {
    store.reconciliation.hold(holder, now().toISOString()).then(
      held => held || lost.abort(new Problem('lost', 'Another process compares the deliveries.')),
      () => {},
    )
  }, holdEvery)
  let outcome: Reconciled
  try {
    outcome = await lookAndAsk(ports, turn, stop)
  } catch (thrown) {
    const { message } = asProblem(thrown)
    outcome = { complete: false, read: 0, failed: 0, missing: 0, asked: 0, because: message }
  } finally {
    clearInterval(hold)
  }
  await store.reconciliation.end(holder, now().toISOString(), outcome)
  const { because, ...counts } = outcome
  const odd = !outcome.complete || outcome.cut
  const sentence = outcome.complete ? because : `GitHub's deliveries could not all be compared with ours: ${because}`
  log({ reconciled: counts, ...(odd && { problem: because }) }, sentence)
  return outcome
}

async function lookAndAsk(
  ports: ReconcilePorts,
  turn: { watchedSince: string; reached?: string | undefined },
  signal: AbortSignal,
): Promise<Reconciled> {
  const { store, host, now } = ports
  const since = Math.max(now().getTime() - keptByGitHub, Date.parse(turn.reached ?? '1970-01-01') - overlap)
  const { attempts, all } = await host.attempts(new Date(since).toISOString(), signal)
  if (!all && signal.aborted) throw new Problem('stopped', 'It was stopped.')
  const ids = [...new Set(attempts.map(one => one.delivery))]
  const known = await store.deliveries.known(ids)
  const asked = await store.reconciliation.asked(ids.filter(id => !known.has(id)))
  const { again, left } = compare({ attempts, known, asked, ...turn, knowsEvent: host.knowsEvent })
  const counts = {
    read: attempts.length,
    failed: again.filter(({ kind }) => kind === 'failed').length,
    missing: again.filter(({ kind }) => kind === 'missing').length,
  }
  const { taken, unsure, problem } = await askAll(ports, again.slice(0, most), signal)
  // What a list that was cut does not show, none that is read later shows.
  const cut = !all && { cut: true as const }
  const complete = unsure === 0 && problem === undefined && again.length <= most
  const came = again.length === 0 ? 'all that GitHub lists has come' : sayAsked(counts, taken)
  const sentences = [
    `${attempts.length} attempts of GitHub to deliver were compared with what is here: ${came}.`,
    ...(left > 0 ? [`${left} more were asked for often enough, and are left.`] : []),
    ...(all
      ? []
      : [
          `GitHub's list is longer than what is read of it: what was made before ${attempts.at(-1)?.at} is not compared.`,
        ]),
    ...(unsure > 0 ? [`Of ${unsure}, GitHub's answer was lost; they are asked for again soon.`] : []),
    ...(again.length > most ? [`${again.length - most} more follow soon.`] : []),
    ...(problem === undefined ? [] : [problem]),
  ]
  return { complete, ...cut, ...counts, asked: taken, because: sentences.join(' ') }
}

function sayAsked({ failed, missing }: { failed: number; missing: number }, taken: number): string {
  return `${failed} failed and ${missing} never came, ${taken} of which GitHub delivers again`
}

async function askAll(ports: ReconcilePorts, again: Redelivery[], signal: AbortSignal) {
  const { store, host, now, log } = ports
  let [taken, unsure, inARow] = [0, 0, 0]
  for (const { attempt, kind, because } of again) {
    if (signal.aborted) return { taken, unsure, problem: 'It was stopped.' }
    await store.reconciliation.ask(attempt.id, attempt.delivery, now().toISOString())
    try {
      await host.deliverAgain(attempt.id)
      taken++
      inARow = 0
      log({ delivery: attempt.delivery, event: attempt.event, redelivery: kind }, because)
    } catch (thrown) {
      const { code, message } = asProblem(thrown)
      if (code === 'rate_limited' || code === 'unauthorized' || code === 'stopped')
        return { taken, unsure, problem: message }
      if (code === 'unavailable') {
        unsure++
        if (++inARow >= lostAtMost) return { taken, unsure, problem: message }
        continue
      }
      log(
        { delivery: attempt.delivery, event: attempt.event, problem: message },
        `It is not delivered again: ${message}`,
      )
    }
    await store.reconciliation.taken(attempt.id, now().toISOString())
  }
  return { taken, unsure, problem: undefined }
}
