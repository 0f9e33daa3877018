// Globs over paths and branches, matched in linear time: the patterns are trusted, the paths of a pull request are not.
import { RE2JS } from 're2js'
import { spend } from './matching/effort.ts'
import { compiled } from './patterns.ts'
import { remembered } from './remembered.ts'

/** Whether a list picks the value: the last glob that matches decides, "!" takes out; a list of "!" alone picks all the rest. Dot files count. */
export function picks(globs: string[], value: string): boolean {
  const list = readList(globs)
  let picked = list.every(({ out }) => out)
  for (const { out, glob } of list) if (picked === out && fits(glob, value)) picked = !out
  return picked
}

export function matchesGlob(glob: string, value: string): boolean {
  return fits(known.of(glob), value)
}

interface Glob {
  written: string
  /** What a value begins and ends with if the glob matches it. */
  before: string
  after: string
  /** undefined when it has nothing special in it. */
  expression: string | undefined
}

function fits({ written, before, after, expression }: Glob, value: string): boolean {
  if (expression === undefined) return value === written
  // Most values are told apart by how they begin or end; the expression is asked about the rest.
  if (!value.startsWith(before) || !value.endsWith(after)) return false
  spend(1 + value.length / 8)
  return compiled(expression).testExact(value)
}

const lists = new WeakMap<string[], { out: boolean; glob: Glob }[]>()

function readList(globs: string[]): { out: boolean; glob: Glob }[] {
  const read = lists.get(globs)
  if (read) return read
  const list = globs.map(written => {
    const out = written.startsWith('!')
    return { out, glob: known.of(out ? written.slice(1) : written) }
  })
  lists.set(globs, list)
  return list
}

const known = remembered(5000, (written): Glob => {
  const before = /^[^*?[\]{}\\]*/.exec(written)?.[0] ?? ''
  const after = /[^*?[\]{}\\]*$/.exec(written)?.[0] ?? ''
  return { written, before, after, expression: before === written ? undefined : expressionOf(written) }
})

/** Why a glob can not be used; undefined when it can. */
export function globProblem(written: string): string | undefined {
  const glob = written.replace(/^!/, '')
  const shown = `\`${written.slice(0, 80)}\``
  if (glob === '') return `${shown} matches nothing.`
  if (glob.length > 300) return `${shown} is longer than 300 characters.`
  if (glob !== glob.trim()) return `${shown} begins or ends with a space, so that it matches nothing; leave it out.`
  if (glob.startsWith('/') || glob.startsWith('./'))
    return `${shown} begins with a slash; paths begin at the top of the repository, e.g. \`src/**\`.`
  const never = neverIn(glob)
  if (never)
    return `${shown} ${never}, so that it matches nothing; paths begin at the top of the repository, e.g. \`src/**\`.`
  if (glob.endsWith('/')) return `${shown} names a folder; write \`${glob}**\` for what is in it.`
  if (/(^|[^\\])[()|]/.test(glob))
    return `${shown} has brackets of regular expressions; \`*\`, \`**\`, \`?\`, \`[…]\` and \`{a,b}\` are understood.`
  if (/\{[^}]*\.\./.test(glob)) return `${shown} has a range in braces, which is not understood; list what is meant.`
  // Other readers of these globs backtrack: with more stars a long path could keep them busy for minutes.
  if (glob.split('/').some(segment => segment !== '**' && (segment.match(/\*/g) ?? []).length > 3))
    return `${shown} has more than three stars between two slashes.`
  if (glob.split('/').filter(segment => segment === '**').length > 3) return `${shown} has more than three \`**\`.`
  try {
    RE2JS.compile(expressionOf(glob))
    return undefined
  } catch {
    return `${shown} is not a glob: a bracket or brace is not closed.`
  }
}

/** What no path of a repository has: git knows no `.` and `..`, no empty names and no drives (https://git-scm.com/docs/git-update-index#_description). */
function neverIn(glob: string): string | undefined {
  if (/^[a-z]:(?:[\\/]|$)/i.test(glob)) return 'begins with a drive'
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(glob)) return 'is an address'
  if (/(?:^|[/{,])\.\.(?:$|[/},])/.test(glob)) return 'has `..` in it'
  if (/(?:^|[/{,])\.(?:$|[/},])/.test(glob)) return 'has `.` as a name in it'
  if (glob.includes('//')) return 'has two slashes side by side'
  if (/\\[a-z0-9]/i.test(glob)) return 'has backslashes between names, where paths have `/`'
  return undefined
}

const special = /[\\^$.|?*+()[\]{}]/

/** A regular expression of RE2 for a glob without its "!". */
function expressionOf(glob: string): string {
  let out = ''
  let depth = 0
  for (let at = 0; at < glob.length; at++) {
    const character = glob[at] ?? ''
    const rest = glob.slice(at)
    const before = at === 0 || glob[at - 1] === '/'
    if (before && rest.startsWith('**/')) {
      out += '(?:[^/]+/)*'
      at += 2
    } else if (rest === '/**' && at > 0) {
      out += '/.+'
      break
    } else if (before && rest === '**') {
      out += '.*'
      break
    } else if (character === '*') {
      const run = /^\*+/.exec(rest)?.[0].length ?? 1
      const whole = before && (at + run === glob.length || glob[at + run] === '/')
      out += whole ? '[^/]+' : '[^/]*'
      at += run - 1
    } else if (character === '?') out += '[^/]'
    else if (character === '\\' && at + 1 < glob.length) {
      at++
      out += literal(glob[at] ?? '')
    } else if (character === '[') {
      const end = glob.indexOf(']', at + 2)
      if (end < 0) return '['
      const inner = glob.slice(at + 1, end)
      const negated = /^[!^]/.test(inner)
      out += `[${negated ? '^/' : ''}${inner.slice(negated ? 1 : 0).replace(/[\\[&~^]/g, '\\$&')}]`
      at = end
    } else if (character === '{') {
      depth++
      out += '(?:'
    } else if (character === '}' && depth > 0) {
      depth--
      out += ')'
    } else if (character === ',' && depth > 0) out += '|'
    else out += literal(character)
  }
  return out + '('.repeat(depth)
}

function literal(character: string): string {
  return special.test(character) ? `\\${character}` : character
}
