// What agents might report about a hunk, by a seeded hand: good quotes, careless ones, and ones that stand nowhere.
import { claimSchema, type Finding } from '../../src/domain/finding.ts'
import { showInvisible } from '../../src/domain/untrusted.ts'
import { bare, type ChangedFile, type Hunk, type Line, linesOf, type Oracle, trimmed } from './oracle.ts'

export interface Quoted {
  file: string
  quote: string
  /** `exact`: whole lines of one side. `near`: somewhere in the diff, but for whitespace, partly, or as the diff is shown. */
  kind: 'exact' | 'near' | 'outside the hunks' | 'outside the change' | 'nowhere'
  /** The changed file that is meant. */
  of?: ChangedFile
}

export type Chance = () => number

/** One of each kind that the hunk has. */
export function quotesOf(oracle: Oracle, file: ChangedFile, hunk: Hunk, chance: Chance): Quoted[] {
  const lines = linesOf(hunk)
  const fresh = lines.filter(line => line.mark !== '-')
  const old = lines.filter(line => line.mark !== '+')
  const one = (mark: Line['mark']) =>
    pick(
      lines.filter(line => line.mark === mark && line.text.trim() !== '').map(line => line.text),
      chance,
    )
  const exact = [
    one('+'),
    one('-'),
    one(' '),
    range(fresh, chance),
    range(old, chance),
    lines.length > 1 ? range(fresh, chance)?.replaceAll('\n', '\r\n') : undefined,
  ]
  const any = one('+') ?? one('-') ?? one(' ')
  const near = [
    any && mangled(any, chance),
    any && tellable(part(any, chance)),
    any && showInvisible(any),
    ragged(range(fresh, chance)),
    range(lines, chance),
  ]
  return [
    ...exact.map(quote => ({ quote, kind: 'exact' as const })),
    ...near.map(quote => ({ quote, kind: 'near' as const })),
  ].flatMap(({ quote, kind }) =>
    fitting(quote) ? [{ file: named(oracle, file, chance), quote: quote!, kind, of: file }] : [],
  )
}

/** Quotes of a file that stand in no hunk, or nowhere; and one under a name that is not in the change. */
export function strayQuotesOf(oracle: Oracle, file: ChangedFile, chance: Chance): Quoted[] {
  const made = `nothing like this ${Math.floor(chance() * 1e9)} is written here`
  const out: Quoted[] = [
    { file: file.path, quote: made, kind: 'nowhere', of: file },
    { file: `${file.path}.not`, quote: made, kind: 'outside the change' },
    { file: file.path, quote: ' \n\t', kind: 'nowhere', of: file },
  ]
  if (file.status === 'removed') return out
  const shown = new Set(file.hunks.flatMap(hunk => linesOf(hunk).map(line => squeeze(line.text))))
  const all = [...shown].join('\n')
  const rest = oracle.lines(file.path, 'RIGHT').filter(line => {
    const text = squeeze(line)
    return text.length >= 4 && !shown.has(text) && !all.includes(text)
  })
  const quote = pick(rest, chance)
  return fitting(quote) ? [...out, { file: file.path, quote: quote!, kind: 'outside the hunks', of: file }] : out
}

/** Grave, and found by code: the judge asks nobody about it and cuts it by no cap. Its words are like nobody else's. */
export function findingOf(quoted: Quoted, number: number, more: Partial<Finding> = {}): Finding {
  const words = ['breaks', 'since', 'therefore'].map(word => `${word}${number.toString(36)}z`).join(' ')
  return {
    ...claimSchema.parse({
      file: quoted.file,
      quote: quoted.quote,
      title: words,
      claim: `${words.toUpperCase()} ${number}`,
      severity: 'high',
      confidence: 'high',
      origin: 'introduced',
      category: `kind ${number}`,
    }),
    id: `agent-f${number}`,
    agents: ['text check'],
    routines: ['code-review'],
    security: false,
    ...more,
  }
}

export function pick<T>(from: readonly T[], chance: Chance): T | undefined {
  return from[Math.floor(chance() * from.length)]
}

/** Between two and five lines that follow one another. */
function range(lines: Line[], chance: Chance): string | undefined {
  if (lines.length < 2) return undefined
  const from = Math.floor(chance() * (lines.length - 1))
  const texts = lines.slice(from, from + 2 + Math.floor(chance() * 4)).map(line => bare(line.text))
  return trimmed(texts).length > 1 ? texts.join('\n') : undefined
}

function mangled(line: string, chance: Chance): string {
  const ways = [
    (text: string) => text.trim(),
    (text: string) => `   ${text}\t `,
    (text: string) => text.replace(/\s+/g, '  '),
    (text: string) => text.replace(/([,;(])/g, '$1 '),
    (text: string) => text.replace(/\t/g, '    ').replace(/ {2}/g, '\t'),
  ]
  return pick(ways, chance)!(line)
}

function part(line: string, chance: Chance): string {
  const from = Math.floor(chance() * Math.max(1, line.length / 2))
  return line.slice(from, from + 6 + Math.floor(chance() * 60)).toWellFormed()
}

/** The first line begins late and the last one ends early. */
function ragged(quote: string | undefined): string | undefined {
  const lines = quote && trimmed(quote.split('\n'))
  if (!lines || lines.length < 2) return undefined
  const [first, last] = [lines[0]!.trim(), lines.at(-1)!.trim()]
  return [first.slice(first.length >> 1), ...lines.slice(1, -1), last.slice(0, (last.length >> 1) + 1)].join('\n')
}

/** Less than four characters of a line are no part that could be known again. */
function tellable(quote: string): string | undefined {
  return squeeze(quote).length < 4 ? undefined : quote
}

/** Agents write a path as it is, as a diff has it, as they were shown it, or as it was before a rename; never so that it names another file. */
function named({ files }: Oracle, file: ChangedFile, chance: Chance): string {
  const others = new Set(files.filter(one => one !== file).flatMap(one => [one.path, one.previousPath]))
  const { path, previousPath = path } = file
  const names = [`./${path}`, `b/${path}`, JSON.stringify(path), `${path}:12`, previousPath]
  const clear = names.filter(name => !others.has(name) && name.length <= 1000)
  return chance() < 0.5 ? path : (pick(clear, chance) ?? path)
}

/** What a claim's schema takes; a longer one is refused to the agent that reports it. */
function fitting(quote: string | undefined): boolean {
  return quote !== undefined && quote.trim() !== '' && quote.length <= 2000
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, '')
}
