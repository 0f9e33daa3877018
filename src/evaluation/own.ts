// Watchbill's own form of a data set, as docs/eval.md describes it.
import { z } from 'zod'
import { severities } from '../domain/severity.ts'
import { type EvalItem, itemOf, type Labelled } from './item.ts'
import { commit, lineNumber, namesUsedTwice, pathInTree, text } from './shapes.ts'

const labelled = z.strictObject({
  path: pathInTree,
  lines: z.union([lineNumber, z.tuple([lineNumber, lineNumber])], 'is a line, or the first and the last one: [3, 5]'),
  side: z.enum(['right', 'left']).default('right'),
  severity: z.enum(severities).optional(),
  category: z.string().trim().min(1).max(60).optional(),
  text,
})

const item = z.strictObject({
  id: z.string().trim().min(1).max(200).optional(),
  repository: z
    .string()
    .min(1)
    .max(1000)
    .refine(
      where => isPlainHttps(where) || !/^[\w+.-]+:/.test(where),
      'is a directory, or an https address with nothing in it but host and path; nothing else is fetched from',
    ),
  pull: z.number().int().min(1).optional(),
  base: commit,
  head: commit,
  known: z.array(labelled).max(1000),
  rejected: z.array(labelled).max(1000).default([]),
})

function isPlainHttps(where: string): boolean {
  const url = URL.parse(where)
  return (
    url?.protocol === 'https:' && !url.username && !url.password && !url.search && !url.hash && url.pathname !== '/'
  )
}

export const ownSchema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  items: z
    .array(item)
    .min(1, 'has no item')
    .max(10_000)
    .superRefine((items, context) => {
      for (const complaint of namesUsedTwice(items.map(idOf))) context.addIssue({ code: 'custom', ...complaint })
      for (const [at, one] of items.entries())
        for (const which of ['known', 'rejected'] as const)
          for (const [index, { lines }] of one[which].entries())
            if (Array.isArray(lines) && lines[0] > lines[1])
              context.addIssue({ code: 'custom', path: [at, which, index, 'lines'], message: 'ends before it begins' })
    }),
})

export function itemsOfOwn(set: z.infer<typeof ownSchema>): EvalItem[] {
  return set.items.map(one =>
    itemOf({
      id: idOf(one),
      repository: one.repository,
      ...(one.pull !== undefined && { pull: one.pull }),
      base: one.base,
      head: one.head,
      known: one.known.map((label, index) => labelledOf(label, `known-${index + 1}`)),
      rejected: one.rejected.map((label, index) => labelledOf(label, `rejected-${index + 1}`)),
    }),
  )
}

function labelledOf({ lines, side, category, ...label }: z.infer<typeof labelled>, id: string): Labelled {
  const [from, to] = Array.isArray(lines) ? lines : [lines, lines]
  return {
    ...label,
    id,
    side: side === 'left' ? 'LEFT' : 'RIGHT',
    from,
    to,
    ...(category !== undefined && { category: category.toLowerCase() }),
  }
}

function idOf(one: z.infer<typeof item>): string {
  if (one.id !== undefined) return one.id
  const [name = one.repository] = /[^/]+$/.exec(one.repository.replace(/(\.git)?\/*$/, '')) ?? []
  return one.pull === undefined ? `${name}@${one.head.slice(0, 12)}` : `${name}#${one.pull}`
}
