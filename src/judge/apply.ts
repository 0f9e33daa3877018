// A proposed replacement held against the file it is for: every way in which it could change more, or other, than what people see.
import type { ChangedFile } from '../domain/change.ts'
import type { Finding, Placement } from '../domain/finding.ts'
import { secretRemoved } from '../domain/secrets.ts'
import type { Edit, Replacement } from '../domain/suggestion.ts'
import { invisible } from '../domain/untrusted.ts'
import { whyMisindented } from './indentation.ts'
import { neverSuggestedIn, neverSuggestedOf } from './never-suggested.ts'

/** Lines replaced, lines in their place, and characters of a file. */
const most = { replaced: 20, lines: 30, characters: 256 * 1024 }

/** Pure. The file with the replacement in its place, or why nobody may be offered it, in one sentence. `text`: the file at head as the judge sees it. */
export function apply(
  { suggestion, placement }: Pick<Finding, 'suggestion'> & { placement: Placement },
  file: ChangedFile | undefined,
  text: string | undefined,
): Edit | { refused: string } {
  const refused = (because: string) => ({ refused: because })
  if (!suggestion) return refused('None was given.')
  if (placement.at !== 'line' || placement.side !== 'RIGHT')
    return refused('The finding stands on no line of the new side of the diff.')
  const { path, line, startLine = line } = placement
  if (!file || file.status === 'deleted' || file.symlink || file.submodule || file.binary || file.hidden)
    return refused('The file is none whose lines GitHub replaces.')
  if (text === undefined || text.length > most.characters) return refused('The file is too large, or is not there.')
  // Whether GitHub keeps them is not documented, and people report that it does not: https://github.com/w3c-fedid/digital-credentials/pull/572
  if (text.includes('\r')) return refused('The file has line endings other than a line feed, which may not be kept.')
  const lines = text.split('\n')
  if (line >= lines.length) return refused('It replaces the last line of a file that ends without a line feed.')
  const old = lines.slice(startLine - 1, line)
  const fresh = linesOf(suggestion.with)
  if (old.length > most.replaced || fresh.length > most.lines) return refused('It is too long to be read at a glance.')
  if (suggestion.replaces !== old.join('\n') && !same(linesOf(suggestion.replaces), old))
    return refused('The lines that it says it replaces are not, character for character, those of the finding.')
  if (!inOneHunk(file, startLine, old)) return refused('Its lines do not all stand in one hunk of the diff.')
  const [before, after] = [lines.slice(0, startLine - 1), lines.slice(line)]
  const because =
    whyNotExact(old, fresh) ??
    whyRepeats(before, old, fresh, after) ??
    whyMisindented(path, { old, fresh, before, after }) ??
    neverSuggestedOf(path) ??
    neverSuggestedIn(path, old, fresh)
  if (because !== undefined) return refused(because)
  const replacement: Replacement = { path, startLine, line, with: fresh }
  return { ...replacement, before: text, after: [...before, ...fresh, ...after].join('\n') }
}

/** A line feed at the end ends the last line and begins none; nothing at all is no line. */
function linesOf(text: string): string[] {
  return text === '' ? [] : text.replace(/\n$/, '').split('\n')
}

function same(one: string[], other: string[]): boolean {
  return one.length === other.length && one.every((line, index) => line === other[index])
}

/** As the diff shows them too: what a comment can stand on. */
function inOneHunk({ hunks }: ChangedFile, startLine: number, old: string[]): boolean {
  return hunks.some(hunk => {
    const shown = new Map(hunk.lines.flatMap(one => (one.newLine === undefined ? [] : [[one.newLine, one.text]])))
    return old.every((text, index) => shown.get(startLine + index) === text)
  })
}

/** What a comment could not hold as it is, or a reader would not see. */
function whyNotExact(old: string[], fresh: string[]): string | undefined {
  const [was, now] = [old.join('\n'), fresh.join('\n')]
  const both = `${was}\n${now}`
  if (same(old, fresh)) return 'It changes nothing.'
  if (both.search(invisible) >= 0) return 'Its lines hold characters that nobody sees.'
  if (/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff\ufffd\ufff9-\ufffb]/.test(halved(both)))
    return 'Its lines hold control characters, or bytes that are no text.'
  if (/`{3}|~{3}/.test(now)) return 'It holds a fence of Markdown, which could end its block.'
  if (/<!--|-->/.test(now)) return 'It holds an HTML comment, and marks of ours are such comments.'
  if (both.includes(secretRemoved)) return 'Its lines hold a secret, which is in no text of ours.'
  if (/^(?:<{7}|={7}|>{7}|\|{7})(?: |$)/m.test(now)) return 'It holds a mark of a merge conflict.'
  return undefined
}

/** Without pairs of surrogates, so that those which are left stand alone. */
function halved(text: string): string {
  return text.replace(/[\ud800-\udbff][\udc00-\udfff]/g, '')
}

/** The usual way for one to be broken: it brings along what stands around it, which then stands there twice. */
function whyRepeats(before: string[], old: string[], fresh: string[], after: string[]): string | undefined {
  if (begins(before.toReversed(), old, fresh))
    return 'It begins with what stands right before it, which would stand there twice.'
  if (begins(after, old.toReversed(), fresh.toReversed()))
    return 'It ends with what stands right after it, which would stand there twice.'
  return undefined
}

/** Lines of code, from the nearest, one of which a replacement that is cut wrong begins with. */
const neighbours = 3

/** Whether `fresh` begins as what lies before it, whose nearest line comes first; beyond that line, only what `old` does not hold too. */
function begins(beside: string[], old: string[], fresh: string[]): boolean {
  for (let count = 1; count <= Math.min(fresh.length, beside.length); count++) {
    const there = beside.slice(0, count).toReversed()
    if (alike(fresh.slice(0, count), there)) return true
  }
  const first = fresh.map(bare).find(line => line !== '') ?? ''
  if (!tells(first) || old.map(bare).includes(first)) return false
  const near = beside.map(bare).filter(line => line !== '')
  return near.slice(0, neighbours).includes(first)
}

function alike(one: string[], other: string[]): boolean {
  return one.length === other.length && one.every((line, index) => line.trim() === other[index]!.trim())
}

function bare(line: string): string {
  return line.replace(/\s+/g, '').replace(/[;,]+$/, '')
}

/** Brackets and single words of a language stand beside each other anywhere. */
function tells(line: string): boolean {
  return (
    /\w[^\w]*\w/.test(line) &&
    !/^\W*(?:else|break|continue|return|end|done|fi|pass|try|finally|do|default)\W*$/.test(line)
  )
}
