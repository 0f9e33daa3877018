// What ran on a pull request or issue and what did not, and what became of its findings, with the reasons, as Markdown for its conversation.
import type { Occurrence, Repository } from '../../domain/event.ts'
import type { Run } from '../../domain/run.ts'
import type { Rooms } from '../../domain/store.ts'
import { scrubLine } from '../../publish/index.ts'
import { type End, readEnds } from '../ending/part.ts'
import { tellLives } from '../findings/lives.ts'

/** Events that are told, and occurrences that are read to find them. */
const toldEvents = 5
const readOccurrences = 200

export async function why(
  { occurrences, runs, steps, findings }: Pick<Rooms, 'occurrences' | 'runs' | 'steps' | 'findings'>,
  repository: Pick<Repository, 'id'>,
  number: number,
): Promise<string> {
  const all = await occurrences.list({ repositoryId: repository.id, number, limit: readOccurrences })
  const events = [...Map.groupBy(all, one => one.eventId).values()].slice(0, toldEvents)
  if (events.length === 0)
    return 'No event about this has met a routine yet. `watchbill check` says whether the routine files are right, and the log of the server what arrived.'
  const known: Known = new Map()
  for (const id of new Set(events.flat().flatMap(one => one.runId ?? []))) {
    const run = await runs.get(id)
    if (run) known.set(id, { run, ends: await readEnds(steps, id) })
  }
  const told = events.map(event => tellEvent(event, known))
  const more = all.length === readOccurrences || events.flat().length < all.length
  const lives = await tellLives({ findings }, repository, number)
  return [
    ...told,
    ...(lives ? [lives] : []),
    ...(more ? ['Older events: `watchbill explain` on the server.'] : []),
  ].join('\n\n')
}

type Known = Map<string, { run: Run; ends: Record<string, End> }>

function tellEvent(event: Occurrence[], runs: Known): string {
  const rows = event
    .toSorted((a, b) => (a.routine < b.routine ? -1 : 1))
    .map(one => `| ${scrubLine(one.routine)} | ${one.verdict} | ${scrubLine(one.because, 600)}${endOf(runs, one)} |`)
  return [
    `**${event[0]!.at.slice(0, 16).replace('T', ' ')} UTC** (\`${event[0]!.eventId}\`)`,
    '',
    '| routine | | why |',
    '|---|---|---|',
    ...rows,
  ].join('\n')
}

function endOf(runs: Known, { runId, routine, verdict }: Occurrence): string {
  const known = runId === undefined ? undefined : runs.get(runId)
  // What ran says its end in its own sentence.
  if (!known || verdict === 'ran') return ''
  const { run, ends } = known
  if (run.status !== 'ended') return ` Its run is ${run.status}.`
  return ` Its run ended as ${ends[routine]?.end ?? run.end}.`
}
