// The lock file installs the same bytes everywhere: exact versions, hashes, and an entry for every platform.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

interface Entry {
  version?: string
  integrity?: string
  link?: boolean
  dependencies?: Record<string, string>
  devDependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}
const read = (name: string) => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'))
const packages: Record<string, Entry> = read('package-lock.json').packages
const { '': own, ...installed } = packages

it('names the hash of every package', () => {
  expect(Object.keys(installed).length).toBeGreaterThan(100)
  const without = Object.entries(installed).filter(([, entry]) => !entry.integrity?.startsWith('sha512-'))
  expect(without.map(([path]) => path)).toEqual([])
})

// `npm ci` refuses a lock that lacks one, on every platform: https://docs.npmjs.com/cli/commands/npm-ci
it('has an entry for every optional package, for whatever platform it is', () => {
  const missing = Object.entries(installed).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(name => !resolves(path, name)),
  )
  expect(missing).toEqual([])
})

it('agrees with package.json, whose versions are exact', () => {
  const { dependencies, devDependencies, optionalDependencies } = read('package.json')
  expect(own).toMatchObject({ dependencies, devDependencies, optionalDependencies })
  const wanted: [string, string][] = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
  expect(wanted.filter(([, version]) => !/^(npm:[\w@/-]+@)?\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([])
})

/** As Node looks for it: beside what asks, then outward. */
function resolves(from: string, name: string): boolean {
  for (let place = from; ; place = place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/')))) {
    if (`${place ? `${place}/` : ''}node_modules/${name}` in installed) return true
    if (!place.includes('/node_modules/')) return `node_modules/${name}` in installed
  }
}
