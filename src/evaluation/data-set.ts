// Data sets from the texts of their files: which form it is, and every complaint at once.
import type { z } from 'zod'
import { Problem } from '../domain/problem.ts'
import { aacrSchema, itemsOfAacr } from './aacr.ts'
import { type DataSet, dataSetOf } from './item.ts'
import { itemsOfOwn, ownSchema } from './own.ts'

/** AACR-Bench's names: the one with comments that hold, and the one with those that experts rejected. */
export const aacrFiles = { known: 'positive_samples.json', rejected: 'negative_samples.json' } as const

interface NamedText {
  /** Its name without folders. */
  name: string
  text: string
}

/**
 * One file in our own form, or one or both files of AACR-Bench, which a list at the top tells from it.
 * Problem `bad_input` with every complaint, each with its place in the file.
 */
export function readDataSet(files: NamedText[]): DataSet {
  const parsed = files.map(file => ({ name: file.name, value: parse(file) }))
  const [only] = parsed
  if (only && parsed.length === 1 && !Array.isArray(only.value)) {
    const set = check(ownSchema, [only])[0]!
    return dataSetOf({ name: set.name, format: 'watchbill', items: itemsOfOwn(set), notes: [] })
  }
  const checked = check(aacrSchema, parsed)
  const of = (rejected: boolean) =>
    checked.filter((_, index) => (parsed[index]?.name === aacrFiles.rejected) === rejected).flat()
  const { items, notes, problems } = itemsOfAacr(of(false), of(true))
  if (problems.length > 0) throw complaint(problems)
  const told = [...(parsed.length === 1 ? [oneOfTwo(parsed[0]!.name)] : []), ...notes]
  return dataSetOf({ name: 'AACR-Bench', format: 'aacr-bench', items, notes: told })
}

function oneOfTwo(name: string): string {
  return name === aacrFiles.rejected
    ? `Only ${name} was read, so nothing is known to be true: recall can not be told.`
    : `Only ${name} was read; with ${aacrFiles.rejected} beside it, rejected comments count too.`
}

function parse({ name, text }: NamedText): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Problem('bad_input', `${name} is not JSON, so it is no data set; docs/eval.md shows one.`, { cause })
  }
}

function check<T>(schema: z.ZodType<T>, files: { name: string; value: unknown }[]): T[] {
  const results = files.map(file => ({ ...file, ...schema.safeParse(file.value) }))
  const wrong = results.flatMap(({ name, error }) =>
    (error?.issues ?? []).map(issue => `${[name, ...issue.path.map(String)].join('.')}: ${inWords(issue)}`),
  )
  if (wrong.length > 0) throw complaint(wrong)
  return results.flatMap(({ data }) => (data === undefined ? [] : [data]))
}

/** What is missing or not known, without the words of the schema's library. */
function inWords(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') return `${issue.keys.map(key => `"${key}"`).join(', ')}: not known here`
  if (issue.code === 'invalid_type' && issue.input === undefined && issue.message.endsWith('received undefined'))
    return 'is missing'
  return issue.message
}

function complaint(wrong: string[]): Problem {
  const shown = wrong.slice(0, mostShown).map(one => `\n  ${one}`)
  const more = wrong.length > mostShown ? `\n  and ${wrong.length - mostShown} more` : ''
  return new Problem('bad_input', `The data set does not fit its form (docs/eval.md):${shown.join('')}${more}`)
}

const mostShown = 100
