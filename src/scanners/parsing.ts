// Whether a file parses as well with a replacement as without: tree-sitter's grammars by way of ast-grep, then Node for JavaScript and TypeScript; JSON and YAML by their own parsers.
import { extname } from 'node:path/posix'
import { parseAllDocuments } from 'yaml'
import type { Confine } from '../domain/confined.ts'
import type { Edit, Parsing } from '../domain/suggestion.ts'
import { type AstGrep, findAstGrep, type Match, runAstGrep } from './ast-grep.ts'
import { complaintsOfCompiler, isCompiled } from './compiling.ts'
import { earlyErrors } from './early-errors.ts'

/** By the name that ast-grep has for a grammar: the kind of its root, and the extensions that it is used for. */
const grammars: Record<string, [root: string, ...extensions: string[]]> = {
  TypeScript: ['program', 'ts', 'mts', 'cts'],
  Tsx: ['program', 'tsx'],
  JavaScript: ['program', 'js', 'mjs', 'cjs', 'jsx'],
  Python: ['module', 'py', 'pyi'],
  Go: ['source_file', 'go'],
  Java: ['program', 'java'],
  Rust: ['source_file', 'rs'],
  C: ['translation_unit', 'c'],
  Cpp: ['translation_unit', 'cc', 'cpp', 'cxx', 'hpp', 'hh'],
  CSharp: ['compilation_unit', 'cs'],
  Css: ['stylesheet', 'css'],
  Ruby: ['program', 'rb'],
  Php: ['program', 'php'],
  Kotlin: ['source_file', 'kt'],
  Scala: ['compilation_unit', 'scala'],
  Swift: ['source_file', 'swift'],
}
const extensions = new Set(Object.values(grammars).flatMap(([, ...names]) => names))

/** What can not be read is an ERROR in the tree; what the parser put in to go on takes no characters. */
const rules = [
  ...Object.entries(grammars).flatMap(([language, [root]]) => [
    `id: wrong--${language}\nlanguage: ${language}\nrule: { kind: ERROR }`,
    `id: missing--${language}\nlanguage: ${language}\nrule: { kind: ${root}, has: { regex: '^$', stopBy: end } }`,
  ]),
  ...earlyErrors,
].join('\n---\n')

const mostMs = 60_000

/** A kind of file that nothing here parses is refused: nobody is offered to commit what nobody could try. */
export function openParsing({
  confine,
  program = findAstGrep(),
}: {
  confine: Confine
  program?: string | undefined
}): Parsing {
  return async (edits, signal) => {
    const running = { confine, program: program ?? '', rules, deadline: performance.now() + mostMs, signal }
    const complaints = new Map<Edit, string | undefined>()
    for (const some of batches(edits.filter(({ path }) => extensions.has(extensionOf(path))))) {
      const seen = program ? await runAstGrep(running, some.flatMap(sourcesOf)) : undefined
      for (const [at, edit] of some.entries())
        complaints.set(edit, seen ? byTree(edit, at, seen) : 'There is no parser for it on this system.')
      const left = some
        .map(edit => ({ edit, extension: extensionOf(edit.path) }))
        .filter(({ edit, extension }) => complaints.get(edit) === undefined && isCompiled(extension))
      for (const [edit, complaint] of await complaintsOfCompiler(left, { confine, signal }))
        complaints.set(edit, complaint)
    }
    return edits.map(edit => (complaints.has(edit) ? complaints.get(edit) : byOwnParser(edit)))
  }
}

/** Characters that are parsed at once. */
const atOnce = 4 * 1024 ** 2

function* batches(edits: Edit[]): Generator<Edit[]> {
  let some: Edit[] = []
  let size = 0
  for (const edit of edits) {
    some.push(edit)
    size += edit.before.length + edit.after.length
    if (size < atOnce) continue
    yield some
    some = []
    size = 0
  }
  if (some.length > 0) yield some
}

function extensionOf(path: string): string {
  return extname(path).slice(1).toLowerCase()
}

function sourcesOf({ path, before, after }: Edit, index: number) {
  const extension = extensionOf(path)
  return [
    { path: `${index} before`, extension, bytes: Buffer.from(before) },
    { path: `${index} after`, extension, bytes: Buffer.from(after) },
  ]
}

function byTree(edit: Edit, index: number, { matches, left }: AstGrep): string | undefined {
  const unread = left.find(({ path }) => path === `${index} before` || path === `${index} after`)
  if (unread) return `Whether the file still parses is not known: ${unread.because}.`
  const of = (version: string, rule: string) =>
    matches.filter(one => one.path === `${index} ${version}` && one.rule === rule)
  if (of('after', 'missing').length > 0)
    return of('before', 'missing').length > 0
      ? 'The parser does not understand all of this file, so that nobody can tell whether it still parses.'
      : 'With it, the file does not parse: something is missing.'
  const shift = edit.with.length - (edit.line - edit.startLine + 1)
  const brings = (rule: string) => {
    const stood = new Set(of('before', rule).flatMap(one => placeAfter(one, edit, shift) ?? []))
    return of('after', rule).some(one => !stood.has(placeOf(one)))
  }
  if (brings('wrong')) return 'With it, the file does not parse.'
  if (brings('early'))
    return 'With it, the file does not parse: something stands where the language has no place for it.'
  return of('after', 'old').length > 0 && of('before', 'old').length === 0
    ? 'With it, the file does not parse: a statement of Python 2 would stand in a file that has none.'
    : undefined
}

/** Where an error of before stands after the replacement; none where the two touch. */
function placeAfter(match: Match, { startLine, line }: Edit, shift: number): string | undefined {
  if (match.lastLine < startLine) return placeOf(match)
  if (match.line > line) return placeOf({ ...match, line: match.line + shift, lastLine: match.lastLine + shift })
  return undefined
}

function placeOf({ line, lastLine, column }: Match): string {
  return `${line} ${lastLine} ${column}`
}

function byOwnParser({ path, before, after }: Edit): string | undefined {
  const parses = own[extensionOf(path)]
  if (!parses) return 'There is no parser here for this kind of file, so that nobody can tell whether it still parses.'
  if (!parses(before)) return 'The file does not parse as it is.'
  return parses(after) ? undefined : 'With it, the file does not parse.'
}

const own: Record<string, (text: string) => boolean> = { json: isJson, yml: isYaml, yaml: isYaml }

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Aliases are not followed: nothing here grows. */
function isYaml(text: string): boolean {
  const documents = parseAllDocuments(text, { logLevel: 'silent' })
  return !Array.isArray(documents) || documents.every(({ errors }) => errors.length === 0)
}
