// A reply to a finding, answered: read what people said → open the pull → verify the finding again → say so in the thread → note.
import { lookTools } from '../../agents/index.ts'
import type { Pull } from '../../domain/event.ts'
import { Problem } from '../../domain/problem.ts'
import type { WorkRun } from '../../domain/run.ts'
import type { Signal } from '../../domain/signal.ts'
import type { StoredFinding } from '../../domain/store.ts'
import { answerReplies, type Replied, stillInGate } from '../../judge/index.ts'
import { isMarkedFixed, markFixed } from '../../publish/index.ts'
import { gateLine } from '../commands/dismiss.ts'
import { whyNoRelease } from '../commands/release.ts'
import { readConfiguration } from '../configuration/configuration.ts'
import { close, endWithProblem, settleEnded } from '../ending/end.ts'
import { redrawChecks } from '../findings/decided.ts'
import { rememberInStore } from '../journal.ts'
import { hideIn, hideInReads } from '../look/hide.ts'
import { meterOf } from '../money/money.ts'
import type { ReviewPorts } from '../ports.ts'
import { wordsFor } from '../reading/words.ts'
import { hasToWait } from '../waiting/turn.ts'
import { replyPlan, threadOf } from './reply-routine.ts'
import { sayReply } from './say-reply.ts'

/** Replies that are read together; of more, the latest. */
const together = 6

/** One answer to each reply, whatever crashes: the verdict is stored, the answer is looked for by its key before it is posted. */
export async function answerInThread(ports: ReviewPorts, runId: string, signal: AbortSignal): Promise<void> {
  const { store, host, now } = ports
  if (await hasToWait(ports, runId)) return
  const run = await store.runs.claim(runId, now().toISOString())
  if (run?.kind !== 'work') return settleEnded(ports, runId)
  const memory = rememberInStore(store.steps, run, now)
  try {
    const read = await memory.once('read', () => readReplies(ports, run))
    const { pull, finding, replies, time } = read
    if (!finding || replies.length === 0) return await close(ports, run, 'nothing to do', read.because)
    await store.runs.head(run.id, run.attempt, pull.head.sha)
    const answer = await memory.once('answer', () => verifyAgain(ports, run, { ...read, finding }, signal))
    const gated = answer.became === 'withdrawn' && stillInGate(finding) !== undefined
    const against = gated ? await whyNobodyMay(ports, run, replies) : undefined
    const gate = gated ? await gateLine(ports, finding, against) : ''
    const said = sayReply(answer, { head: pull.head.sha, time, security: finding.security })
    const body = await ports.hide(`${said}${gate}`)
    await host.comment(run.repository, finding.number, `reply-${replies.at(-1)!.commentId}`, body, threadOf(run))
    if (answer.became === 'fixed') await markComment(ports, run, pull, answer, signal)
    await note(ports, run, { finding, answer, replies, head: pull.head.sha, opens: against === undefined })
    if (answer.became === 'withdrawn' || answer.became === 'fixed')
      await redrawChecks(ports, { ...run, number: finding.number })
    await store.runs.report(run.id, run.attempt, body)
    const sentence = `The finding ${finding.rowId} was verified again after ${replies.length === 1 ? 'a reply' : `${replies.length} replies`}: ${answer.became}.`
    await close(ports, run, answer.unanswered ? 'partial' : 'done', sentence)
  } catch (thrown) {
    await endWithProblem(ports, run, thrown, signal)
  }
}

/** Replies are read when the run starts: those of the last minute are among them. */
async function readReplies(ports: ReviewPorts, run: WorkRun) {
  const { store, host } = ports
  const number = run.number ?? 0
  const noModel = ports.modelProblem()
  if (noModel) throw noModel
  const pull = await host.pull(run.repository, number)
  if (pull.state === 'closed')
    throw new Problem('stopped', 'The pull request was closed before the reply was answered.')
  const { settings } = await readConfiguration(ports, run.repository)
  const finding = await store.findings.ofComment(run.repository.id, number, threadOf(run))
  const all = finding ? await store.signals.of(run.repository.id, number, finding.fingerprint) : []
  const told = all.filter(one => one.what === 'reply')
  const replies = told.filter(one => one.counts && one.text !== undefined && one.runId === undefined)
  const time = new Set(told.flatMap(one => one.runId ?? [])).size + 1
  const open = finding?.state === 'open'
  const because = open
    ? 'Every reply in the thread has its answer.'
    : `The finding is ${finding?.state ?? 'not on record'} by now, so nothing was verified again.`
  return { pull, settings, finding: open ? finding : undefined, replies, time, because }
}

