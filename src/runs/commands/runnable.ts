// "@watchbill run" alone: the routines that can be started where it was said, as Markdown for its conversation.
import type { Event } from '../../domain/event.ts'
import { scrubLine } from '../../publish/index.ts'
import { listRoutines } from '../../routines/index.ts'
import { type ConfigurationPorts, readConfiguration } from '../configuration/configuration.ts'

export async function sayRunnable(ports: ConfigurationPorts, { repository, issue }: Event): Promise<string> {
  const all = listRoutines(await readConfiguration(ports, repository))
  // A review looks at a pull request, and there is none on an issue.
  const here = all.filter(one => one.state !== 'off' && (one.kind === 'work' || !issue))
  const rows = here.map(
    ({ name, description, state }) =>
      `| \`${name}\`${state === 'standby' ? ' (on standby)' : ''} | ${scrubLine(description)} |`,
  )
  return [
    'Say which routine: `@watchbill run NAME`, with a text for it behind the name if it takes one.',
    ...(rows.length === 0 ? ['None can be started here.'] : [`| routine | |\n|---|---|\n${rows.join('\n')}`]),
  ].join('\n\n')
}
