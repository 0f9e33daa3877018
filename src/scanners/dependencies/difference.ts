// What a change locks that was not locked before: the lock files of both commits read, and their packages compared.
import type { Left } from '../../domain/evidence.ts'
import { asProblem } from '../../domain/problem.ts'
import type { Checkout } from '../../domain/workspace.ts'
import { readerOf } from './files.ts'
import { type Beside, isPlausible, keyOf, type Locked, type LockFile } from './locked.ts'
import { gatherPlaces, type Place, placeOf } from './places.ts'
import { readRegistries } from './registries.ts'

/** A package that is new, or new in this version. */
export interface Changed extends Locked {
  /** Lock files that pin it, the first being the one that the quote stands in. */
  files: string[]
  /** Versions of it that were locked before; none: it is new. */
  before: string[]
}

export interface Difference {
  changed: Changed[]
  /** Lock files that were read, and a sentence for each that was not. */
  files: number
  unread: Left[]
  /** That lock files name now and none of them named before; of packages that were locked before too. */
  places: Place[]
}

/** `before`: its path at the merge base, when it was there and is compared with. */
export interface Lock {
  path: string
  before?: string
}

const limit = 10 * 1024 ** 2

/** Never throws for what the files say. */
export async function compareLocks(checkout: Checkout, files: Lock[]): Promise<Difference> {
  const changed = new Map<string, Changed>()
  const result = { files: 0, unread: [] as Left[] }
  const places = new Map<string, Place>()
  const known = new Set<string | undefined>()
  for (const file of files) {
    const head = await read(checkout, file.path, undefined)
    if (head.problem !== undefined) result.unread.push({ path: file.path, because: `The lock file ${head.problem}.` })
    else result.files++
    const base: Read =
      file.before === undefined ? { packages: [] } : await read(checkout, file.before, checkout.mergeBase)
    const old = new Set(base.packages.map(keyOf))
    const versions = versionsOf(base.packages)
    for (const { from } of base.packages) if (from !== undefined) known.add(placeOf(from))
    gatherPlaces(places, file.path, head.packages, head.text)
    for (const one of head.packages) {
      const key = keyOf(one)
      if (old.has(key)) continue
      const same = changed.get(key)
      const before = versions.get(`${one.ecosystem}\n${one.name}`) ?? []
      if (!same) changed.set(key, { ...one, files: [file.path], before })
      else if (!same.files.includes(file.path)) same.files.push(file.path)
    }
  }
  const fresh = [...places.values()].filter(({ name }) => !known.has(name))
  return { changed: [...changed.values()], places: fresh, ...result }
}

/** `text`: of a file that was read whole. */
type Read = LockFile & { text?: string }

async function read(checkout: Checkout, path: string, commit: string | undefined): Promise<Read> {
  const reader = readerOf(path)
  if (!reader) return { packages: [], problem: 'is no lock file that is read here' }
  try {
    const text = await checkout.file(path, commit, limit)
    if (text === undefined) return { packages: [], problem: 'is not there' }
    if (/\n\[… cut: [^\n]*$/.test(text.slice(-200)))
      return { packages: [], problem: `is larger than ${limit / 1024 ** 2} MiB` }
    const lock = reader(text, await besideOf(checkout, path, commit))
    const packages = lock.packages.map(one =>
      one.elsewhere === undefined && !isPlausible(one)
        ? { ...one, elsewhere: 'a name or version that no registry has' }
        : one,
    )
    return { ...lock, packages, text }
  } catch (thrown) {
    const problem = asProblem(thrown)
    if (problem.code === 'stopped') throw problem
    return {
      packages: [],
      problem: problem.code === 'internal' ? 'could not be understood' : `could not be read (${problem.message})`,
    }
  }
}

/** The settings of the merge base where it has them: a change that brings its own could keep its packages from being asked about. */
async function besideOf(checkout: Checkout, path: string, commit: string | undefined): Promise<Beside> {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const name = path.slice(folder.length).toLowerCase()
  if (name === 'go.sum') return { npm: () => undefined, goMod: await checkout.file(`${folder}go.mod`, commit, limit) }
  if (!/package-lock|shrinkwrap|pnpm-lock|yarn\.lock/.test(name)) return { npm: () => undefined }
  const setting = async (file: string) => {
    for (const place of new Set([folder + file, file]))
      for (const at of [checkout.mergeBase, undefined]) {
        const text = await checkout.file(place, at, 64 * 1024)
        if (text !== undefined) return text
      }
    return undefined
  }
  return { npm: readRegistries(await setting('.npmrc'), await setting('.yarnrc.yml')) }
}

function versionsOf(packages: Locked[]): Map<string, string[]> {
  const versions = new Map<string, string[]>()
  for (const { ecosystem, name, version } of packages) {
    const key = `${ecosystem}\n${name}`
    const known = versions.get(key)
    if (!known) versions.set(key, [version])
    else if (known.length < 10) known.push(version)
  }
  return versions
}
