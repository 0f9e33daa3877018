// Read-only looks at one commit in the mirror, for agents: every argument is hostile, every answer is bounded, and no other pull can be seen.
import { Problem } from '../domain/problem.ts'
import type { Checkout } from '../domain/workspace.ts'
import { type Git, type GitCommand, type GitResult, lastWords } from './git.ts'
import { globPathspecs } from './glob.ts'
import { grepLines } from './grep.ts'
import { notFetched } from './partial.ts'
import type { Hides } from './private.ts'
import { keepRecent } from './recent.ts'
import { asText } from './text.ts'

export interface View {
  gitDir: string
  head: string
  mergeBase: string
  /** The private index of the head. */
  index: string
  /** Object directories that the mirror borrows from. */
  readable?: string[]
  signal: AbortSignal
  /** How long one look may take. */
  lookMs?: number
  /** Files that no look answers with. */
  hides?: Hides
  /** Whether a blob is what one of those held before the change. */
  hidesBlob?: (id: string) => boolean
}

type Looks = Pick<Checkout, 'file' | 'glob' | 'grep' | 'log' | 'blame' | 'show'>

const usualMs = 5_000
const fileLimit = 1024 * 1024

/** `git` is confined already (isolation.ts); with literal pathspecs no path is a pattern. */
export function looksOf(git: Git, view: View): Looks {
  const hides = view.hides ?? (() => false)
  const look = async (args: string[], more: Partial<GitCommand> = {}) => {
    const result = await git({
      gitDir: view.gitDir,
      args,
      env: { GIT_LITERAL_PATHSPECS: '1' },
      signal: view.signal,
      readable: view.readable,
      timeoutMs: view.lookMs ?? usualMs,
      ...more,
    })
    const absent = result.ended === 'exit' && result.code !== 0 && notFetched(view.gitDir, result.stderr)
    if (absent) throw new Problem('not_found', absent)
    return result
  }

  const file: Looks['file'] = async (path, commit, limit = fileLimit) => {
    const place = openPath(path)
    const id = commit === undefined ? view.head : await reachable(commit)
    if (view.hidesBlob && id !== view.head && id !== view.mergeBase && (await isBrought(id))) {
      const blob = (await look(['rev-parse', '--verify', '--quiet', '--end-of-options', `${id}:${place}`])).stdout
      if (view.hidesBlob(blob.toString().trim())) throw privateFile(path)
    }
    return readBlob(`${id}:${place}`, limit)
  }

  const readBlob = keepRecent(async (name, limit) => {
    const result = await look(['cat-file', 'blob', name], { maxBytes: limit })
    if (result.ended === 'exit' && result.code !== 0) return { text: undefined, keep: false }
    const cut = result.ended === 'exit' ? '' : `\n[… cut: the file is larger than ${Math.round(limit / 1024 ** 2)} MiB]`
    return { text: asText(result.stdout) + cut, keep: result.ended !== 'timeout' }
  })

  /** The full name of a commit that the head or the merge base stands on; the mirror holds those of every other pull too. */
  const reachable = async (revision: string): Promise<string> => {
    const wanted = revision.trim()
    if ([view.head, view.mergeBase].includes(wanted)) return wanted
    if (!/^(HEAD|[0-9a-f]{4,64})(~\d{0,5}|\^\d?){0,5}$/.test(wanted))
      throw new Problem('bad_input', 'A revision is HEAD, HEAD~n or the hexadecimal name of a commit.')
    const name = `${wanted.replace('HEAD', view.head)}^{commit}`
    const parsed = await look(['rev-parse', '--verify', '--quiet', '--end-of-options', name])
    const id = parsed.stdout.toString().trim()
    if (parsed.code === 0 && /^[0-9a-f]{40,64}$/.test(id))
      for (const tip of [view.head, view.mergeBase])
        if ((await look(['merge-base', '--is-ancestor', id, tip])).code === 0) return id
    throw new Problem('not_found', 'There is no such commit in the history of this change.')
  }

  /** Whether the change has this commit, rather than what it began with: what lay open there is open. */
  const isBrought = async (id: string) => (await look(['merge-base', '--is-ancestor', id, view.mergeBase])).code !== 0

  const openPath = (path: string): string => {
    const place = repositoryPath(path)
    if (hides(place)) throw privateFile(path)
    return place
  }

  /** What of a commit is hidden, both names of what was renamed; undefined when there is too much to tell. */
  const hiddenIn = async (id: string): Promise<string[] | undefined> => {
    const flags = ['--format=', '--raw', '--no-abbrev', '-z', '-M', '--diff-merges=first-parent']
    const args = ['show', ...flags, '--end-of-options', id]
    const listed = await look(args, { maxBytes: 4 << 20 })
    if (listed.ended !== 'exit' || listed.code !== 0) return undefined
    const brought = view.hidesBlob && (await isBrought(id)) ? view.hidesBlob : () => false
    return entriesIn(listed.stdout.toString().split('\0'))
      .filter(({ names, blobs }) => names.some(hides) || blobs.some(brought))
      .flatMap(({ names }) => names)
  }

  return {
    file,
    async glob(pattern, limit = 500) {
      const pathspecs = globPathspecs(pattern)
      const result = await look(['ls-files', '-z', '--cached', '--', ...pathspecs], {
        index: view.index,
        env: {},
        maxBytes: 4 << 20,
      })
      const paths = result.stdout.toString().split('\0').slice(0, -1)
      return [...new Set(paths)].filter(path => !hides(path)).slice(0, limit)
    },
    async grep(pattern, path) {
      const where = placesOf(path)
      if (pattern === '' || pattern.length > 2_000)
        throw new Problem('bad_input', 'A pattern has between 1 and 2,000 characters.')
      const lines = grepLines(`${view.head}:`, hides)
      const flags = ['-a', '-n', '-z', '-E', '--no-color', '--no-textconv', '--full-name', '--no-recurse-submodules']
      const result = await look(['grep', ...flags, '-e', pattern, view.head, '--', ...where], { sink: lines.take })
      if (result.ended === 'exit' && result.code > 1)
        throw new Problem('bad_input', `The pattern can not be searched for: ${lastWords(result.stderr)}.`)
      const found = lines.all()
      if (result.ended === 'timeout')
        found.push('[… stopped, it took too long: search a narrower path or a simpler pattern]')
      if (result.ended === 'enough') found.push('[… cut: more than 200 lines match]')
      return found.join('\n')
    },
    async log(path) {
      const where = placesOf(path)
      where.map(openPath)
      const flags = [
        '--no-color',
        '--no-mailmap',
        '--no-show-signature',
        '-n20',
        '--date=short',
        '--format=%h %ad %an: %s',
      ]
      const result = await look(['log', ...flags, '--end-of-options', view.head, '--', ...where], { maxBytes: 30_000 })
      return textOf(result)
    },
    async blame(path, from, to) {
      const place = openPath(path)
      if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 1 || to < from)
        throw new Problem('bad_input', 'Lines are counted from 1, and the last is not before the first.')
      const range = `-L${from},${Math.min(to, from + 199)}`
      const result = await look(['blame', '--date=short', range, view.head, '--', place], { maxBytes: 30_000 })
      return textOf(result)
    },
    async show(revision) {
      const colon = revision.indexOf(':')
      if (colon >= 0) {
        const text = await file(revision.slice(colon + 1), revision.slice(0, colon))
        if (text === undefined) throw new Problem('not_found', 'There is no such file at this commit.')
        return cut(text)
      }
      const id = await reachable(revision)
      const flags = [
        '--no-color',
        '--no-ext-diff',
        '--no-textconv',
        '--no-mailmap',
        '--no-show-signature',
        '--diff-merges=first-parent',
        '--date=short',
      ]
      const hidden = view.hides ? await hiddenIn(id) : []
      if (hidden?.length === 0) {
        const result = await look(['show', ...flags, ...patch, '--end-of-options', id], {
          maxBytes: shownCharacters * 4,
        })
        return textOf(result)
      }
      const message = textOf(await look(['show', ...flags, '--no-patch', '--end-of-options', id], { maxBytes: 30_000 }))
      if (!hidden || hidden.length > mostHidden)
        return `${message}\n[The files of this commit are not shown: too many are private.]`
      const others = hidden.map(path => `:(top,exclude,literal)${path}`)
      const rest = await look(['show', ...flags, '--format=', ...patch, '--end-of-options', id, '--', ...others], {
        // Pathspecs with a meaning; each of them is a literal path all the same.
        env: {},
        maxBytes: shownCharacters * 4,
      })
      return cut(`${message}\n${textOf(rest)}\n[Files of this commit that are private are not shown.]`)
    },
  }
}

