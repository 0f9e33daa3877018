// A review that goes on from an earlier one: which files are looked at again, and as what they are shown.
import type { Change, ChangedFile, ManifestEntry } from '../domain/change.ts'
import type { GoingOn } from '../domain/plan.ts'
import { showPath } from '../domain/untrusted.ts'
import { byHand } from './manifest.ts'
import { outlineFile } from './rendering.ts'

/** What of the pull's file came since; the file itself when nobody looked at it then. Undefined: it is unchanged, and was reviewed. */
export function partSince(file: ChangedFile, goingOn: GoingOn | undefined): ChangedFile | undefined {
  if (!goingOn) return file
  const part = goingOn.change.files.find(one => one.path === file.path)
  return part ?? (goingOn.skipped.includes(file.path) ? file : undefined)
}

/** What came since, whether it is looked at or not: a lock file is not, and is risky. */
export function pushed(files: ChangedFile[], goingOn: GoingOn | undefined): ChangedFile[] {
  return goingOn ? files.flatMap(file => partSince(file, { ...goingOn, skipped: [] }) ?? []) : files
}

/** The manifest of such a review: rules skip what they always skip, and what was reviewed and has not changed says where. */
export function narrow(manifest: ManifestEntry[], files: ChangedFile[], goingOn: GoingOn | undefined): ManifestEntry[] {
  if (!goingOn) return manifest
  const at = goingOn.commit.slice(0, 7)
  return manifest.map((entry, index) => {
    if (entry.coverage === 'skipped') return entry
    const file = files[index]!
    const part = partSince(file, goingOn)
    if (!part) return { ...entry, coverage: 'reviewed', because: `unchanged since ${at}, reviewed there` }
    if (part === file) return entry
    const its = byHand(part)
    if (its.coverage !== 'full') return its
    return { ...its, because: `what changed in it since ${at} is shown to the agents; the rest was reviewed there` }
  })
}

/** Characters of the pull's other files, which only give context. */
const contextLimit = 8_000

/** What else the pull changes: where, without its lines. */
export function outlineOfRest(change: Change, manifest: ManifestEntry[]): string {
  const reviewed = new Set(manifest.filter(entry => entry.coverage === 'reviewed').map(entry => entry.path))
  const rest = change.files.filter(file => reviewed.has(file.path))
  const parts: string[] = []
  let room = contextLimit
  for (const [index, file] of rest.entries()) {
    const outline = outlineFile(file)
    const text = outline.length <= room ? outline : `- ${showPath(file.path)}`
    room -= text.length
    if (room < 0) {
      parts.push(`and ${rest.length - index} more files; find them with glob.`)
      break
    }
    parts.push(text)
  }
  return parts.length === 0 ? 'Nothing else.' : parts.join('\n\n')
}
