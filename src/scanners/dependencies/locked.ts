// One package as a lock file pins it, and whether a public register of advisories may be asked about it.

export type Ecosystem = 'npm' | 'PyPI' | 'Go' | 'crates.io'

export interface Locked extends Pin {
  ecosystem: Ecosystem
  name: string
  version: string
  /** Absent: it comes from a public registry. Else where it comes from, as people call it; nobody outside is told its name. */
  elsewhere?: string
  /** The address that is written for it, where that is none of a public registry. */
  from?: string
}

export interface LockFile {
  packages: Locked[]
  /** Why it, or some of it, could not be read: the end of a sentence about the file. */
  problem?: string
}

/** What a lock file leaves to other files. */
export interface Beside {
  /** Where npm's tools get a package from whose lock file names no address. */
  npm: (name: string) => string | undefined
  /** Text of `go.mod` beside a `go.sum`. */
  goMod?: string | undefined
}

/** Hostile text in, never a throw; takes time in proportion to the text, whatever it says. */
export type ReadLock = (text: string, beside: Beside) => LockFile

export function keyOf({ ecosystem, name, version }: Pick<Locked, 'ecosystem' | 'name' | 'version'>): string {
  return `${ecosystem}\n${name}\n${version}`
}

/** What a registry could have under this name: everything else is text that somebody put there. */
export function isPlausible({ name, version }: Pick<Locked, 'name' | 'version'>): boolean {
  return /^[@\w][\w@./~+-]{0,299}$/.test(name) && /^[\w][\w.+!~-]{0,99}$/.test(version) && !name.includes('..')
}

/** What lies elsewhere, with its address where one is written. */
export function whence(away: string | undefined, address: string | undefined): Pick<Locked, 'elsewhere' | 'from'> {
  return { ...(away && { elsewhere: away }), ...(away && address !== undefined && { from: address }) }
}

/** Where a lock file pins a package: its lines verbatim, and the number of the one with the version. */
export interface Pin {
  quote: string
  /** From 1; absent where the file is not laid out as its tool does it. */
  line?: number
}

/** Of JSON as tools write it: the lines from a package's key to its version, found in one pass; the key alone where it is written otherwise. */
export function pinsOf(text: string): (key: string, version: string) => Pin {
  const lines = text.split('\n')
  const places = new Map<string, [number, number]>()
  let key: string | undefined
  let from = 0
  for (const [at, line] of lines.entries()) {
    const opened = /^\s*"([^"\\]{1,400})":\s*\{/.exec(line)?.[1]
    if (opened !== undefined) [key, from] = [opened, at]
    const version = /^\s*"version":\s*"([^"\\]{1,200})"/.exec(line)?.[1]
    if (version === undefined || key === undefined) continue
    const name = `${key}\n${version}`
    if (!places.has(name)) places.set(name, [from, at])
    key = undefined
  }
  return (name, version) => {
    const range = places.get(`${name}\n${version}`)
    return range ? pin(lines, ...range) : { quote: name.slice(0, 400) }
  }
}

/** Lines `from`..`to`, counted from 0, when they are few and short enough to be a quote, else the last of them. */
export function pin(lines: string[], from: number, to: number): Pin {
  const few = to - from <= 3 ? lines.slice(from, to + 1).join('\n') : ''
  const quote = few !== '' && few.length <= 1_000 ? few : (lines[to] ?? '')
  return { quote: quote.replace(/\r/g, '').slice(0, 2_000), line: to + 1 }
}

export function asRecord(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {}
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
