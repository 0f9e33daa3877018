// Lock files as their tools write them, and as somebody who wants to hide something might.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readerOf } from '../../../src/scanners/dependencies/files.ts'
import type { Beside } from '../../../src/scanners/dependencies/locked.ts'
import { readRegistries } from '../../../src/scanners/dependencies/registries.ts'

const plain: Beside = { npm: () => undefined }

/** `name version`, and where it comes from when that is not the public registry; with the line. */
function read(path: string, text: string, beside = plain): string[] {
  const { packages, problem } = readerOf(path)!(text, beside)
  const lines = text.split('\n')
  for (const { line, quote } of packages)
    if (line !== undefined)
      expect(quote.split('\n').at(-1)).toBe(lines[line - 1]!.slice(0, quote.length).replace(/\r$/, ''))
  return [
    ...packages.map(one => `${one.name} ${one.version}${one.elsewhere ? ` (${one.elsewhere})` : ''}`),
    ...(problem ? [`! ${problem}`] : []),
  ]
}

describe('npm', () => {
  it('locks in `packages`: aliases by their real name, folders of the repository not at all', () => {
    const text = JSON.stringify(
      {
        lockfileVersion: 3,
        packages: {
          '': { name: 'shop', version: '1.0.0' },
          'packages/ui': { version: '2.0.0' },
          'node_modules/ui': { resolved: 'packages/ui', link: true },
          'node_modules/a': { version: '1.0.0', resolved: 'https://registry.npmjs.org/a/-/a-1.0.0.tgz' },
          'node_modules/a/node_modules/@s/b': { version: '2.0.0' },
          'node_modules/c': { name: 'real', version: '3.0.0', resolved: 'https://registry.yarnpkg.com/real.tgz' },
          'node_modules/d': { version: '4.0.0', resolved: 'file:../d.tgz' },
        },
      },
      null,
      2,
    )
    expect(read('package-lock.json', text)).toEqual(['a 1.0.0', '@s/b 2.0.0', 'real 3.0.0', 'd 4.0.0 (a path)'])
  })

  it('locks in a tree, of version 1', () => {
    const text = JSON.stringify({
      lockfileVersion: 1,
      dependencies: {
        a: { version: '1.0.0', dependencies: { b: { version: '2.0.0', resolved: 'https://npm.corp/b.tgz' } } },
        c: { version: 'github:acme/c#abc' },
        d: { version: 'npm:real@3.0.0' },
      },
    })
    expect(read('npm-shrinkwrap.json', text)).toEqual([
      'a 1.0.0',
      'b 2.0.0 (another registry)',
      'c github:acme/c#abc (git)',
      'real 3.0.0',
    ])
  })

  it('takes the registry from .npmrc or .yarnrc.yml where the lock file names none', () => {
    const ofNpm = readRegistries('registry=https://registry.npmjs.org/\n@acme:registry = "https://npm.acme.example/"\n')
    expect(['a', '@acme/b', '@other/c'].map(ofNpm)).toEqual([undefined, 'another registry', undefined])
    const ofYarn = readRegistries('', 'npmScopes:\n  acme:\n    npmRegistryServer: "https://npm.acme.example"\n')
    expect(['a', '@acme/b'].map(ofYarn)).toEqual([undefined, 'another registry'])
    expect(readRegistries('', 'npmRegistryServer: "https://npm.acme.example"\n')('a')).toBe('another registry')
  })

  it('has lock files of yarn, of both kinds', () => {
    const one = `# yarn lockfile v1\n\n\n"@s/a@^1.0.0", "@s/a@^1.1.0":\n  version "1.2.0"\n  resolved "https://registry.yarnpkg.com/@s/a/-/a-1.2.0.tgz#abc"\n\nb@^2.0.0:\n  version "2.0.0"\n  resolved "https://npm.corp/b.tgz"\n\n"c@npm:real@^3.0.0":\n  version "3.0.0"\n  resolved "https://registry.npmjs.org/real/-/real-3.0.0.tgz"\n`
    expect(read('yarn.lock', one)).toEqual(['@s/a 1.2.0', 'b 2.0.0 (another registry)', 'real 3.0.0'])
    const berry = `__metadata:\n  version: 8\n\n"a@npm:^1.0.0, a@npm:^1.1.0":\n  version: 1.2.0\n  resolution: "a@npm:1.2.0"\n  checksum: abc\n\n"shop@workspace:.":\n  version: 0.0.0-use.local\n  resolution: "shop@workspace:."\n\n"@s/b@https://github.com/s/b.git#commit=abc":\n  version: 2.0.0\n  resolution: "@s/b@https://github.com/s/b.git#commit=abc"\n`
    expect(read('yarn.lock', berry)).toEqual(['a 1.2.0', '@s/b 2.0.0 (git)'])
  })

  it.each([
    ['9', 'a@1.0.0', "'@s/b@2.0.0'"],
    ['6', '/a@1.0.0(react@18.0.0)', '/@s/b@2.0.0'],
    ['5', '/a/1.0.0_react@18.0.0', '/@s/b/2.0.0'],
  ])('has lock files of pnpm, of version %s', (version, a, b) => {
    const text = `lockfileVersion: '${version}.0'\n\nimporters:\n\n  .:\n    dependencies:\n      a:\n        specifier: ^1.0.0\n        version: 1.0.0\n\npackages:\n\n  ${a}:\n    resolution: {integrity: sha512-AAAA}\n    engines: {node: '>=8'}\n\n  ${b}:\n    resolution: {integrity: sha512-BBBB, tarball: https://npm.corp/b.tgz}\n\n  github.com/acme/c/abc:\n    resolution: {type: git, repo: https://github.com/acme/c, commit: abc}\n    name: c\n    version: 3.0.0\n\nsnapshots:\n\n  a@1.0.0: {}\n`
    const [first, second, third] = read('pnpm-lock.yaml', text)
    expect([first, second]).toEqual(['a 1.0.0', '@s/b 2.0.0 (another registry)'])
    expect(third).toMatch(/\(git\)$/)
  })
})

