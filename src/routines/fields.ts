// Values held to a zod schema: every complaint as a sentence, with the path and the place of what it is about.
import type { z } from 'zod'
import type { ConfigurationProblem } from '../domain/routine.ts'
import { nearest } from './nearest.ts'
import { describedAt, keysAt } from './schema.ts'
import type { Reading } from './yaml.ts'

export interface Checked<T> {
  value?: T
  problems: ConfigurationProblem[]
}
type Path = PropertyKey[]
type Complaint = Pick<ConfigurationProblem, 'message' | 'note' | 'suggestion' | 'help'> & { path: Path }
type Issue = z.core.$ZodIssue

/** Every problem at once; a value only where there is none. */
export function checkFields<T>(file: string, reading: Reading, schema: z.ZodType<T>): Checked<T> {
  if (reading.troubles.length > 0) return { problems: reading.troubles.map(trouble => ({ file, ...trouble })) }
  const parsed = schema.safeParse(reading.value)
  if (parsed.success) return { value: parsed.data, problems: [] }
  const complaints = parsed.error.issues.flatMap(issue => complaintsOf(issue, [], reading.value, schema))
  return { problems: complaints.slice(0, 50).map(complaint => problemAt(file, reading, complaint)) }
}

/** What is left of a value without its wrong parts, so that the rest can be looked at too; the schema takes a group without any key. */
export function rightParts<T>(schema: z.ZodType<T>, value: unknown): T {
  const rest = structuredClone(value)
  for (let round = 0; round < 20; round++) {
    const parsed = schema.safeParse(rest)
    if (parsed.success) return parsed.data
    for (const issue of parsed.error.issues)
      if (issue.code === 'unrecognized_keys') for (const key of issue.keys) remove(rest, [...issue.path, key])
      else remove(rest, issue.path)
  }
  return schema.parse({})
}

/** With what lacks a part, or has none left, or is a list with a wrong entry, goes the whole. */
function remove(root: unknown, path: Path): void {
  const last = path.at(-1)
  const holder = path.slice(0, -1).reduce<unknown>((at, step) => (at as Group | undefined)?.[step], root)
  if (last === undefined || typeof holder !== 'object' || holder === null) return
  const partial = !Array.isArray(holder) && Object.hasOwn(holder, last)
  if (partial) delete (holder as Group)[last]
  if (!partial || Object.keys(holder).length === 0) remove(root, path.slice(0, -1))
}

type Group = Record<PropertyKey, unknown>

export function problemAt(file: string, reading: Reading, { path, ...said }: Complaint): ConfigurationProblem {
  return { file, ...reading.placeOf(path), ...(path.length > 0 ? { path: pathText(path) } : {}), ...said }
}

function complaintsOf(issue: Issue, before: Path, root: unknown, schema: z.ZodType): Complaint[] {
  const path = [...before, ...issue.path]
  const value = path.reduce<unknown>((at, step) => (at as Record<PropertyKey, unknown> | undefined)?.[step], root)
  if (issue.code === 'unrecognized_keys') return issue.keys.map(key => unknownKey(key, path, schema))
  if (issue.code === 'invalid_union') {
    const branch = meant(issue.errors)
    if (branch) return branch.flatMap(nested => complaintsOf(nested, path, root, schema))
  }
  const help = describedAt(schema, path)
  return [{ path, ...(help ? { help } : {}), ...sentence(issue, value) }]
}

/** Of a union's branches, the one whose kind of value was written. */
function meant(branches: Issue[][]): Issue[] | undefined {
  const fitting = branches.filter(branch => !branch.some(one => one.path.length === 0 && one.code === 'invalid_type'))
  return fitting.sort((a, b) => a.length - b.length)[0]
}

function sentence(issue: Issue, value: unknown): Pick<Complaint, 'message' | 'suggestion'> {
  return issue.code === 'invalid_value' && value !== undefined
    ? notAmong(value, issue.values.map(String))
    : { message: wrong(issue, value) }
}

function wrong(issue: Issue, value: unknown): string {
  if (value === undefined) return 'is missing.'
  if (issue.code === 'invalid_type')
    return `${kindOf(value)}, where ${nouns[issue.expected] ?? issue.expected} belongs.`
  if (issue.code === 'invalid_union') return `${kindOf(value)}, where ${takenBy(issue.errors)} belongs.`
  if (issue.code === 'too_small') return smallest(issue)
  if (issue.code === 'too_big')
    return `is more than ${issue.maximum}${issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : ''}.`
  if (issue.code === 'invalid_format') return `${show(value)} does not fit: it ${issue.message}.`
  return issue.message
}

/** "text or a group of keys", by the kinds of value that a union's branches take. */
function takenBy(branches: Issue[][]): string {
  const kinds = branches.flatMap(branch =>
    branch.flatMap(one => (one.code === 'invalid_type' ? (nouns[one.expected] ?? one.expected) : [])),
  )
  return [...new Set(kinds)].join(' or ') || 'something else'
}

const nouns: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
  record: 'a group of keys',
}

function kindOf(value: unknown): string {
  if (value === null) return 'is empty'
  if (Array.isArray(value)) return 'is a list'
  if (typeof value === 'object') return 'is a group of keys'
  return `is ${show(value)}`
}

function smallest(issue: Extract<Issue, { code: 'too_small' }>): string {
  if (issue.origin === 'string') return 'is empty.'
  if (issue.origin === 'array') return 'is an empty list; give at least one entry or leave it out.'
  return `is not ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}.`
}

/** Longer lists stand in the reference; beside a good guess they only hide it. */
const listedAtMost = 10

function notAmong(value: unknown, known: string[]): Pick<Complaint, 'message' | 'suggestion'> {
  const close = nearest(String(value), known)
  if (close && known.length > listedAtMost)
    return { message: `${show(value)} is not known here; did you mean \`${close}\`?`, suggestion: close }
  const choice = known.length === 1 ? `only ${known[0]} is known` : `it is one of ${known.join(', ')}`
  if (!close) return { message: `${show(value)} is not known here; ${choice}.` }
  const said = `${choice[0]?.toUpperCase()}${choice.slice(1)}`
  return { message: `${show(value)} is not known here; did you mean \`${close}\`? ${said}.`, suggestion: close }
}

function unknownKey(key: string, around: Path, schema: z.ZodType): Complaint {
  const known = keysAt(schema, around)
  const close = nearest(key, known)
  const path = [...around, key]
  const shown = key.length > 60 ? `${key.slice(0, 60)}…` : key
  const list = known.length > 0 ? `; known here: ${known.join(', ')}.` : '.'
  if (!close) return { path, message: `unknown key \`${shown}\`${list}` }
  const help = describedAt(schema, [...around, close])
  const message = `unknown key \`${shown}\`; did you mean \`${close}\`?`
  return { path, message, suggestion: close, ...(help ? { help: `\`${close}\`: ${help}` } : {}) }
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

function pathText(path: Path): string {
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${String(step).slice(0, 60)}`,
    )
    .join('')
}
