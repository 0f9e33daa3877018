// "@watchbill run": who started a routine by a comment is told, where they said it, what it came to and where to read it.
import type { Event, Occurrence } from '../../domain/event.ts'
import { asProblem } from '../../domain/problem.ts'
import type { Run, RunEnd } from '../../domain/run.ts'
import type { Rooms } from '../../domain/store.ts'
import { scrubLine } from '../../publish/index.ts'
import type { ReviewPorts } from '../ports.ts'

const kind = 'answer'

interface Asked {
  routine: string
  number: number
  on: 'pull' | 'issue'
  /** The review comment at the head of the thread. */
  thread?: number
}

/** In the transaction that requests the runs, so that none of them ends before it is known who waits for it. Safe to repeat. */
export async function promiseAnswers(
  { effects }: Pick<Rooms, 'effects'>,
  { kind: way, action, comment, number, issue }: Event,
  occurrences: Occurrence[],
  now: Date,
): Promise<void> {
  if (!comment || number === undefined || way !== 'manual' || action !== 'run') return
  for (const { routine, runId, verdict } of occurrences) {
    if (runId === undefined || verdict === 'skipped' || verdict === 'refused') continue
    const thread = comment.kind === 'review' ? (comment.inReplyTo ?? comment.id) : undefined
    const intent: Asked = { routine, number, on: issue ? 'issue' : 'pull', ...(thread !== undefined && { thread }) }
    await effects.intend({ key: `finished-${comment.id}-${runId}`, runId, kind, intent, at: now.toISOString() })
  }
}

/** Safe to repeat. What can not be said is logged: the check has it all the same. */
export async function sayFinished(ports: ReviewPorts, run: Run, end: RunEnd, because: string): Promise<void> {
  const { store, host, log, now } = ports
  const effects = await store.effects.ofRun(run.id)
  const head = run.head ?? (await store.runs.get(run.id))?.head
  for (const { key, intent } of effects.filter(one => one.kind === kind && one.receipt === undefined)) {
    const { routine, number, thread, on } = intent as Asked
    const check = effects.find(one => {
      const of = one.intent as { routine?: string; head?: string }
      return one.kind === 'check' && of.routine === routine && of.head === head
    })
    const id = (check?.receipt as { id?: number } | undefined)?.id
    const page = host.cloneUrl(run.repository).replace(/\.git$/, '')
    const where = id === undefined ? '' : ` [Its check](${page}/runs/${id}) has the rest.`
    const body = `\`${routine}\` has ended as ${end}: ${scrubLine(because, 600)}${where}\n\nOn the server: \`watchbill explain ${run.id}\``
    try {
      await host.comment(run.repository, number, key, body, thread, on)
      await store.effects.done(key, {}, now().toISOString())
    } catch (thrown) {
      log({ run: run.id, problem: asProblem(thrown).message }, 'who started it by a comment could not be told its end')
    }
  }
}