describe('Python', () => {
  it('pins by == in requirements, asks nobody about what is not pinned or comes from elsewhere', () => {
    const text =
      '# comment\nDjango[argon2]==5.1.2 \\\n    --hash=sha256:abc\nFlask>=2\nmine @ git+https://github.com/acme/mine\n-e ./local\nzope.interface === 7.0\n'
    expect(read('requirements-dev.txt', text)).toEqual([
      'django 5.1.2',
      'flask >=2 (no exact version)',
      'mine @ git+https://github.com/acme/mine (git)',
      'zope-interface 7.0',
    ])
    expect(read('requirements/prod.txt', '--extra-index-url https://pypi.corp/simple\na==1.0\n')).toEqual([
      'a 1.0 (another registry)',
    ])
  })

  it('has poetry, uv and Pipfile locks', () => {
    const poetry = `[[package]]\nname = "a"\nversion = "1.0"\nfiles = [\n    {file = "a.whl", hash = "sha256:abc"},\n]\n\n[package.dependencies]\nname = ">=1"\n\n[[package]]\nname = "b"\nversion = "2.0"\n\n[package.source]\ntype = "legacy"\nurl = "https://pypi.corp/simple"\nreference = "corp"\n\n[metadata]\nversion = "9"\n`
    expect(read('poetry.lock', poetry)).toEqual(['a 1.0', 'b 2.0 (another registry)'])
    const uv = `version = 1\n\n[[package]]\nname = "a"\nversion = "1.0"\nsource = { registry = "https://pypi.org/simple" }\n\n[[package]]\nname = "shop"\nversion = "0.1"\nsource = { editable = "." }\n\n[[package]]\nname = "g"\nversion = "3"\nsource = { git = "https://github.com/acme/g?rev=abc" }\n`
    expect(read('uv.lock', uv)).toEqual(['a 1.0', 'shop 0.1 (a path)', 'g 3 (git)'])
    const pipfile = JSON.stringify(
      {
        _meta: {
          sources: [
            { name: 'pypi', url: 'https://pypi.org/simple' },
            { name: 'corp', url: 'https://pypi.corp/simple' },
          ],
        },
        default: {
          a: { hashes: ['sha256:abc'], index: 'pypi', version: '==1.0' },
          b: { index: 'corp', version: '==2.0' },
        },
        develop: { c: { version: '==3.0' } },
      },
      null,
      4,
    )
    expect(read('Pipfile.lock', pipfile)).toEqual(['a 1.0', 'b 2.0 (another registry)', 'c 3.0'])
  })
})

