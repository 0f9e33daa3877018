// Lock files that are lists of `[[package]]` in TOML: Cargo.lock, poetry.lock, uv.lock and pdm.lock, read by their lines.
import { type Ecosystem, type Locked, type LockFile, pin, type ReadLock, whence } from './locked.ts'
import { pypiName } from './python-locks.ts'
import { elsewhere } from './registries.ts'

/** https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html: what has no source is a part of the repository itself. */
export const readCargoLock: ReadLock = text =>
  read(text, 'crates.io', ({ source }) => (source === undefined ? 'a path' : elsewhere('crates.io', source)))

/** A package without a source comes from PyPI: https://python-poetry.org/docs/repositories/ */
export const readPoetryLock: ReadLock = text =>
  read(text, 'PyPI', ({ sourceType, sourceUrl, other }) => {
    if (sourceType === 'git') return 'git'
    if (sourceType === 'directory' || sourceType === 'file' || other.has('path')) return 'a path'
    if (other.has('git')) return 'git'
    const url = sourceUrl ?? other.get('url')
    return url === undefined ? undefined : elsewhere('PyPI', url)
  })

/** `source = { registry = "https://pypi.org/simple" }`: https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile */
export const readUvLock: ReadLock = text =>
  read(text, 'PyPI', ({ inline }) => {
    const kind = /^\{\s*(\w+)\s*=\s*["']([^"']*)["']/.exec(inline ?? '')
    if (kind?.[1] === 'registry') return elsewhere('PyPI', kind[2]!)
    if (kind?.[1] === 'git') return 'git'
    return kind && ['path', 'editable', 'virtual', 'directory'].includes(kind[1]!) ? 'a path' : 'another place'
  })

interface Block {
  name?: string
  version?: string
  source?: string
  /** `source = { … }`, as it stands there. */
  inline?: string
  sourceType?: string
  sourceUrl?: string
  other: Map<string, string>
  from: number
  versionAt: number
}

function read(text: string, ecosystem: Ecosystem, awayOf: (block: Block) => string | undefined): LockFile {
  const lines = text.split('\n')
  const blocks: Block[] = []
  let table = ''
  for (const [index, line] of lines.entries()) {
    const heading = line.trimStart()
    if (heading.startsWith('[')) {
      const double = heading.startsWith('[[')
      table = heading.slice(double ? 2 : 1, heading.indexOf(']')).replace(/["'\s]/g, '')
      if (double && table === 'package') blocks.push({ other: new Map(), from: index, versionAt: index })
      continue
    }
    const block = blocks.at(-1)
    if (block) take(block, table, line, index)
  }
  const packages = blocks.flatMap((block): Locked[] => {
    const { name, version } = block
    if (name === undefined || version === undefined) return []
    const away = awayOf(block)
    const named = ecosystem === 'PyPI' ? pypiName(name) : name
    const where = pin(lines, block.from + 1, block.versionAt)
    return [{ ecosystem, name: named, version, ...where, ...whence(away, addressOf(block)) }]
  })
  if (packages.length === 0 && /\bpackage\b\W*=|\[\[?\s*["']?package/.test(text))
    return { packages, problem: 'is not in the form that its tool writes' }
  return { packages }
}

function addressOf({ source, inline, sourceUrl, other }: Block): string | undefined {
  return sourceUrl ?? other.get('git') ?? other.get('url') ?? source ?? /["']([^"']*)["']/.exec(inline ?? '')?.[1]
}

function take(block: Block, table: string, line: string, index: number): void {
  const found = /^\s*["']?([\w-]+)["']?\s*=\s*(?:"([^"]*)"|'([^']*)'|(\{.*\}))/.exec(line)
  if (!found) return
  const key = found[1]!
  const value = found[2] ?? found[3]
  if (table === 'package.source') {
    if (key === 'type' && value !== undefined) block.sourceType = value
    if (key === 'url' && value !== undefined) block.sourceUrl = value
  }
  if (table !== 'package') return
  if (key === 'name' && value !== undefined) block.name ??= value
  else if (key === 'version' && value !== undefined && block.version === undefined) {
    block.version = value
    block.versionAt = index
  } else if (key === 'source') {
    if (value !== undefined) block.source ??= value
    if (found[4] !== undefined) block.inline ??= found[4]
  } else if (value !== undefined && block.other.size < 20) block.other.set(key, value)
}
