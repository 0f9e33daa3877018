// The rehearsed reviewers: each looks with its tools, then reports what it was given to say about code that it really sees.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'
import type { MessagesRequest, ModelReply, Reply, Rule } from '../simulators/model/index.ts'
import { call, opening, rehearse, say, together } from '../simulators/model/index.ts'

interface Look {
  say?: string
  read?: string[]
  grep?: string[]
}
interface Report {
  about: string
  file: string
  quote: string
  title: string
  claim: string
  severity: string
  confidence: string
  category: string
  cwe?: string
  rule?: { file: string; quote: string; state: string }
  suggestion?: { replaces: string; with: string }
  preconditions?: string
  source?: { file: string; quote: string }
  sink?: { file: string; quote: string }
  impact?: string
  exploitability?: string
  fix?: string
}
interface Finder {
  lens: string
  /** The second pass of a lens, which is shown the files in another order. */
  again?: boolean
  looks: Look[]
  reports: Report[]
  done: string
}
interface Answer {
  verdict: 'VALID' | 'INVALID' | 'AMBIGUOUS'
  because: string
  cited: { path: string; text: string }[]
  /** Of a proposed replacement. */
  replacement?: 'fixes' | 'does not fix'
}
interface Verifier extends Partial<Answer> {
  about: string
  read: string[]
  grep?: string
  panel?: Record<string, Answer>
  /** Ends with these words and without a verdict. */
  silent?: string
  /** Of the code after the second push, which mends it. */
  mended?: Answer
}

const directory = fileURLToPath(new URL('./rehearsal', import.meta.url))
const finders = readdirSync(join(directory, 'finders')).map(name => read<Finder>(join('finders', name)))
const verifiers = read<Verifier[]>('verdicts.yaml')

/** Decides from what a request says (its lens, the claim in it), never from the order of calls. */
export function rehearsal(): Reply {
  // The first pass of a lens is any that is not the second one, so the second is asked first.
  const second = finders.filter(finder => finder.again)
  const first = finders.filter(finder => !finder.again)
  return rehearse({ rules: [...verifiers.map(verifying), ...[...second, ...first].map(finding)] })
}

/** Milliseconds of an answer: always the same for the same request, and different enough to look alive. */
export function latency(request: MessagesRequest): number {
  let sum = request.messages.length * 97
  for (const character of openingText(request).slice(0, 400)) sum = (sum * 31 + character.charCodeAt(0)) % 600
  return 300 + sum
}

function finding(finder: Finder): Rule {
  const lens = opening(new RegExp(`^Lens: ${finder.lens}$`, 'm'))
  const reversed = opening(/^## Files to cover, in this order$/m)
  return {
    when: request => lens(request) && (!finder.again || reversed(request)),
    turns(request, turn) {
      const look = finder.looks[turn]
      if (look) return looking(look)
      const seen = finder.reports.filter(report => sees(request, report))
      if (turn === finder.looks.length && seen.length > 0) return together(...seen.map(reporting))
      return say(finder.done)
    },
  }
}

function verifying(verifier: Verifier): Rule {
  const titles = finders
    .flatMap(({ reports }) => reports.filter(one => one.about === verifier.about))
    .map(one => one.title)
  return {
    when: request => asksForVerdict(request) && titles.some(title => openingText(request).includes(title)),
    turns(request, turn) {
      const mended = openingText(request).includes('# An earlier claim') ? verifier.mended : undefined
      const { verdict, because, replacement, cited = [] } = mended ?? verifier.panel?.[lensOf(request)] ?? verifier
      const paths = new Set([...verifier.read, ...cited.map(({ path }) => path)])
      if (turn === 0) return looking({ read: [...paths], ...(verifier.grep ? { grep: [verifier.grep] } : {}) })
      if (turn > 1 || (verifier.silent && !mended)) return say(verifier.silent ?? 'That is my verdict.')
      return call('report_verdict', {
        verdict,
        because,
        ...(replacement && { replacement }),
        cited: cited.map(one => ({ ...one, ...lineOf(request, one) })),
      })
    },
  }
}

function looking({ say: words, read: paths = [], grep = [] }: Look): ModelReply {
  return together(
    ...(words ? [say(words)] : []),
    ...paths.map(path => call('read', { path })),
    ...grep.map(pattern => call('grep', { pattern })),
  )
}

function reporting({ about: _, ...claim }: Report): ModelReply {
  return call('report_finding', { ...claim, origin: 'introduced' })
}

/** A reviewer speaks of a line only when the diff it was shown has it. */
function sees(request: MessagesRequest, { quote }: Report): boolean {
  const shown = textsOf(request.messages[0]).join('\n')
  return quote.split('\n').every(line => shown.includes(`+ ${line}\n`))
}

/** The number a line had where it was read. */
function lineOf(request: MessagesRequest, { path, text }: { path: string; text: string }): { line?: number } {
  const answers = request.messages.slice(1).flatMap(message => textsOf(message))
  const file = answers.find(answer => answer.includes(`file ${path}"`)) ?? ''
  const number = file
    .split('\n')
    .find(line => line.includes(text))
    ?.match(/^\s*(\d+)/)?.[1]
  return number === undefined ? {} : { line: Number(number) }
}

function asksForVerdict({ tools = [] }: MessagesRequest): boolean {
  return tools.some(tool => 'name' in tool && tool.name === 'report_verdict')
}

/** Which member of the security panel is asked. */
function lensOf({ system }: MessagesRequest): string {
  const text = typeof system === 'string' ? system : (system ?? []).map(block => block.text).join('\n')
  return /question is \W*(reachability|impact|defences)/.exec(text)?.[1] ?? ''
}

function openingText(request: MessagesRequest): string {
  return textsOf(request.messages[0]).at(-1) ?? ''
}

function textsOf(message: MessagesRequest['messages'][number] | undefined): string[] {
  const content = message?.content ?? []
  if (typeof content === 'string') return [content]
  return content.flatMap(block => {
    if (block.type === 'text') return [block.text]
    if (block.type !== 'tool_result') return []
    return textsOf({ role: 'user', content: block.content as typeof content })
  })
}

function read<T>(file: string): T {
  return parse(readFileSync(join(directory, file), 'utf8')) as T
}
