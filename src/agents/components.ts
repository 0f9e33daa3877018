// A repository in parts, for sweeps that send an agent over each: packages and top-level folders, bounded, with every file in one part or left out with its reason.
import picomatch from 'picomatch'
import type { Component } from '../domain/task.ts'
import type { TreeFile } from '../domain/workspace.ts'
import { privately } from './manifest.ts'
import { isLockFile, isMigration, sensitivity } from './sensitive.ts'

export interface Components {
  /** Sensitive ones first, then the larger ones. */
  components: Component[]
  /** What no agent is sent over: folders with the number of their files, and why. */
  left: { name: string; files: number; because: string }[]
}

/** Parts at most, and files in one before it is taken apart by its folders. */
const most = { components: 24, files: 150 }

/** Pure. */
export function componentsOf(
  files: TreeFile[],
  skip: string[],
  limits = most,
  hides: (path: string) => boolean = () => false,
): Components {
  const reasonNot = reasonsNot(skip, hides)
  const kept: string[] = []
  const out = new Map<string, Components['left'][number]>()
  const leave = (name: string, count: number, because: string) => {
    const key = JSON.stringify([name, because])
    out.set(key, { name, files: (out.get(key)?.files ?? 0) + count, because })
  }
  for (const file of files) {
    const because = reasonNot(file)
    if (because === undefined) kept.push(file.path)
    else leave(topOf(file.path), 1, because)
  }
  const packages = new Set(kept.filter(isManifest).map(folderOf))
  const parts = group(kept, path => packageOf(path, packages) ?? topOf(path))
  const whole = [...parts].flatMap(([name, paths]) => takeApart(name, paths, limits.files))
  const ordered = whole.sort(
    (a, b) =>
      Number(isSensitive(b)) - Number(isSensitive(a)) || b.files.length - a.files.length || (a.name < b.name ? -1 : 1),
  )
  const because = `there are more than ${limits.components} parts, and those with sensitive files, then those with the most, went first`
  for (const { name, files } of ordered.slice(limits.components)) leave(name, files.length, because)
  return { components: ordered.slice(0, limits.components), left: [...out.values()] }
}

function reasonsNot(skip: string[], hides: (path: string) => boolean): (file: TreeFile) => string | undefined {
  const globs = skip.map(glob => ({ glob, matches: picomatch(glob, { dot: true }) }))
  return ({ path, bytes, generated, vendored }) => {
    if (hides(path)) return privately
    const rule = globs.find(({ matches }) => matches(path))
    if (rule) return `skipped by the repository's settings (${rule.glob})`
    if (isMigration(path)) return undefined
    if (generated) return 'generated, as the attributes say'
    if (vendored || vendorFolder.test(path)) return 'vendored'
    if (isLockFile(path)) return 'lock files'
    if (noText.test(path)) return 'no text that a person wrote'
    if (bytes > largest) return 'larger than 1 MiB'
    return bytes === 0 ? 'empty' : undefined
  }
}

const largest = 1024 * 1024
const vendorFolder = /(^|\/)(vendor|node_modules|third_party|third-party|bower_components|dist|\.yarn)\//i
const noText =
  /\.(png|jpe?g|gif|webp|ico|icns|bmp|tiff?|svgz?|pdf|mp[34]|mov|avi|webm|wav|ogg|woff2?|ttf|otf|eot|zip|gz|tgz|bz2|xz|7z|jar|war|class|so|dylib|dll|exe|bin|wasm|o|a|pyc|db|sqlite3?|parquet|snap|map)$|[.-]min\.(js|css)$/i

/** What makes a folder a package of its own, in the languages that have such files. */
const manifests = new Set(
  'package.json go.mod cargo.toml pyproject.toml setup.py pom.xml build.gradle build.gradle.kts composer.json gemfile mix.exs pubspec.yaml deno.json'.split(
    ' ',
  ),
)

function isManifest(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  return manifests.has(name) || name.endsWith('.csproj')
}

function folderOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
}

/** The deepest package below the top that holds the file. */
function packageOf(path: string, packages: Set<string>): string | undefined {
  for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) if (packages.has(folder)) return folder
  return undefined
}

function topOf(path: string): string {
  const slash = path.indexOf('/')
  return slash < 0 ? '.' : path.slice(0, slash)
}

function group(paths: string[], key: (path: string) => string): Map<string, string[]> {
  const groups = new Map<string, string[]>()
  for (const path of paths) {
    const name = key(path)
    const known = groups.get(name)
    if (known) known.push(path)
    else groups.set(name, [path])
  }
  return groups
}

/** A large part by its folders; the files that lie in it directly stay together, whatever their number. */
function takeApart(name: string, files: string[], atMost: number): Component[] {
  if (files.length <= atMost || name === '.') return [{ name, files }]
  const below = name.length + 1
  const parts = group(files, path => {
    const slash = path.indexOf('/', below)
    return slash < 0 ? name : path.slice(0, slash)
  })
  if (parts.size === 1) {
    const [[only = name, paths = files] = []] = parts
    return only === name ? [{ name, files }] : takeApart(only, paths, atMost)
  }
  return [...parts].flatMap(([part, paths]) =>
    part === name ? [{ name, files: paths }] : takeApart(part, paths, atMost),
  )
}

function isSensitive({ files }: Component): boolean {
  return files.some(path => !isLockFile(path) && sensitivity(path) !== undefined)
}