describe('Go and Rust', () => {
  const goMod =
    'module github.com/acme/shop // ours\n\ngo 1.24\n\nrequire (\n\tgolang.org/x/net v0.37.0\n\tgithub.com/acme/secret v1.0.0\n\tgit.corp.example/lib v1.0.0 // indirect\n\tgithub.com/a/b v1.0.0\n\tgithub.com/a/c v1.0.0\n)\n\nreplace github.com/a/b => github.com/x/b v1.2.3\n\nreplace (\n\tgithub.com/a/c v1.0.0 => ../c\n)\n'

  it('selects versions in go.mod: replaced ones as they are built, an owner’s own and unknown hosts not asked about', () => {
    expect(read('go.mod', goMod)).toEqual([
      'golang.org/x/net 0.37.0',
      'github.com/acme/secret 1.0.0 (the same owner as this module, and perhaps private)',
      'git.corp.example/lib 1.0.0 (a host that is not known to be public)',
      'github.com/x/b 1.2.3',
      'github.com/a/c 1.0.0 (a path)',
    ])
  })

  it('sums more in go.sum, of which only what go.mod does not list is built as it stands there', () => {
    const sum = [
      'golang.org/x/net v0.36.0 h1:a=',
      'golang.org/x/text v0.20.0 h1:b=',
      'golang.org/x/text v0.20.0/go.mod h1:c=',
      '',
    ]
    expect(read('go.sum', sum.join('\n'), { ...plain, goMod })).toEqual(['golang.org/x/text 0.20.0'])
  })

  it('names the source of a crate', () => {
    const block = (name: string, source?: string) =>
      `[[package]]\nname = "${name}"\nversion = "1.0.0"\n${source ? `source = "${source}"\n` : ''}`
    const text = [
      block('a', 'registry+https://github.com/rust-lang/crates.io-index'),
      block('b', 'sparse+https://index.crates.io/'),
      block('c', 'git+https://github.com/acme/c#abc'),
      block('d', 'sparse+https://crates.corp/index/'),
      block('shop'),
    ].join('\n')
    expect(read('Cargo.lock', text)).toEqual([
      'a 1.0.0',
      'b 1.0.0',
      'c 1.0.0 (git)',
      'd 1.0.0 (another registry)',
      'shop 1.0.0 (a path)',
    ])
  })
})

describe('a hostile lock file', () => {
  const names = [
    'package-lock.json',
    'pnpm-lock.yaml',
    'yarn.lock',
    'poetry.lock',
    'uv.lock',
    'Cargo.lock',
    'Pipfile.lock',
    'go.mod',
    'go.sum',
    'requirements.txt',
  ]

  it.each([
    ['Cargo.lock', 'package = [{ name = "a", version = "1.0.0" }]'],
    ['poetry.lock', '[["package"]]\n"na\\u006de" = "a"\n'],
    ['yarn.lock', '<html>resolution</html>'],
    ['pnpm-lock.yaml', 'packages: {"a@1.0.0": {resolution: {integrity: x}}}\n'],
    ['package-lock.json', '[]'],
    ['Pipfile.lock', '{"default": []}'],
    ['go.sum', 'nothing\n'],
  ])('in a form of its own is not understood, which is said: %s', (path, text) => {
    expect(read(path, text)).toEqual([expect.stringMatching(/^! /)])
  })

  it('throws nothing, whatever it holds', () => {
    const word = fc.constantFrom(
      '[[package]]',
      '[package.source]',
      'name = "a"',
      'version = "1"',
      'a@1:',
      '  version "1"',
      '  resolution: {type: git}',
      'packages:',
      '{"packages":{',
      '"__proto__":{"version":"1"}',
      '}}',
      'require (',
      ')',
      'replace a => b',
      'a==1',
      '\u0000',
      '"',
    )
    const text = fc.array(fc.oneof(word, fc.string()), { maxLength: 40 }).map(words => words.join('\n'))
    fc.assert(
      fc.property(fc.constantFrom(...names), text, (name, content) => {
        const { packages } = readerOf(name)!(content, plain)
        return packages.every(one => typeof one.name === 'string' && typeof one.version === 'string')
      }),
      { seed: 7, numRuns: 500 },
    )
  })

  it('is read in one pass: what would be quadratic here would outlast the test', () => {
    const shapes = [
      ' ',
      '\n',
      '[',
      '  a',
      '"a@',
      'a==',
      'packages:\n',
      '[[package]]\n',
      '[ ',
      'module ',
      '"a": {\n',
      'a@1, ',
      '\t\n',
    ]
    for (const name of names)
      for (const shape of shapes) {
        const text = shape.repeat(150_000 / shape.length)
        expect(readerOf(name)!(text, { ...plain, goMod: text }).packages.length).toBeLessThan(text.length)
      }
  })
})
