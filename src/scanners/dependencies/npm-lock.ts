// npm's own lock file, package-lock.json and npm-shrinkwrap.json, of versions 1 to 3.
import { asRecord, isRecord, type Locked, pinsOf, type ReadLock, whence } from './locked.ts'
import { elsewhere } from './registries.ts'

/** https://docs.npmjs.com/cli/v11/configuring-npm/package-lock-json */
export const readNpmLock: ReadLock = (text, beside) => {
  let root: unknown
  try {
    root = JSON.parse(text)
  } catch {
    return { packages: [], problem: 'is no JSON' }
  }
  const { packages, dependencies } = asRecord(root)
  const entries = isRecord(packages)
    ? fromPackages(packages)
    : isRecord(dependencies)
      ? fromTree(dependencies)
      : undefined
  if (!entries) return { packages: [], problem: 'has no list of packages in it' }
  const pinOf = pinsOf(text)
  const locked = entries.flatMap(([key, name, entry]): Locked[] => {
    const { version, resolved, link } = entry
    if (link === true || typeof version !== 'string') return []
    const address = typeof resolved === 'string' ? resolved : /^[a-z+]+:|\//.test(version) ? version : undefined
    const away = address === undefined ? beside.npm(name) : elsewhere('npm', address)
    return [{ ecosystem: 'npm', name, version, ...pinOf(key, version), ...whence(away, address) }]
  })
  return { packages: locked }
}

type Entry = [key: string, name: string, entry: Record<string, unknown>]

/** A key without `node_modules/` is a folder of the repository itself; an alias has the package's real name in its entry. */
function fromPackages(packages: Record<string, unknown>): Entry[] {
  const folder = 'node_modules/'
  return Object.entries(packages).flatMap(([key, value]) => {
    const at = key.lastIndexOf(folder)
    if (at < 0 || !isRecord(value)) return []
    return [[key, typeof value.name === 'string' ? value.name : key.slice(at + folder.length), value] satisfies Entry]
  })
}

const deepest = 50

function fromTree(dependencies: Record<string, unknown>, depth = 0): Entry[] {
  if (depth > deepest) return []
  return Object.entries(dependencies).flatMap(([name, value]) => {
    if (!isRecord(value)) return []
    const alias = typeof value.version === 'string' ? /^npm:(.+)@([^@]+)$/.exec(value.version) : null
    const own: Entry = alias ? [name, alias[1]!, { ...value, version: alias[2] }] : [name, name, value]
    return isRecord(value.dependencies) ? [own, ...fromTree(value.dependencies, depth + 1)] : [own]
  })
}
