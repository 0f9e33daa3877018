// What models are shown, with its secrets hidden: the change, every look at the code, the rules, and what a task is given.
import type { LookBeside } from '../../agents/index.ts'
import type { Change, ChangedFile, HunkLine, Since } from '../../domain/change.ts'
import type { ReadFile } from '../../domain/conversation.ts'
import type { Hide } from '../../domain/evidence.ts'
import type { Finding } from '../../domain/finding.ts'
import type { Stated } from '../../domain/intent.ts'
import type { Checkout } from '../../domain/workspace.ts'

/**
 * The same checkout as models and the judge may see it. Hidden lines keep their numbers, so that a quote of one stands where the line stands.
 * `blobs` alone answers with the bytes as they are.
 */
export function hideIn(checkout: Checkout, hide: Hide): Checkout {
  let change: Promise<Change> | undefined
  const asShown = async (text: string | undefined) => (text === undefined ? undefined : hide(text))
  return {
    ...checkout,
    change: () => (change ??= checkout.change().then(one => hideInChange(one, hide))),
    since: async commit => hideInSince(await checkout.since(commit), hide),
    file: async (...asked) => asShown(await checkout.file(...asked)),
    grep: async (...asked) => hide(await checkout.grep(...asked)),
    log: async (...asked) => hide(await checkout.log(...asked)),
    blame: async (...asked) => hide(await checkout.blame(...asked)),
    show: async (...asked) => hide(await checkout.show(...asked)),
    without: async globs => hideIn(await checkout.without(globs), hide),
  }
}

export function hideBeside(beside: LookBeside[], hide: Hide): LookBeside[] {
  return beside.map(one => ({ ...one, checkout: hideIn(one.checkout, hide) }))
}

export function hideInReads(readFile: ReadFile, hide: Hide): ReadFile {
  return async (dir, input) => hide(await readFile(dir, input))
}

/** Of rules, and of what a task is given. */
export function hideInTexts<Of extends { text: string }>(texts: Of[], hide: Hide): Promise<Of[]> {
  return Promise.all(texts.map(async one => ({ ...one, text: await hide(one.text) })))
}

/** Of what a pull says of itself. */
export async function hideInStated(stated: () => Promise<Stated>, hide: Hide): Promise<Stated> {
  const { texts, notes } = await stated()
  return { texts: await hideInTexts(texts, hide), notes }
}

/** Tools read what nobody else is shown: their words are hidden like any other. */
export async function hideInFinding(finding: Finding, hide: Hide): Promise<Finding> {
  const [quote, title, claim, fix] = await Promise.all(
    [finding.quote, finding.title, finding.claim, finding.fix ?? ''].map(hide),
  )
  return { ...finding, quote: quote!, title: title!, claim: claim!, ...(finding.fix !== undefined && { fix: fix! }) }
}

async function hideInSince(since: Since | undefined, hide: Hide): Promise<Since | undefined> {
  return since && { ...since, change: await hideInChange(since.change, hide) }
}

/** Characters that are looked through at once. */
const atOnce = 512 * 1024

async function hideInChange(change: Change, hide: Hide): Promise<Change> {
  const files: ChangedFile[] = []
  let group: ChangedFile[] = []
  let size = 0
  for (const file of change.files) {
    group.push(file)
    size += file.hunks.reduce((sum, hunk) => sum + hunk.lines.reduce((all, line) => all + line.text.length, 0), 0)
    if (size < atOnce) continue
    files.push(...(await hideInFiles(group, hide)))
    group = []
    size = 0
  }
  return { ...change, files: [...files, ...(await hideInFiles(group, hide))] }
}

/** Hunks apart by an empty line, so that nothing reaches from one into the next; lines hold no line feed. */
async function hideInFiles(files: ChangedFile[], hide: Hide): Promise<ChangedFile[]> {
  const text = files
    .flatMap(file => file.hunks)
    .map(hunk => [hunk.section, '', ...hunk.lines.map(line => line.text), '', ''].join('\n'))
    .join('')
  const hidden = await hide(text)
  if (hidden === text) return files
  const lines = hidden.split('\n')
  let at = 0
  return files.map(file => ({
    ...file,
    hunks: file.hunks.map(hunk => {
      const section = lines[at] ?? ''
      at += 2
      const shown = hunk.lines.map((line): HunkLine => ({ ...line, text: lines[at++] ?? '' }))
      at++
      return { ...hunk, section, lines: shown }
    }),
  }))
}
