// The marina's files, as they lie in this directory: the base, the change, and the second push.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

export type Part = 'base' | 'change' | 'second'

export interface Planted {
  name: string
  file: string
  /** Its number in the changed file, from 1. */
  line: number
  security: boolean
  /** The second push mends it. */
  fixed: boolean
}

const here = fileURLToPath(new URL('.', import.meta.url))

/** Repository path → text. */
export function filesOf(part: Part): Record<string, string> {
  const root = join(here, 'repository', part)
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
  return Object.fromEntries(
    files.map(entry => {
      const path = join(entry.parentPath, entry.name)
      return [relative(root, path).replaceAll(sep, '/'), readFileSync(path, 'utf8')]
    }),
  )
}

/** The twelve defects, each with the line it stands on. */
export function planted(): Planted[] {
  const changed = filesOf('change')
  const list = parse(readFileSync(join(here, 'planted.yaml'), 'utf8')) as {
    name: string
    file: string
    line: string
    security?: boolean
    fixed?: boolean
  }[]
  return list.map(({ name, file, line, security = false, fixed = false }) => {
    const index = (changed[file] ?? '').split('\n').findIndex(text => text.includes(line))
    if (index < 0) throw new Error(`${name} was planted in ${file}, and "${line}" does not stand there`)
    return { name, file, line: index + 1, security, fixed }
  })
}
