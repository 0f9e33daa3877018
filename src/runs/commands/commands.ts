// Comments and buttons that give a command: who may, what it does, and the answer in the thread it was given in.
import { type CommandWord, commands, type Event, type Occurrence } from '../../domain/event.ts'
import type { Host, RepositoryFile } from '../../domain/host.ts'
import { mayAtLeast, type Permission } from '../../domain/permission.ts'
import { Problem } from '../../domain/problem.ts'
import type { Run } from '../../domain/run.ts'
import type { Store } from '../../domain/store.ts'
import { scrubLine } from '../../publish/index.ts'
import { nearest } from '../../routines/index.ts'
import { whyFinding } from '../findings/why-finding.ts'
import { dismiss } from './dismiss.ts'
import { sayRunnable } from './runnable.ts'
import { why } from './why.ts'

export interface CommandPorts {
  store: Store
  host: Host
  builtIn: RepositoryFile[]
  now: () => Date
}

/** `done`: the sentence for the record of a command that starts nothing. `go`: the event that routines are to meet. */
export type Answered = { done: string } | { go: Event }

/** What only looks; everything else spends or changes. */
const reading: readonly CommandWord[] = ['why', 'help']

export async function answerCommand(ports: CommandPorts, event: Event): Promise<Answered> {
  const word = event.comment?.command?.word ?? (event.kind === 'button' ? event.check?.identifier : undefined)
  if (word === undefined) return { go: event }
  const known = commands.find(one => one === word)
  if (event.kind === 'button' && !known) return { done: 'No button of ours is called so.' }
  if (event.actor.type === 'Bot') return { done: 'Bots give no commands.' }
  const permission = await ports.host.permission(event.repository, event.actor.login)
  if (!known) return unknown(ports, event, word, permission)
  const least = reading.includes(known) ? 'read' : 'write'
  if (!mayAtLeast(permission, least)) {
    await react(ports, event, '-1')
    await sayForbidden(ports, event, { word, least, permission })
    return { done: `${event.actor.login} asked for "${word}" without ${least} permission on the repository.` }
  }
  await react(ports, event, 'eyes')
  return carryOut[known](ports, event, event.comment?.command?.rest ?? '')
}

/** Once for each person here. Anybody may read a public repository: strangers there get the reaction alone. */
async function sayForbidden(
  { host }: CommandPorts,
  event: Event,
  { word, least, permission }: { word: string; least: Permission; permission: Permission },
): Promise<void> {
  const { actor, comment, repository, number } = event
  if (!comment || number === undefined || !(repository.private || mayAtLeast(permission, 'triage'))) return
  const body = `\`${word}\` needs ${least} permission on this repository, and ${scrubLine(actor.login)} has ${permission}.`
  await unlessForbidden(event, () =>
    host.comment(repository, number, `forbidden-${actor.id}`, body, threadOf(event), event.issue ? 'issue' : 'pull'),
  )
}

/** "@watchbill thanks" is talk: what looks like a slip of the finger is answered, the rest gets a puzzled look, and only who could give the command gets either. */
async function unknown(ports: CommandPorts, event: Event, word: string, permission: Permission): Promise<Answered> {
  const close = nearest(word, [...commands])
  const talk = { done: `"${word}" is no command.` }
  if (!mayAtLeast(permission, 'write')) return talk
  if (!close) {
    await react(ports, event, 'confused')
    return talk
  }
  return reply(ports, event, `I do not know that word. Did you mean \`@watchbill ${close}\`?\n\n${helpText}`)
}

/** Re-run where no routine is asked: the sentence for the record, unless who pressed may. */
export async function refusePress({ host }: Pick<CommandPorts, 'host'>, event: Event): Promise<string | undefined> {
  const { actor, repository } = event
  if (actor.type !== 'User') return `${actor.login} is a bot; bots start nothing by button.`
  if (mayAtLeast(await host.permission(repository, actor.login), 'write')) return undefined
  return `${actor.login} has no write permission on the repository.`
}

/** On an issue no check shows that something goes on: it is said in the thread, where the App may write there. Safe to repeat. */
export async function sayStarted({ host }: Pick<CommandPorts, 'host'>, event: Event, occurrences: Occurrence[]) {
  const { comment, issue, repository } = event
  const started = occurrences.filter(({ verdict, runId }) => runId && verdict !== 'skipped' && verdict !== 'refused')
  if (!comment || !issue || started.length === 0) return
  const lines = started.map(
    ({ routine, runId, because }) => `- \`${routine}\`, run ${runId}: ${scrubLine(because, 600)}`,
  )
  const body = ['Started:', '', ...lines].join('\n')
  await unlessForbidden(event, () =>
    host.comment(repository, issue.number, `started-${comment.id}`, body, undefined, 'issue'),
  )
}

type CarryOut = (ports: CommandPorts, event: Event, rest: string) => Promise<Answered>

