// Which changed files are lock files that are read here, and by whom; those of other tools are named.
import { readGoMod, readGoSum } from './go-locks.ts'
import type { ReadLock } from './locked.ts'
import { readNpmLock } from './npm-lock.ts'
import { readPnpmLock, readYarnLock } from './npm-other-locks.ts'
import { readPipfileLock, readRequirements } from './python-locks.ts'
import { readCargoLock, readPoetryLock, readUvLock } from './toml-locks.ts'

export function readerOf(path: string): ReadLock | undefined {
  const name = nameOf(path)
  if (/^requirements([._-][\w.-]*)?\.txt$/.test(name) || /(^|\/)requirements\/[^/]+\.txt$/i.test(path))
    return readRequirements
  return readers.get(name)
}

/** A lock file that nobody here can read. */
export function isOtherLock(path: string): boolean {
  return others.has(nameOf(path))
}

const readers = new Map<string, ReadLock>([
  ['package-lock.json', readNpmLock],
  ['npm-shrinkwrap.json', readNpmLock],
  ['pnpm-lock.yaml', readPnpmLock],
  ['yarn.lock', readYarnLock],
  ['poetry.lock', readPoetryLock],
  ['pdm.lock', readPoetryLock],
  ['uv.lock', readUvLock],
  ['pipfile.lock', readPipfileLock],
  ['go.mod', readGoMod],
  ['go.sum', readGoSum],
  ['cargo.lock', readCargoLock],
])

const others = new Set(
  `bun.lock bun.lockb deno.lock gemfile.lock composer.lock flake.lock mix.lock pubspec.lock podfile.lock
  packages.lock.json gradle.lockfile cartfile.resolved package.resolved pylock.toml`
    .trim()
    .split(/\s+/),
)

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1).toLowerCase()
}
