// The change from the merge base to the head: git's diff in the bare mirror, read file by file, with the marks of the base's attributes.
import { join } from 'node:path'
import type { Change } from '../domain/change.ts'
import { Problem } from '../domain/problem.ts'
import { marksOf } from './attributes.ts'
import { bothOf } from './both.ts'
import { type DiffLimits, diffParser, type ParsedFile } from './diff.ts'
import { type Git, lastWords, mustRun } from './git.ts'

export interface Range {
  gitDir: string
  /** Commits; the merge base can be the empty tree. */
  mergeBase: string
  head: string
  /** A private directory for temporary files. */
  scratch: string
  /** Object directories that the mirror borrows from. */
  readable?: string[]
  signal: AbortSignal
}

/** `confined` reads the head's objects; `git` writes a private index of the base's attributes, which `trusted` names. */
export async function changeOf(
  git: Git,
  confined: Git,
  range: Range,
  trusted: string = range.mergeBase,
): Promise<Change> {
  const { mergeBase, head } = range
  const index = join(range.scratch, 'attributes.index')
  const { gitDir, signal } = range
  const diff = readText(confined, range)
  const paths = diff.then(files => files.map(file => file.path))
  const [files, marks] = await bothOf([diff, marksOf(git, { gitDir, commit: trusted, paths, index, signal })])
  return {
    mergeBase,
    head,
    files: files.map(({ oldId: _old, newId: _new, ...file }) => ({
      ...file,
      generated: marks.generated.has(file.path),
      vendored: marks.vendored.has(file.path),
    })),
  }
}

async function readText(git: Git, range: Range): Promise<ParsedFile[]> {
  const files = await readDiff(git, range)
  await lookAgainAtBinaries(git, range, files)
  return files
}

const diffMs = 2 * 60 * 1000

const diffFlags =
  '-r --raw --patch -M -l1000 -U3 --no-color --no-ext-diff --no-textconv --no-abbrev --full-index --submodule=short'.split(
    ' ',
  )

export interface DiffRequest {
  flags?: string[]
  paths?: string[]
  /** Makes text of a line's bytes. */
  decode?: (line: Buffer) => string
  limits?: DiffLimits
}

export async function readDiff(
  git: Git,
  range: Omit<Range, 'scratch'>,
  request: DiffRequest = {},
): Promise<ParsedFile[]> {
  const parser = diffParser(request.limits, request.decode)
  const { flags = [], paths = [] } = request
  const result = await git({
    gitDir: range.gitDir,
    args: ['diff-tree', ...diffFlags, ...flags, range.mergeBase, range.head, '--', ...paths],
    // A larger blob is not read at all and counts as binary.
    config: ['core.bigFileThreshold=16m'],
    env: { GIT_LITERAL_PATHSPECS: '1' },
    signal: range.signal,
    readable: range.readable,
    timeoutMs: diffMs,
    sink: chunk => {
      parser.push(chunk)
      return true
    },
  })
  if (result.ended === 'exit' && result.code !== 0)
    throw new Problem('unavailable', `The diff could not be made: ${lastWords(result.stderr)}.`, {
      cause: result.stderr,
    })
  const files = parser.end(result.ended === 'exit')
  if (!files) throw new Problem('too_large', 'The change is so large that git could not list its files in two minutes.')
  return files
}

const mostAgain = 200
const largestAgain = 1024 * 1024

/** One NUL in the first 8000 bytes makes git call a source file binary (xdiff-interface.c), which would hide it: text all the same is read. */
async function lookAgainAtBinaries(git: Git, range: Range, files: ParsedFile[]): Promise<void> {
  const all = files.filter(file => file.binary && !file.path.startsWith('"'))
  const small = await smallBlobs(git, range, all)
  const binaries = small.toSorted((a, b) => Number(isSource(b)) - Number(isSource(a))).slice(0, mostAgain)
  const looked = new Set(binaries)
  for (const file of all)
    if (isSource(file) && !looked.has(file))
      Object.assign(file, { binary: false, hidden: true, hunks: [], unread: passedOver })
  if (binaries.length === 0) return
  const paths = binaries.flatMap(file => (file.oldPath ? [file.oldPath, file.path] : [file.path]))
  const again = await readDiff(git, range, { flags: ['--text'], paths })
  for (const text of again) {
    const file = binaries.find(one => one.oldId === text.oldId && one.newId === text.newId && one.path === text.path)
    if (file && !text.unread && isText(text)) Object.assign(file, { ...text, binary: false, hidden: true })
  }
}

const passedOver =
  'git takes it for binary, and it is too large, or one of too many such files, to be read all the same'

/** By its name, people would take it for text. */
function isSource({ path }: ParsedFile): boolean {
  return /\.(?:[cm]?[jt]sx?|py|rb|go|rs|java|kts?|swift|scala|[ch]|cc|cpp|hpp|cs|php|p[lm]|lua|sh|ps1|sql|html?|vue|svelte|ya?ml|json|toml|xml|tf|gradle|exs?|dart|s?css|md)$/i.test(
    path,
  )
}

async function smallBlobs(git: Git, range: Range, files: ParsedFile[]): Promise<ParsedFile[]> {
  if (files.length === 0) return []
  const input = files.map(file => `${file.oldId}\n${file.newId}\n`).join('')
  const args = ['cat-file', '--batch-check=%(objectsize)']
  const lines = (
    await mustRun(git, { gitDir: range.gitDir, args, input, signal: range.signal, readable: range.readable })
  )
    .toString()
    .split('\n')
  // The absent side answers "missing", which is no number and no size.
  const isSmall = (at: number) => !(Number(lines[at]) > largestAgain)
  return files.filter((_, at) => isSmall(2 * at) && isSmall(2 * at + 1))
}

/** Up to a tenth of what is no text: compressed data has half, UTF-16 too. */
function isText(file: ParsedFile): boolean {
  let all = 0
  let strange = 0
  for (const hunk of file.hunks)
    for (const line of hunk.lines) {
      all += line.text.length
      strange += line.text.match(/[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\uFFFD]/g)?.length ?? 0
    }
  return all > 0 && strange * 10 <= all
}