const carryOut: Record<CommandWord, CarryOut> = {
  async review(ports, event, rest) {
    if (/^full\b/i.test(rest)) await wish(ports, event, 'full')
    return { go: event }
  },

  async stop(ports, event) {
    const stopped = await stopRuns(ports, event, `Stopped by ${event.actor.login}.`)
    if (stopped === 0) return reply(ports, event, 'Nothing is under way here.')
    return reply(
      ports,
      event,
      `Stopped ${stopped === 1 ? 'the run' : `${stopped} runs`} that ${stopped === 1 ? 'was' : 'were'} under way.`,
    )
  },

  async pause(ports, event) {
    if (!isPull(event)) return reply(ports, event, 'Only pull requests can be paused by comment.')
    await wish(ports, event, 'pause')
    await stopRuns(ports, event, `Paused by ${event.actor.login} on this pull request.`, isOptional)
    return reply(
      ports,
      event,
      'Automatic reviews of this pull request are paused, except those that the organisation requires. `@watchbill review` reviews it once; `@watchbill resume` goes on.',
    )
  },

  async resume(ports, event) {
    const { store } = ports
    const about = [event.repository.id, event.number!] as const
    const paused = await store.wishes.clear(...about, 'pause')
    const quiet = await store.wishes.clear(...about, 'quiet')
    if (!paused && !quiet) return reply(ports, event, 'Nothing was paused or quiet on this pull request.')
    return reply(
      ports,
      event,
      `${[paused ? 'Automatic reviews go on with the next push' : '', quiet ? 'all findings are posted as comments again' : ''].filter(Boolean).join(', and ')}. \`@watchbill review\` reviews the current commit now.`,
    )
  },

  async quiet(ports, event) {
    if (!isPull(event)) return reply(ports, event, 'Only pull requests can be made quiet.')
    await wish(ports, event, 'quiet')
    return reply(
      ports,
      event,
      'From here on only critical and high findings of this pull request become comments; the others stand on its checks alone. `@watchbill resume` takes this back.',
    )
  },

  async why(ports, event) {
    return reply(
      ports,
      event,
      (await whyFinding(ports.store, event)) ?? (await why(ports.store, event.repository, event.number!)),
    )
  },

  async run(ports, event, rest) {
    const [, routine] = /^([a-z0-9][a-z0-9-]{0,62})(?:\s|$)/i.exec(rest) ?? []
    if (routine === undefined) return reply(ports, event, await sayRunnable(ports, event))
    const text = textAfter(routine, event.comment?.body ?? '')
    return {
      go: { ...event, kind: 'manual', action: 'run', routine: routine.toLowerCase(), ...(text === '' ? {} : { text }) },
    }
  },

  async dismiss(ports, event, rest) {
    return reply(ports, event, await dismiss(ports, event, rest))
  },

  async help(ports, event) {
    return reply(ports, event, helpText)
  },
}

/** All of the comment behind the routine's name: other words are said in one line, a text may have many. */
function textAfter(routine: string, body: string): string {
  const named = new RegExp(`^\\s*@\\S+\\s+run\\s+${routine}(?=\\s)`, 'i').exec(body)
  return named ? body.slice(named[0].length).trim() : ''
}

const helpText = [
  '| say | and |',
  '|---|---|',
  '| `@watchbill review` | the current commit is reviewed, even if it was before; with `full` by everybody, whatever its size |',
  '| `@watchbill stop` | what is under way here ends |',
  '| `@watchbill pause`, `resume` | automatic reviews of this pull request stop, and go on |',
  '| `@watchbill quiet` | only critical and high findings become comments; `resume` takes it back |',
  '| `@watchbill run NAME [text]` | that routine is started; `run` alone lists those that can be |',
  '| `@watchbill dismiss REASON` | in reply to a finding: it does not come back; `dismiss ID REASON` for one without a comment, by the id on the check or in the review |',
  '| `@watchbill why` | what ran here and what did not, with the reasons; in reply to a finding, its story |',
  '| `@watchbill help` | this |',
  '',
  'They stand at the start of a comment. `why` and `help` need read permission on the repository, the others write.',
  'A reply to a finding without any of them is read as a claim, and the finding is verified again with it.',
].join('\n')

const isPull = (event: Event) => event.number !== undefined && event.issue === undefined

async function wish({ store, now }: CommandPorts, event: Event, what: 'pause' | 'quiet' | 'full'): Promise<void> {
  await store.wishes.set(event.repository.id, event.number!, what, event.actor.login, now().toISOString())
}

const isOptional = (run: Run) => run.routines.every(({ routine }) => !routine.required)

async function stopRuns(
  { store, now }: CommandPorts,
  event: Event,
  because: string,
  which: (run: Run) => boolean = () => true,
): Promise<number> {
  const active = (await store.runs.activeAbout(event.repository.id, event.number!)).filter(which)
  for (const run of active) await store.runs.stop(run.id, { end: 'stopped', because }, now().toISOString())
  return active.length
}

async function react({ host }: CommandPorts, event: Event, content: 'eyes' | '-1' | 'confused'): Promise<void> {
  const { comment, repository, issue } = event
  if (comment) await unlessForbidden(event, () => host.react(repository, comment, content, issue ? 'issue' : 'pull'))
}

function threadOf({ comment }: Event): number | undefined {
  return comment?.kind === 'review' ? (comment.inReplyTo ?? comment.id) : undefined
}

/** In the thread the command was given in; on an issue, where the App may write there. */
async function reply({ host }: CommandPorts, event: Event, body: string): Promise<Answered> {
  const { comment, number } = event
  const thread = threadOf(event)
  const key = `command-${comment?.id ?? event.id}`
  const said = await unlessForbidden(event, () =>
    host.comment(event.repository, number!, key, body, thread, event.issue ? 'issue' : 'pull'),
  )
  return {
    done: said
      ? 'A command that starts no run; it was answered where it was given.'
      : 'A command that starts no run; it could not be answered, since the App may not write on issues.',
  }
}

/** False where the App may not: what was asked is done all the same. */
async function unlessForbidden(event: Event, say: () => Promise<void>): Promise<boolean> {
  try {
    await say()
    return true
  } catch (thrown) {
    if (!event.issue || !(thrown instanceof Problem) || thrown.code !== 'forbidden') throw thrown
    return false
  }
}
