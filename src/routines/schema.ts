// What a zod schema says at a path: the keys it knows there, and how it describes them.
import type { z } from 'zod'

type Path = PropertyKey[]
interface Definition {
  shape?: Record<PropertyKey, unknown>
  element?: unknown
  valueType?: unknown
  innerType?: unknown
  options?: unknown[]
}

/** Keys of the object at a path, looking through optional, default and union. */
export function keysAt(schema: z.ZodType, path: Path): string[] {
  return nodesAt([schema], path).flatMap(node => Object.keys(definition(node).shape ?? {}))
}

/** Of what stands at the path, or of the nearest thing around it that is described. */
export function describedAt(schema: z.ZodType, path: Path): string | undefined {
  for (let depth = path.length; depth > 0; depth--) {
    const last = path[depth - 1]
    const around = nodesAt([schema], path.slice(0, depth - 1)).flatMap(unwrap)
    for (const node of around.flatMap(one => step(one, last ?? ''))) {
      const found = describedWithin(node)
      if (found) return found
    }
  }
  return undefined
}

function nodesAt(from: unknown[], path: Path): unknown[] {
  return path
    .reduce<unknown[]>((nodes, one) => nodes.flatMap(unwrap).flatMap(node => step(node, one)), from)
    .flatMap(unwrap)
}

function step(node: unknown, to: PropertyKey): unknown[] {
  const { shape, element, valueType } = definition(node)
  if (typeof to === 'number') return element ? [element] : []
  if (valueType) return [valueType]
  return shape && Object.hasOwn(shape, to) ? [shape[to]] : []
}

function describedWithin(node: unknown): string | undefined {
  const own = (node as { description?: string }).description
  if (own) return own
  const { innerType } = definition(node)
  return innerType ? describedWithin(innerType) : undefined
}

function unwrap(node: unknown): unknown[] {
  const { innerType, options } = definition(node)
  if (innerType) return unwrap(innerType)
  return options ? options.flatMap(unwrap) : [node]
}

function definition(node: unknown): Definition {
  return (node as { def: Definition }).def
}
