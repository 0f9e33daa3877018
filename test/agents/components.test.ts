// A repository taken apart for a sweep: every file is in exactly one part, or left out with its reason.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { componentsOf } from '../../src/agents/components.ts'
import type { TreeFile } from '../../src/domain/workspace.ts'

const file = (path: string, more: Partial<TreeFile> = {}): TreeFile => ({
  path,
  bytes: 10,
  generated: false,
  vendored: false,
  ...more,
})
const parts = (paths: string[], limits?: { components: number; files: number }, skip: string[] = []) =>
  componentsOf(
    paths.map(path => file(path)),
    skip,
    limits,
  )
const names = (found: ReturnType<typeof componentsOf>) => found.components.map(one => one.name)

describe('the parts of a repository', () => {
  it('are its packages, its top-level folders, and what lies at the top', () => {
    const found = parts([
      'README.md',
      'package.json',
      'packages/api/package.json',
      'packages/api/src/routes.ts',
      'packages/web/package.json',
      'scripts/build.ts',
      'services/pay/go.mod',
      'services/pay/main.go',
      'services/notes.txt',
    ])
    expect(names(found).sort()).toEqual(['.', 'packages/api', 'packages/web', 'scripts', 'services', 'services/pay'])
    expect(found.components.find(one => one.name === 'services')?.files).toEqual(['services/notes.txt'])
    expect(found.left).toEqual([])
  })

  it('come with sensitive files first, then by their size', () => {
    const found = parts(['a/1.ts', 'b/1.ts', 'b/2.ts', 'c/auth.ts'])
    expect(names(found)).toEqual(['c', 'b', 'a'])
  })

  it('that are large are taken apart by their folders', () => {
    const many = (folder: string, count: number) => Array.from({ length: count }, (_, n) => `${folder}/${n}.ts`)
    const found = parts([...many('src/api', 4), ...many('src/web', 3), 'src/index.ts'], { components: 9, files: 5 })
    expect(found.components.map(({ name, files }) => [name, files.length])).toEqual([
      ['src/api', 4],
      ['src/web', 3],
      ['src', 1],
    ])
  })

  it('beyond the most are left out by name', () => {
    const found = parts(['a/1.ts', 'a/2.ts', 'b/1.ts', 'c/1.ts'], { components: 2, files: 5 })
    expect(names(found)).toEqual(['a', 'b'])
    expect(found.left).toEqual([
      { name: 'c', files: 1, because: expect.stringMatching(/^there are more than 2 parts/) },
    ])
  })
})

describe('files that no agent is sent over', () => {
  it.each([
    [file('src/a.ts', { generated: true }), 'generated, as the attributes say'],
    [file('src/a.ts', { vendored: true }), 'vendored'],
    [file('src/node_modules/x/a.js'), 'vendored'],
    [file('src/yarn.lock'), 'lock files'],
    [file('src/a.png'), 'no text that a person wrote'],
    [file('src/a.min.js'), 'no text that a person wrote'],
    [file('src/a.ts', { bytes: 2 ** 21 }), 'larger than 1 MiB'],
    [file('src/a.ts', { bytes: 0 }), 'empty'],
    [file('src/docs/a.ts'), "skipped by the repository's settings (src/docs/**)"],
  ])('%o are left out: %s', (one, because) => {
    const found = componentsOf([one, file('src/kept.ts')], ['src/docs/**'])
    expect(found.components).toEqual([{ name: 'src', files: ['src/kept.ts'] }])
    expect(found.left).toEqual([{ name: 'src', files: 1, because }])
  })

  it('are never migrations', () => {
    expect(componentsOf([file('db/migrate/1.sql', { generated: true })], []).components).toHaveLength(1)
  })
})

const segment = fc.constantFrom('src', 'api', 'web', 'a b', '__proto__', 'package.json', 'x.ts', 'y.png', 'vendor', '…')
const path = fc.array(segment, { minLength: 1, maxLength: 5 }).map(segments => segments.join('/'))

describe('any repository', () => {
  it('has every file in one part, or counted among what is left', () => {
    fc.assert(
      fc.property(fc.uniqueArray(path, { maxLength: 60 }), paths => {
        const { components, left } = parts(paths, { components: 4, files: 3 })
        const covered = components.flatMap(one => one.files)
        expect(new Set(covered).size).toBe(covered.length)
        expect(covered.length + left.reduce((sum, one) => sum + one.files, 0)).toBe(paths.length)
        expect(components.length).toBeLessThanOrEqual(4)
        expect(new Set(components.map(one => one.name)).size).toBe(components.length)
      }),
    )
  })
})
