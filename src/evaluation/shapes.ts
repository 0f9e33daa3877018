// The small shapes that both forms of a data set are made of.
import { z } from 'zod'

export const commit = z
  .string()
  .regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/, 'is the full name of a commit, 40 or 64 hexadecimal digits')
export const lineNumber = z.number().int().min(1).max(10_000_000)
export const pathInTree = z
  .string()
  .min(1)
  .max(1000)
  .refine(path => !/(^|\/)\.\.?(\/|$)|^\/|\0/.test(path), 'is a path within the repository')
export const text = z.string().trim().min(1).max(20_000)

/** One complaint for each name that stands there again, at the later place. */
export function namesUsedTwice(names: string[]): { path: number[]; message: string }[] {
  const first = new Map<string, number>()
  return names.flatMap((name, index) => {
    const earlier = first.get(name)
    if (earlier === undefined) first.set(name, index)
    return earlier === undefined
      ? []
      : [{ path: [index], message: `is called ${name} like item ${earlier}; give one of them another id` }]
  })
}
