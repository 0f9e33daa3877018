// Reads a file of the checkout for an agent: the SDK's confined `read`, in repository paths, with line numbers, never `.git`.
import { isAbsolute, relative, sep } from 'node:path'
import { betaReadTool, resolvePath } from '@anthropic-ai/sdk/tools/agent-toolset/node'
import type { ReadFile } from '../domain/conversation.ts'
import { Problem } from '../domain/problem.ts'

/** Lines of one answer when no end is given. */
const mostLines = 800
/** Characters of one answer, and of one line in it. */
const longestAnswer = 60_000
const longestLine = 2_000

/** Problem `bad_input` for a path out of the tree or below `.git` (through symlinks too), `not_found` when there is no such file. */
export const readFile: ReadFile = async (dir, { path, from = 1, to }) => {
  const first = Math.max(1, Math.trunc(from))
  const last = Math.min(first + mostLines - 1, to === undefined ? Number.POSITIVE_INFINITY : Math.trunc(to))
  if (last < first)
    throw new Problem('bad_input', `Lines ${from} to ${to} are no range; the first must not be after the last.`)
  await refuseOutside(dir, path)
  const lines = await readLines(dir, path, first, last + 1)
  return numbered(lines, first, last, path)
}

async function refuseOutside(dir: string, path: string): Promise<void> {
  if (path === '' || isAbsolute(path) || path.includes('\0')) throw outside(path)
  const [root, target] = await Promise.all([resolve(dir, '.', path), resolve(dir, path, path)])
  const parts = [...relative(root, target).split(sep), ...path.split(/[\\/]/)]
  // Git itself takes these names for its own on file systems that fold case: https://git-scm.com/docs/git-config#Documentation/git-config.txt-coreprotectNTFS
  if (
    parts.some(part =>
      /^(\.git|git~\d+)[. ]*$/i.test(part.replace(/[\u200c-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '')),
    )
  ) {
    throw new Problem('bad_input', `${path} belongs to git, not to the code; read the repository's files only.`)
  }
}

function outside(path: string): Problem {
  return new Problem(
    'bad_input',
    `${path || 'An empty path'} is no path of the repository; give one such as src/index.ts.`,
  )
}

function resolve(dir: string, path: string, asked: string): Promise<string> {
  return resolvePath({ workdir: dir }, path).catch(cause => {
    throw new Problem('bad_input', `${asked} lies outside the repository.`, { cause })
  })
}

async function readLines(dir: string, path: string, from: number, to: number): Promise<string[]> {
  try {
    const text = await betaReadTool({ workdir: dir }).run({ file_path: path, view_range: [from, to] })
    return String(text).split('\n')
  } catch (cause) {
    throw new Problem('not_found', `${path} could not be read: ${reason(cause)}.`, { cause })
  }
}

function reason(cause: unknown): string {
  const said = cause instanceof Error ? cause.message : ''
  if (said.includes('not a regular file')) return 'it is not a regular file'
  if (said.includes('limit')) return 'these lines are too long; ask for fewer'
  return 'there is no such file'
}

function numbered(lines: string[], first: number, last: number, path: string): string {
  const shown: string[] = []
  let size = 0
  for (const [i, line] of lines.slice(0, last - first + 1).entries()) {
    const text = `${first + i}: ${line.length > longestLine ? `${line.slice(0, longestLine)} [line cut]` : line}`
    size += text.length + 1
    if (size > longestAnswer) break
    shown.push(text)
  }
  if (lines.length === 1 && lines[0] === '') return first === 1 ? `${path} is empty.` : `${path} has no line ${first}.`
  if (shown.length < lines.length)
    shown.push(`[cut after line ${first + shown.length - 1}; read on from ${first + shown.length}]`)
  return shown.join('\n').toWellFormed()
}