type Read = Awaited<ReturnType<typeof readReplies>>

async function verifyAgain(
  ports: ReviewPorts,
  run: WorkRun,
  { pull, settings, finding, replies }: Read & { finding: StoredFinding },
  signal: AbortSignal,
): Promise<Replied> {
  const { host, workspaces, hide } = ports
  await using opened = await workspaces.openPull({
    repository: run.repository,
    cloneUrl: host.cloneUrl(run.repository),
    number: pull.number,
    base: pull.base.sha,
    head: pull.head.sha,
    token: () => host.gitTokenOf(run.id, [run.repository]),
    signal,
  })
  const checkout = hideIn(await opened.without(settings.private), hide)
  const said = replies.slice(-together).map(one => one.text ?? '')
  const { words } = wordsFor(ports.words, [])
  const answer = await answerReplies(
    {
      change: await checkout.change(),
      checkout,
      tools: lookTools(checkout, hideInReads(ports.readFile, hide), []),
      model: ports.model(meterOf(ports, run, { settings }, replyPlan)),
      journal: rememberInStore(ports.store.steps, run, ports.now).journal,
      plan: replyPlan,
      words,
      replies: await hide(said.join('\n\n---\n\n')),
      signal,
    },
    finding,
  )
  if (signal.aborted) throw signal.reason
  return answer
}

/** Our comment says so too, as a review would have it; the thread is left to those who answered in it. */
async function markComment(
  { host }: ReviewPorts,
  run: WorkRun,
  { number, head }: Pull,
  { because }: Replied,
  signal: AbortSignal,
): Promise<void> {
  const { comments } = await host.standing(run.repository, number)
  const comment = comments.find(one => one.id === threadOf(run))
  if (!comment || isMarkedFixed(comment)) return
  const edits = [{ commentId: comment.id, body: markFixed({ comment, stale: false, because }, head.sha) }]
  const wanted = { key: run.id, head: head.sha, body: '', comments: [], edits, resolve: [] }
  await host.publish(run.repository, number, wanted, signal)
}

/** A verifier may be talked over: what is withdrawn leaves the gate only where one of those who replied could have taken it out by a word. */
async function whyNobodyMay(ports: ReviewPorts, run: WorkRun, replies: Signal[]): Promise<string | undefined> {
  const { repository, number } = run
  let why: string | undefined
  for (const [id, login] of new Map(replies.map(one => [one.whoId, one.who]))) {
    why = await whyNoRelease(ports, { repository, number, actor: { id, login } })
    if (why === undefined) return undefined
  }
  return why
}

async function note(
  { store, now }: ReviewPorts,
  run: WorkRun,
  about: { finding: StoredFinding; answer: Replied; replies: Signal[]; head: string; opens: boolean },
): Promise<void> {
  const { finding, answer, replies, head, opens } = about
  const at = now().toISOString()
  const when = { at, head, runId: run.id }
  const who = [...new Set(replies.map(one => one.who))].join(', ')
  const short = head.slice(0, 7)
  // What a person decided meanwhile stays.
  const open = (await store.findings.get(finding.rowId))?.state === 'open'
  if (open && answer.became === 'withdrawn') {
    await store.findings.mark(finding.rowId, 'dismissed', `withdrawn after ${who} replied: ${answer.because}`, {
      ...when,
      ...(opens && { outOfGate: true }),
    })
    const detail = { because: answer.because, cited: answer.cited.map(({ path, line }) => ({ path, line })) }
    await store.audit.append({ at, who: 'watchbill', what: 'finding withdrawn', about: finding.rowId, detail })
  } else if (open && answer.became === 'fixed')
    await store.findings.mark(finding.rowId, 'fixed', `Fixed by ${short}, as ${who} replied: ${answer.because}`, when)
  else if (open)
    await store.findings.mark(
      finding.rowId,
      'open',
      `${who} replied; ${answer.became} at ${short}: ${answer.because}`,
      when,
    )
  await store.signals.answered(replies, run.id, answer.became)
}
