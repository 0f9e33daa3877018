// What became of a pull's findings, each with every state it came into, the reason and the commit; as Markdown.
import type { Repository } from '../../domain/event.ts'
import { shortIdOf } from '../../domain/finding.ts'
import type { FindingState, Rooms, StoredFinding } from '../../domain/store.ts'
import { code, placeOf, scrubLine, word } from '../../publish/index.ts'

const told = { findings: 30, states: 12 }

/** Of everything that people were shown; undefined where there is nothing. */
export async function tellLives(
  { findings }: Pick<Rooms, 'findings'>,
  repository: Pick<Repository, 'id'>,
  number: number,
): Promise<string | undefined> {
  const all = (await findings.ofPull(repository.id, number)).filter(isTold)
  if (all.length === 0) return undefined
  const lives = Map.groupBy(await findings.life(repository.id, number), one => one.fingerprint)
  const items = all
    .slice(0, told.findings)
    .map(one =>
      [
        `- ${code(shortIdOf(one))} **${word(one.severity)}** · ${scrubLine(one.title, 200)} (${placeOf(one)}): ${one.state}`,
        ...tellLife(one, lives.get(one.fingerprint)).map(line => `  ${line}`),
      ].join('\n'),
    )
  const more = all.length - items.length
  return [
    `<details><summary>What became of ${all.length === 1 ? 'the finding' : `${all.length} findings`}</summary>`,
    [...items, ...(more > 0 ? [`- and ${more} more: \`watchbill explain\` on the server`] : [])].join('\n'),
    '</details>',
  ].join('\n\n')
}

/** A line for each state, the oldest first; of what was found before states were kept, the last one. */
export function tellLife(finding: Pick<StoredFinding, 'state' | 'stateBecause'>, life: FindingState[] = []): string[] {
  if (life.length === 0) return [`- ${finding.state}: ${scrubLine(finding.stateBecause, 400)}`]
  const shown = life.length > told.states ? [life[0]!, ...life.slice(1 - told.states)] : life
  const lines = shown.map(
    ({ state, because, head, at }) =>
      `- ${at.slice(0, 16).replace('T', ' ')} ${state}${head ? ` at ${code(head.slice(0, 7))}` : ''}: ${scrubLine(because, 400)}`,
  )
  if (life.length > shown.length) lines.splice(1, 0, `- and ${life.length - shown.length} more`)
  return lines
}

function isTold({ verdict, state }: StoredFinding): boolean {
  if (state === 'dismissed') return true
  return verdict.verdict !== 'merged into' && verdict.verdict !== 'refuted' && verdict.shown !== 'no'
}
