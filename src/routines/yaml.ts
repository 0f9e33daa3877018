// YAML to checked values, with line and column for every complaint; aliases and duplicate keys are refused.
import { isMap, isScalar, LineCounter, type Node, parseDocument } from 'yaml'
import type { z } from 'zod'
import type { ConfigurationProblem } from '../domain/routine.ts'
import { nearest } from './command.ts'

export const fileLimit = 64 * 1024

export interface Checked<T> {
  value?: T
  problems: ConfigurationProblem[]
}

/** Reads YAML text that begins at `firstLine` of `file` and holds it to the schema; every problem at once. */
export function readYaml<T>(file: string, text: string, firstLine: number, schema: z.ZodType<T>): Checked<T> {
  const counter = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: counter,
    uniqueKeys: true,
    version: '1.2',
    schema: 'core',
    merge: false,
  })
  const at = (offset: number | undefined) => {
    if (offset === undefined) return { line: firstLine }
    const { line, col } = counter.linePos(offset)
    return { line: line + firstLine - 1, column: col }
  }
  if (document.errors.length > 0)
    return {
      problems: document.errors.map(error => ({
        file,
        ...at(error.pos[0]),
        message: `is not YAML here: ${error.message.split('\n')[0]?.replace(/ at line \d+, column \d+:?$/, '')}`,
      })),
    }
  if (/(^|[\s[{,])[&*][A-Za-z0-9]/m.test(text) && usesAliases(document.contents))
    return {
      problems: [
        {
          file,
          line: firstLine,
          message: 'uses YAML anchors or aliases, which are not supported; write the value out.',
        },
      ],
    }
  const parsed = schema.safeParse(document.toJS({ maxAliasCount: 0 }) ?? {})
  if (parsed.success) return { value: parsed.data, problems: [] }
  return {
    problems: parsed.error.issues
      .flatMap(issue => complaintsOf(issue, []))
      .map(complaint => ({
        file,
        ...at(offsetOf(document.contents, complaint.path)),
        ...(complaint.path.length > 0 ? { path: pathText(complaint.path) } : {}),
        message: complaint.message,
      })),
  }

  function usesAliases(node: unknown): boolean {
    let found = false
    const walk = (one: unknown) => {
      if (!one || typeof one !== 'object') return
      if ('source' in one && one.constructor.name === 'Alias') found = true
      if ('anchor' in one && one.anchor) found = true
      if ('items' in one && Array.isArray(one.items)) one.items.forEach(walk)
      if ('key' in one) walk(one.key)
      if ('value' in one && typeof one.value === 'object') walk(one.value)
    }
    walk(node)
    return found
  }
  function complaintsOf(issue: z.core.$ZodIssue, before: PropertyKey[]): { path: PropertyKey[]; message: string }[] {
    const path = [...before, ...issue.path]
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map(key => ({ path: [...path, key], message: unknownKey(key, keysAt(schema, path)) }))
    if (issue.code === 'invalid_union') {
      const nested = issue.errors.filter(branch =>
        branch.some(one => one.path.length > 0 || one.code === 'unrecognized_keys'),
      )
      const [only] = nested
      if (only && nested.length === 1) return only.flatMap(one => complaintsOf(one, path))
    }
    return [{ path, message: issue.message }]
  }
}

function unknownKey(key: string, known: string[]): string {
  const close = nearest(key, known)
  return `unknown key \`${key}\`${close ? `; did you mean \`${close}\`?` : known.length > 0 ? `; known here: ${known.join(', ')}.` : '.'}`
}

/** Keys of the object schema at a path, looking through optional, default and union. */
function keysAt(schema: z.ZodType, path: PropertyKey[]): string[] {
  let nodes: unknown[] = [schema]
  for (const step of [...path, undefined]) {
    nodes = nodes.flatMap(unwrap)
    if (step === undefined) break
    nodes = nodes.flatMap(node => {
      const { shape, element } =
        (node as { def?: { shape?: Record<PropertyKey, unknown>; element?: unknown } }).def ?? {}
      return typeof step === 'number' ? (element ? [element] : []) : shape?.[step] ? [shape[step]] : []
    })
  }
  return nodes.flatMap(node => Object.keys((node as { def?: { shape?: object } }).def?.shape ?? {}))
}

function unwrap(node: unknown): unknown[] {
  const def = (node as { def?: { innerType?: unknown; options?: unknown[]; in?: unknown } }).def
  if (def?.innerType) return unwrap(def.innerType)
  if (def?.in) return unwrap(def.in)
  return def?.options ? def.options.flatMap(unwrap) : [node]
}

function offsetOf(root: unknown, path: PropertyKey[]): number | undefined {
  let node = root
  let offset: number | undefined
  for (const step of path) {
    if (!node || typeof node !== 'object' || !('items' in node)) break
    if (isMap(node)) {
      const pair = node.items.find(one => isScalar(one.key) && String(one.key.value) === String(step))
      if (!pair) break
      offset = (pair.key as Node).range?.[0] ?? offset
      node = pair.value
    } else {
      node = (node.items as Node[])[Number(step)]
      offset = (node as Node | undefined)?.range?.[0] ?? offset
    }
  }
  return offset
}

function pathText(path: PropertyKey[]): string {
  return path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : `${index > 0 ? '.' : ''}${String(step)}`))
    .join('')
}