const patch = ['--stat', '--patch']
/** Paths on one command line. */
const mostHidden = 500

/** `:MODE MODE ID ID M NUL path NUL`, or `… R100 NUL from NUL to NUL`: the names and blobs of each entry. */
function entriesIn(words: string[]): { names: string[]; blobs: string[] }[] {
  const entries: { names: string[]; blobs: string[] }[] = []
  for (let at = 0; at + 1 < words.length; ) {
    const [, , from = '', to = '', letter = ''] = (words[at] ?? '').split(' ')
    const names = /^[RC]/.test(letter) ? 2 : 1
    entries.push({ names: words.slice(at + 1, at + 1 + names), blobs: [from, to] })
    at += 1 + names
  }
  return entries
}

function privateFile(path: string): Problem {
  return new Problem('forbidden', `${path} is private by the repository's settings: it is shown to no model.`)
}

const shownCharacters = 30_000

function textOf(result: GitResult): string {
  if (result.ended === 'exit' && result.code !== 0)
    throw new Problem('bad_input', `git can not show this: ${lastWords(result.stderr)}.`)
  if (result.ended === 'timeout') return `${cut(asText(result.stdout))}\n[… stopped, it took too long]`
  return cut(asText(result.stdout), result.ended === 'enough')
}

function cut(text: string, already = false): string {
  if (text.length <= shownCharacters && !already) return text
  return `${text.slice(0, shownCharacters)}\n[… cut after 30,000 characters]`
}

/** A path inside the repository, or a Problem: never up, never absolute. */
function repositoryPath(path: string): string {
  const parts = path
    .replace(/^(\.\/)+/, '')
    .replace(/\/+$/, '')
    .split('/')
  if (path.includes('\0') || parts.some(part => ['', '.', '..'].includes(part)))
    throw new Problem('bad_input', 'A path is relative to the root of the repository and does not lead out of it.')
  return parts.join('/')
}

function placesOf(path: string | undefined): string[] {
  return path === undefined || ['', '.', './', '/'].includes(path) ? [] : [repositoryPath(path)]
}
