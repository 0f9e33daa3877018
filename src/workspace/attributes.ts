// Which paths are generated or vendored, by the attributes of the base alone: the head could call anything generated.
import { rm } from 'node:fs/promises'
import { bothOf } from './both.ts'
import { type Git, mustRun } from './git.ts'

export interface LinguistMarks {
  generated: Set<string>
  vendored: Set<string>
}

/** `index` is a path for a private index that is removed again; the paths can come while the commit is listed. Git before 2.40 can not ask a commit (`check-attr --source`), an index all can. */
export async function marksOf(
  git: Git,
  request: {
    gitDir: string
    commit: string
    paths: string[] | Promise<string[]>
    index: string
    signal: AbortSignal
    readable?: string[]
  },
): Promise<LinguistMarks> {
  const marks: LinguistMarks = { generated: new Set(), vendored: new Set() }
  const { gitDir, index, signal, readable } = request
  const [files, paths] = await bothOf([attributeFilesOf(git, request), Promise.resolve(request.paths)])
  if (files.length === 0 || paths.length === 0) return marks
  try {
    const add = ['update-index', '-z', '--index-info']
    await mustRun(git, { gitDir, index, args: add, input: Buffer.from(files.join(''), 'latin1'), signal })
    const ask = ['check-attr', '--cached', '-z', '--stdin', 'linguist-generated', 'linguist-vendored']
    const input = paths.map(path => `${path}\0`).join('')
    const answer = await mustRun(git, { gitDir, index, args: ask, input, signal, readable })
    const words = answer.toString().split('\0')
    for (let at = 0; at + 2 < words.length; at += 3) {
      const [path = '', name, value] = words.slice(at, at + 3)
      if (value !== 'set' && value !== 'true') continue
      marks[name === 'linguist-generated' ? 'generated' : 'vendored'].add(path)
    }
  } finally {
    await rm(index, { force: true })
  }
  return marks
}

/** Lines for `update-index --index-info`, as bytes in latin1. */
async function attributeFilesOf(
  git: Git,
  request: { gitDir: string; commit: string; signal: AbortSignal },
): Promise<string[]> {
  const list = ['ls-tree', '-r', '-z', '--full-tree', request.commit]
  const answer = await mustRun(git, { gitDir: request.gitDir, args: list, signal: request.signal, maxBytes: 512 << 20 })
  const lines = answer.toString('latin1').split('\0')
  return lines.filter(line => /^100\d{3} blob [0-9a-f]+\t(.*\/)?\.gitattributes$/s.test(line)).map(line => `${line}\0`)
}
