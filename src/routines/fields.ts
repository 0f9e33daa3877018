// Values held to a zod schema: every complaint as a sentence, with the path and the place of what it is about.
import type { z } from 'zod'
import type { ConfigurationProblem } from '../domain/routine.ts'
import { nearest } from './nearest.ts'
import type { Reading } from './yaml.ts'

export interface Checked<T> {
  value?: T
  problems: ConfigurationProblem[]
}
type Path = PropertyKey[]
interface Complaint {
  path: Path
  message: string
  note?: true
}
type Issue = z.core.$ZodIssue

/** Every problem at once; a value only where there is none. */
export function checkFields<T>(file: string, reading: Reading, schema: z.ZodType<T>): Checked<T> {
  if (reading.troubles.length > 0) return { problems: reading.troubles.map(trouble => ({ file, ...trouble })) }
  const parsed = schema.safeParse(reading.value)
  if (parsed.success) return { value: parsed.data, problems: [] }
  const complaints = parsed.error.issues.flatMap(issue => complaintsOf(issue, [], reading.value, schema))
  return { problems: complaints.slice(0, 50).map(complaint => problemAt(file, reading, complaint)) }
}

export function problemAt(file: string, reading: Reading, { path, ...said }: Complaint): ConfigurationProblem {
  return { file, ...reading.placeOf(path), ...(path.length > 0 ? { path: pathText(path) } : {}), ...said }
}

function complaintsOf(issue: Issue, before: Path, root: unknown, schema: z.ZodType): Complaint[] {
  const path = [...before, ...issue.path]
  const value = path.reduce<unknown>((at, step) => (at as Record<PropertyKey, unknown> | undefined)?.[step], root)
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map(key => ({ path: [...path, key], message: unknownKey(key, keysAt(schema, path)) }))
  if (issue.code === 'invalid_union') {
    const branch = meant(issue.errors)
    if (branch) return branch.flatMap(nested => complaintsOf(nested, path, root, schema))
  }
  return [{ path, message: sentence(issue, value) }]
}

/** Of a union's branches, the one whose kind of value was written. */
function meant(branches: Issue[][]): Issue[] | undefined {
  const fitting = branches.filter(branch => !branch.some(one => one.path.length === 0 && one.code === 'invalid_type'))
  return fitting.sort((a, b) => a.length - b.length)[0]
}

function sentence(issue: Issue, value: unknown): string {
  if (value === undefined) return 'is missing.'
  if (issue.code === 'invalid_type')
    return `${kindOf(value)}, where ${nouns[issue.expected] ?? issue.expected} belongs.`
  if (issue.code === 'invalid_union') return `${kindOf(value)}, which does not belong here.`
  if (issue.code === 'invalid_value') return notAmong(value, issue.values.map(String))
  if (issue.code === 'too_small') return smallest(issue)
  if (issue.code === 'too_big')
    return `is more than ${issue.maximum}${issue.origin === 'string' ? ' characters' : issue.origin === 'array' ? ' entries' : ''}.`
  if (issue.code === 'invalid_format') return `${show(value)} does not fit: it ${issue.message}.`
  return issue.message
}

const nouns: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of keys',
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

function notAmong(value: unknown, known: string[]): string {
  const close = nearest(String(value), known)
  if (close && known.length > listedAtMost) return `${show(value)} is not known here; did you mean \`${close}\`?`
  const choice = known.length === 1 ? `only ${known[0]} is known` : `it is one of ${known.join(', ')}`
  return `${show(value)} is not known here; ${close ? `did you mean \`${close}\`? ` : ''}${choice}.`.replace(
    /\? (\w)/,
    (_, letter: string) => `? ${letter.toUpperCase()}`,
  )
}

function unknownKey(key: string, known: string[]): string {
  const close = nearest(key, known)
  const shown = key.length > 60 ? `${key.slice(0, 60)}…` : key
  return `unknown key \`${shown}\`${close ? `; did you mean \`${close}\`?` : known.length > 0 ? `; known here: ${known.join(', ')}.` : '.'}`
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

/** Keys of the object schema at a path, looking through optional, default and union. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  let nodes: unknown[] = unwrap(schema)
  for (const step of path) {
    nodes = nodes
      .flatMap(node => {
        const { shape, element } = (node as { def: { shape?: Record<PropertyKey, unknown>; element?: unknown } }).def
        return typeof step === 'number' ? (element ? [element] : []) : shape?.[step] ? [shape[step]] : []
      })
      .flatMap(unwrap)
  }
  return nodes.flatMap(node => Object.keys((node as { def: { shape?: object } }).def.shape ?? {}))
}

function unwrap(node: unknown): unknown[] {
  const { innerType, options } = (node as { def: { innerType?: unknown; options?: unknown[] } }).def
  if (innerType) return unwrap(innerType)
  return options ? options.flatMap(unwrap) : [node]
}

function pathText(path: Path): string {
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${String(step).slice(0, 60)}`,
    )
    .join('')
}
