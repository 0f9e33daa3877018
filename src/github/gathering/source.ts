// One kind of text that can be gathered, and how texts are kept within their bounds.
import type { Event, Repository } from '../../domain/event.ts'
import type { Gathered } from '../../domain/task.ts'
import type { Octokit } from '../client.ts'
import type { Permissions } from '../tokens.ts'

export interface Place {
  octokit: Octokit
  at: { owner: string; repo: string }
}

export interface Found {
  texts: Gathered[]
  /** Sentences on what was cut or is missing. */
  notes: string[]
}

export interface Source {
  /** How a sentence about it begins: "Workflow logs". */
  called: string
  needs(event: Event): Permissions
  gather(place: Place, event: Event, repository: Repository): Promise<Found>
}

/** Characters of one block. */
const most = 60_000

/** Entries under one name, as many whole ones as there is room for; what was left out is a note. */
export function block(source: string, entries: string[]): Found {
  if (entries.length === 0) return { texts: [{ source, text: '(none)' }], notes: [] }
  const kept: string[] = []
  let size = 0
  for (const entry of entries) {
    if (size + entry.length > most) break
    size += entry.length + 2
    kept.push(entry)
  }
  const left = entries.length - kept.length
  const notes =
    left > 0
      ? [
          `Of ${source}, ${kept.length} of ${entries.length} entries were given to agents: the rest is too much for one prompt.`,
        ]
      : []
  return { texts: [{ source, text: kept.join('\n\n') }], notes }
}

export function together(...found: Found[]): Found {
  return { texts: found.flatMap(one => one.texts), notes: found.flatMap(one => one.notes) }
}

/** At most so many characters, and said where it was cut. */
export function cut(text: string | null | undefined, limit: number): string {
  const whole = (text ?? '').trim()
  return whole.length <= limit ? whole : `${whole.slice(0, limit)} [… cut]`
}

/** The first line, for titles. */
export function firstLine(text: string): string {
  return cut(text.split('\n', 1)[0], 200)
}
