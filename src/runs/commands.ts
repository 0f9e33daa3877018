// Comments and buttons that steer rather than start: stop and help, and the answer to an unknown word.
import { commands, type Event } from '../domain/event.ts'
import type { Host } from '../domain/host.ts'
import { mayAtLeast } from '../domain/permission.ts'
import type { Store } from '../domain/store.ts'
import { nearest } from '../routines/index.ts'

export interface CommandPorts {
  store: Store
  host: Host
  now: () => Date
}

/** The sentence for the record when the event was a command that starts no run; undefined when routines should see it. */
export async function answerCommand(ports: CommandPorts, event: Event): Promise<string | undefined> {
  const word = event.comment?.command?.word ?? (event.kind === 'button' ? event.check?.identifier : undefined)
  if (word === undefined) return undefined
  if (event.kind === 'button' && !(commands as readonly string[]).includes(word))
    return 'No button of ours is called so.'
  if (event.actor.type === 'Bot') return 'Bots give no commands.'
  const writes = mayAtLeast(await ports.host.permission(event.repository, event.actor.login), 'write')
  if (!(commands as readonly string[]).includes(word)) {
    const close = nearest(word, [...commands])
    // "@watchbill thanks" is talk: only what looks like a slip of the finger is answered, and only to who could give the command.
    if (!writes || !close) return `"${word}" is no command.`
    return reply(ports, event, `I do not know that word. Did you mean \`@watchbill ${close}\`?\n\n${helpText}`)
  }
  if (!writes) {
    if (event.comment) await ports.host.react(event.repository, event.comment, '-1')
    return `${event.actor.login} asked for "${word}" without write permission on the repository.`
  }
  if (event.comment) await ports.host.react(event.repository, event.comment, 'eyes')
  if (word === 'help') return reply(ports, event, helpText)
  return word === 'stop' ? stop(ports, event) : undefined
}

const helpText = [
  '`@watchbill review` reviews the current commit, even if it was reviewed before.',
  '`@watchbill stop` ends the review that is under way.',
  '`@watchbill help` shows this.',
  'Write permission on the repository is needed.',
].join('\n\n')

async function reply(ports: CommandPorts, event: Event, body: string): Promise<string> {
  const number = event.number!
  await ports.host.comment(event.repository, number, `command-${event.comment?.id ?? event.id}`, body)
  return 'A command that starts no run; it was answered on the pull request.'
}

async function stop(ports: CommandPorts, event: Event): Promise<string> {
  const active = await ports.store.runs.active(event.repository.id, event.number!)
  const because = `Stopped by ${event.actor.login}.`
  for (const run of active) await ports.store.runs.stop(run.id, { end: 'stopped', because }, ports.now().toISOString())
  if (active.length === 0) return reply(ports, event, 'Nothing is under way on this pull request.')
  return `${because} ${active.length} run${active.length === 1 ? '' : 's'} ended.`
}
