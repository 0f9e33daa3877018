// Which finding a person means: the one at the head of the thread they answer, or the one whose short id they give.
import type { Event } from '../../domain/event.ts'
import { shortIdOf } from '../../domain/finding.ts'
import type { Rooms, StoredFinding } from '../../domain/store.ts'
import { placeOf, scrubLine, word } from '../../publish/index.ts'

/** `said` is what follows the id, or all of it in reply to a finding. `answer`: why none can be told, and which there are. */
export type Meant = { finding: StoredFinding; said: string } | { answer: string }

export async function whichFinding(
  store: Pick<Rooms, 'findings'>,
  { repository, number, comment }: Event,
  rest: string,
): Promise<Meant> {
  const about = comment?.inReplyTo
  const replied = about === undefined ? undefined : await store.findings.ofComment(repository.id, number!, about)
  if (replied) return { finding: replied, said: rest.trim() }
  const [, id, said = ''] = /^`?([0-9a-f]{4,64})`?(?:[\s:,]+([\s\S]*))?$/i.exec(rest.trim()) ?? []
  const all = await store.findings.ofPull(repository.id, number!)
  const named = id === undefined ? [] : all.filter(one => one.fingerprint.startsWith(id.toLowerCase()))
  const [only, ...others] = named
  if (only && others.length === 0) return { finding: only, said: said.trim() }
  if (only)
    return { answer: `\`${id}\` begins the ids of ${named.length} findings; give more of it.\n\n${list(named, 16)}` }
  const unknown =
    id !== undefined
      ? `No finding of this pull request has an id that begins with \`${id}\`.`
      : about === undefined
        ? 'Say it in reply to one of my inline comments, or name the finding: `@watchbill dismiss ID REASON`.'
        : 'The comment at the head of this thread is not one of my findings. Name the one that is meant: `@watchbill dismiss ID REASON`.'
  const open = all.filter(isOpen)
  return { answer: `${unknown} ${open.length === 0 ? 'None is open here.' : `Open here:\n\n${list(open)}`}` }
}

const listed = 20

/** What people see as open, on a line, in a review's text or on a check. */
function isOpen({ state, verdict }: StoredFinding): boolean {
  return state === 'open' && ['posted', 'held', 'unverified'].includes(verdict.verdict) && verdict.shown !== 'no'
}

function list(findings: StoredFinding[], characters?: number): string {
  const lines = findings
    .slice(0, listed)
    .map(
      one =>
        `- \`${shortIdOf(one, characters)}\` ${word(one.severity)}: ${scrubLine(one.title, 200)} (${placeOf(one)})`,
    )
  if (findings.length > listed) lines.push(`- and ${findings.length - listed} more, on the checks`)
  return lines.join('\n')
}
