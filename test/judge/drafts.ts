// Replacements for lines of real files, made by chance that can be repeated: sound ones, and ones broken in a given way.
import type { ChangedFile } from '../../src/domain/change.ts'
import type { Placement } from '../../src/domain/finding.ts'
import type { Suggestion } from '../../src/domain/suggestion.ts'
import { fileOf } from '../agents/change-of.ts'
import { breaking, syntax } from './breaking.ts'

export interface Source {
  path: string
  text: string
}

export interface Draft extends Source {
  /** In which way it is broken; undefined where it is not. */
  kind?: string
  /** What the refusal of a broken one has to say. */
  because: RegExp
  startLine: number
  line: number
  file: ChangedFile
  placement: Placement
  suggestion: Suggestion
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

interface Asked {
  sources: Source[]
  random: () => number
  kind: string | undefined
  parses: (path: string, text: string) => boolean
  number: number
}

/** Tries until chance has given one that is what it is to be, by parsers of the test's own. */
export function draftFrom({ sources, random, kind, parses, number }: Asked): Draft {
  for (let attempt = 0; attempt < 5_000; attempt++) {
    const pick = <Of>(all: Of[]): Of => all[Math.floor(random() * all.length)]!
    const source = pick(sources)
    const lines = source.text.split('\n')
    if (lines.length < 12) continue
    const startLine = 2 + Math.floor(random() * (lines.length - 6))
    const line = startLine + Math.floor(random() * 5)
    const old = lines.slice(startLine - 1, line)
    const [before, after] = [lines.slice(0, startLine - 1), lines.slice(line)]
    if (after.length < 4 || [old[0]!, old.at(-1)!].some(one => one.trim() === '') || old.some(one => touchy.test(one)))
      continue
    const fresh = sound(source.path, old, pick)
    if (!fresh || repeats(before, fresh, after)) continue
    if (!parses(source.path, [...before, ...fresh, ...after].join('\n'))) continue
    const whole = `${number}/${source.path}`
    const draft: Draft = {
      ...{ path: whole, text: source.text, because: /./, startLine, line },
      file: fileOf(
        whole,
        lines.slice(0, -1).map((one, at) => `${at + 1 >= startLine && at < line ? '+' : ' '}${one}`),
      ),
      placement: placed(whole, startLine, line),
      suggestion: { replaces: old.join('\n'), with: fresh.length === 0 ? '' : `${fresh.join('\n')}\n` },
    }
    if (!kind) return draft
    const { because, make } = breaking[kind]!
    const broken = make({ draft, lines, old, fresh, before, after })
    if (!broken || (because === syntax && parses(source.path, replaced(source.text, { ...draft, ...broken })))) continue
    return { ...draft, ...broken, kind, because }
  }
  throw new Error(`chance gave none that is ${kind ?? 'sound'}`)
}

function placed(path: string, startLine: number, line: number): Placement {
  return {
    at: 'line',
    path,
    side: 'RIGHT',
    line,
    ...(startLine < line && { startLine }),
    how: 'exact',
    because: 'Here.',
  }
}

/** What is refused whatever is done to it makes no sound draft. */
const touchy =
  /:\/\/|www\.|@|`|<!--|-->|\\|import|from|require|include|load|use|using|exec|eval|spawn|fork|system|shell|global|reflect|construct|__|compile|\bvm\b|get(?:attr|runtime)|\d\.\d|serialize|pickle|marshal|local|\/\/\w|[^\t -~]|=======|Function|secret|token|key|passw|command|bash|\.(?:com|org|net|io|dev|de)\b/i

function sound(path: string, old: string[], pick: <Of>(all: Of[]) => Of): string[] | undefined {
  const last = old.at(-1)!
  const json = path.endsWith('.json')
  const made: (string[] | undefined)[] = [
    json ? undefined : [...old.slice(0, -1), `${last} ${path.endsWith('.yml') ? '#' : '//'} kept`],
    /\d/.test(last) ? [...old.slice(0, -1), last.replace(/\d/, digit => String((Number(digit) % 9) + 1))] : undefined,
    /true|false/.test(last)
      ? [...old.slice(0, -1), last.replace(/true|false/, one => (one === 'true' ? 'false' : 'true'))]
      : undefined,
    old.every(one => /^\s*\/\/ /.test(one)) ? [] : undefined,
    old.length > 1 && /[;,]$/.test(last) ? old.slice(0, -1) : undefined,
    json && /"[^"]+": "[^"]*",?$/.test(last) ? [...old.slice(0, -1), last.replace(/"(,?)$/, ' more"$1')] : undefined,
  ]
  const some = made.filter(one => one !== undefined)
  const one = some.length > 0 ? pick(some) : undefined
  return one?.join('\n') === old.join('\n') ? undefined : one
}

function repeats(before: string[], fresh: string[], after: string[]): boolean {
  const around = [before.at(-1)!.trim(), after[0]!.trim()]
  return fresh.some(one => around.includes(one.trim()))
}

function replaced(text: string, { startLine, line, suggestion }: Draft): string {
  const lines = text.split('\n')
  lines.splice(startLine - 1, line - startLine + 1, ...suggestion.with.replace(/\n$/, '').split('\n'))
  return lines.join('\n')
}
