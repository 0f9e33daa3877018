// The lock files of npm's other package managers, pnpm-lock.yaml and yarn.lock, read by their lines: no YAML that somebody made up is expanded.
import { type Beside, type Locked, type LockFile, pin, type ReadLock, whence } from './locked.ts'
import { elsewhere } from './registries.ts'

/** https://github.com/pnpm/spec/tree/master/lockfile; keys are `/name/1.0.0`, `/name@1.0.0` or `name@1.0.0`, with what peers they met after it. */
export const readPnpmLock: ReadLock = (text, beside) => {
  const lines = text.split('\n')
  const start = lines.findIndex(line => /^packages:\s*(\{\s*\})?\s*$/.test(line))
  if (start < 0) return listsNothing(text, /^(lockfileVersion|importers):/m)
  const packages: Locked[] = []
  for (let at = start + 1; at < lines.length && !/^\S/.test(lines[at]!); at++) {
    const line = lines[at]!.trimEnd()
    if (!/^ {2}\S/.test(line) || !line.endsWith(':')) continue
    const key = line.slice(2, -1).replace(/^["']|["']$/g, '')
    const next = lines.slice(at + 1, at + 6)
    const end = next.findIndex(line => /^ {0,2}\S/.test(line))
    const block = next.slice(0, end < 0 ? next.length : end).join('\n')
    const parsed = nameAndVersion(key)
    const address = /\btarball:\s*['"]?([^\s'",}]+)/.exec(block)?.[1]
    const repository = /\brepo:\s*['"]?([^\s'",}]+)/.exec(block)?.[1]
    const type = /\btype:\s*(git|directory)\b|\bdirectory:/.exec(block)
    const away = type
      ? type[1] === 'git'
        ? 'git'
        : 'a path'
      : address !== undefined && !address.startsWith(`${parsed?.name}/`)
        ? elsewhere('npm', address)
        : parsed
          ? beside.npm(parsed.name)
          : elsewhere('npm', key)
    const { name, version } = parsed ?? { name: key.slice(0, 300), version: '' }
    packages.push({ ecosystem: 'npm', name, version, ...pin(lines, at, at), ...whence(away, address ?? repository) })
  }
  return packages.length > 0 ? { packages } : listsNothing(text, /^packages:\s*(\{\s*\})?\s*$/m)
}

function nameAndVersion(key: string): { name: string; version: string } | undefined {
  const found = /^\/?((?:@[^/@\s]+\/)?[^/@\s]+)[@/](\d[^(_\s/]*)/.exec(key)
  return found ? { name: found[1]!, version: found[2]! } : undefined
}

/** Version 1, and the YAML of later ones: https://yarnpkg.com/ */
export const readYarnLock: ReadLock = (text, beside) => {
  const lines = text.split('\n').map(line => line.replace(/\r$/, ''))
  const packages: Locked[] = []
  for (const [at, head] of lines.entries()) {
    if (!/^["\w@].*:$/.test(head) || head === '__metadata:') continue
    const next = lines.slice(at + 1, at + 12)
    const end = next.findIndex(line => /^\S/.test(line) || line === '')
    const block = next.slice(0, end < 0 ? next.length : end)
    const value = (key: string) =>
      block.map(line => new RegExp(`^ {2}"?${key}"?:? "?([^"]+)"?$`).exec(line)?.[1]).find(one => one !== undefined)
    const version = value('version')
    if (version === undefined) continue
    const resolution = value('resolution')
    if (resolution && /@workspace:/.test(resolution)) continue
    const spec = head.replace(/:$/, '').replace(/"/g, '').split(/,\s*/)[0]!
    const called = resolution ?? spec
    const name = /^(@?[^@]+)@/.exec(called)?.[1] ?? called
    const real = resolution ? name : (/^@?[^@]+@npm:(@?[^@]+)@/.exec(spec)?.[1] ?? name)
    const resolved = value('resolved')
    const away = resolved
      ? elsewhere('npm', resolved)
      : resolution
        ? awayOfBerry(resolution, real, beside)
        : beside.npm(real)
    const line = at + 1 + block.findIndex(one => /^ {2}"?version/.test(one))
    packages.push({
      ecosystem: 'npm',
      name: real,
      version,
      ...pin(lines, at, line),
      ...whence(away, resolved ?? (resolution && sourceOfBerry(resolution, real))),
    })
  }
  return packages.length > 0 ? { packages } : listsNothing(text, /yarn lockfile v1|^__metadata:/m)
}

/** `name@npm:1.0.0`, with the archive's address after it when it is none of the registry's. */
function awayOfBerry(resolution: string, name: string, beside: Beside): string | undefined {
  const source = resolution.slice(name.length + 1)
  if (source.includes('__archiveUrl=')) return elsewhere('npm', sourceOfBerry(resolution, name))
  return /^(npm|patch):/.test(source) ? beside.npm(name) : elsewhere('npm', source)
}

function sourceOfBerry(resolution: string, name: string): string {
  const source = resolution.slice(name.length + 1)
  const archive = /__archiveUrl=([^&\s]+)/.exec(source)?.[1]
  return archive === undefined ? source : decode(archive)
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** A file that the tool wrote and that pins nothing is empty; anything else is not understood. */
function listsNothing(text: string, ours: RegExp): LockFile {
  if (text.trim() === '' || (ours.test(text) && !/\bresol(ved|ution)\b/.test(text))) return { packages: [] }
  return { packages: [], problem: 'is not in the form that its tool writes' }
}
