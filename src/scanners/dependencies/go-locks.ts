// What a Go module is built from: the versions that go.mod selects, and those that go.sum alone knows.
import type { Locked, Pin, ReadLock } from './locked.ts'
import { goElsewhere } from './registries.ts'

/** https://go.dev/ref/mod#go-mod-file; OSV writes Go's versions without the `v`. */
export const readGoMod: ReadLock = text => {
  const own = /^[ \t]*module[ \t]+"?([^\s"]+)/m.exec(text)?.[1]
  const replaced = replacements(text)
  const packages = directives(text, 'require').flatMap(({ words, ...where }): Locked[] => {
    const [module = '', version = ''] = words
    if (!/^v\d/.test(version)) return []
    const other = replaced.get(module) ?? replaced.get(`${module} ${version}`)
    if (other && other.version === undefined) return [locked(module, version, where, 'a path')]
    return [
      other?.version
        ? locked(other.module, other.version, where, away(other.module, own))
        : locked(module, version, where, away(module, own)),
    ]
  })
  return packages.length === 0 && own === undefined && text.trim() !== ''
    ? { packages, problem: 'names no module' }
    : { packages }
}

/** A module that go.mod lists is built in the version that it selects, whatever other versions are summed. */
export const readGoSum: ReadLock = (text, { goMod }) => {
  const own = goMod === undefined ? undefined : /^[ \t]*module[ \t]+"?([^\s"]+)/m.exec(goMod)?.[1]
  const listed = new Set(goMod === undefined ? [] : directives(goMod, 'require').map(({ words }) => words[0]))
  const packages = text.split('\n').flatMap((raw, at): Locked[] => {
    const line = raw.replace(/\r$/, '')
    const [, module = '', version = ''] = /^(\S+) (v\d[^\s/]*) h1:\S+$/.exec(line) ?? []
    return module === '' || listed.has(module)
      ? []
      : [locked(module, version, { quote: line, line: at + 1 }, away(module, own))]
  })
  return packages.length === 0 && text.trim() !== '' && !/ h1:/.test(text)
    ? { packages, problem: 'is not in the form that its tool writes' }
    : { packages }
}

function locked(name: string, version: string, where: Pin, from: string | undefined): Locked {
  return {
    ecosystem: 'Go',
    name,
    version: version.replace(/^v/, '').replace(/\+incompatible$/, ''),
    quote: where.quote.slice(0, 2_000),
    ...(where.line && { line: where.line }),
    ...(from && { elsewhere: from }),
  }
}

function away(module: string, own: string | undefined): string | undefined {
  return goElsewhere(module, own)
}

/** Of one kind, in a block or on a line of their own; comments taken off. */
function directives(text: string, kind: string): ({ words: string[] } & Pin)[] {
  const found: ({ words: string[] } & Pin)[] = []
  let block = ''
  for (const [at, raw] of text.split('\n').entries()) {
    const quote = raw.replace(/\r$/, '')
    const line = at + 1
    const words = quote
      .replace(/\/\/.*$/, '')
      .trim()
      .split(/\s+/)
      .map(word => word.replace(/^["`]|["`]$/g, ''))
    if (block !== '' && words[0] === ')') block = ''
    else if (block !== '') found.push(...(block === kind && words[0] ? [{ words, quote, line }] : []))
    else if (words[1] === '(' || words[0]?.endsWith('(')) block = words[0]!.replace('(', '')
    else if (words[0] === kind) found.push({ words: words.slice(1), quote, line })
  }
  return found
}

function replacements(text: string): Map<string, { module: string; version?: string }> {
  return new Map(
    directives(text, 'replace').flatMap(({ words }) => {
      const arrow = words.indexOf('=>')
      const [module, version] = words.slice(arrow + 1)
      if (arrow < 1 || module === undefined) return []
      return [[words.slice(0, arrow).join(' '), { module, ...(version && { version }) }] as const]
    }),
  )
}
