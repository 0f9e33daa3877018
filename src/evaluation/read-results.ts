// A results file read back: the last word on each item, what was spent, and what keeps two files from being one.
import { Problem } from '../domain/problem.ts'
import { type Begun, type Call, type Header, type ItemResult, type Line, lineSchema } from './results.ts'

export interface Results {
  header: Header
  /** The last result of each item, in the order in which they were first measured. */
  items: ItemResult[]
  calls: Call[]
  /** Set aside when the process ended, and never settled: it counts as spent. */
  open: Begun[]
}

/** `text` ends where the last whole line does. Problem `bad_input`, with the number of the line. */
export function readResults(name: string, text: string): Results {
  const lines = text
    .split('\n')
    .slice(0, -1)
    .map((line, index) => readLine(name, line, index + 1))
  const [header, ...rest] = lines
  if (header?.kind !== 'header' || rest.some(line => line.kind === 'header'))
    throw new Problem('bad_input', `${name} is no results file of watchbill eval: it does not begin with one header.`)
  const items = new Map<string, ItemResult>()
  const calls: Call[] = []
  const open = new Map<string, Begun>()
  for (const line of rest) {
    if (line.kind === 'item') items.set(line.item, line)
    if (line.kind === 'begun') open.set(line.id, line)
    if (line.kind === 'call') {
      calls.push(line)
      open.delete(line.id)
    }
  }
  return { header, items: [...items.values()], calls, open: [...open.values()] }
}

/** US dollars, what was set aside and not settled included. */
export function spentIn({ calls, open }: Pick<Results, 'calls' | 'open'>): number {
  return [...calls, ...open].reduce((sum, { usd }) => sum + usd, 0)
}

/** One sentence for each thing that was not the same; when a file was begun does not count. */
export function differences(a: Header, b: Header): string[] {
  const models = (header: Header) => Object.values(header.models).join(', ')
  const said: [string, string, string][] = [
    ['the data set', `${a.dataSet.name} ${a.dataSet.digest}`, `${b.dataSet.name} ${b.dataSet.digest}`],
    ['the prompts', a.prompts, b.prompts],
    ['the models', models(a), models(b)],
    ['the version of Watchbill', a.version, b.version],
    ['the routines', listed(a.routines), listed(b.routines)],
    ['what was measured', a.mode, b.mode],
    ['the matching', `${a.match}, ${a.tolerance} lines`, `${b.match}, ${b.tolerance} lines`],
    ['who answered', answering(a), answering(b)],
  ]
  return said.flatMap(([what, one, other]) => (one === other ? [] : [`${what} (${one} and ${other})`]))
}

const listed = (routines: string[]) => routines.join(', ') || 'those of pull requests'
const answering = ({ rehearsed }: Header) => (rehearsed ? 'a rehearsed model' : 'a model')

function readLine(name: string, line: string, number: number): Line {
  const parsed = lineSchema.safeParse(jsonOf(line))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new Problem(
    'bad_input',
    `Line ${number} of ${name} is none of a results file (${issue?.path.join('.') || 'kind'}: ${issue?.message}).`,
  )
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
