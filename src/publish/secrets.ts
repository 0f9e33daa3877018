// What looks like a credential never leaves in a text of ours, wherever it came from.
import { findAsWritten, findForms, type Span, secretRemoved } from '../domain/secrets.ts'

/** Stands for a secret while a text is being worked on; a private-use character, so that nothing else takes it for words. */
export const removed = '\ue000'
export const removedWords = secretRemoved

/** A text with every secret replaced by words that say so. */
export function withoutSecrets(text: string): string {
  return removeSecrets(text).replaceAll(removed, removedWords)
}

/** Every secret replaced by `removed`: the known forms, what code can have too among them; assignments to telling names by their entropy. */
export function removeSecrets(text: string): string {
  const clean = text.replaceAll(removed, '')
  const found = findAsWritten(clean, secretsIn).sort((a, b) => a.start - b.start)
  let out = ''
  let last = 0
  for (const { start, end } of found) {
    if (end <= last) continue
    // What lies over one that is out already is the same one.
    out += start >= last ? clean.slice(last, start) + removed : ''
    last = end
  }
  return out + clean.slice(last)
}

function secretsIn(text: string): Span[] {
  return [
    ...findForms(text, { loose: true }),
    ...privateKeys(text),
    ...awsSecrets(text),
    ...after(text, address),
    ...after(text, assignment).filter(({ start, end }) => looksRandom(text.slice(start, end))),
  ]
}

function privateKeys(text: string): Span[] {
  return [
    ...text.matchAll(
      /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
    ),
  ].map(({ 0: found, index }) => ({ start: index, end: index + found.length }))
}

/**
 * An AWS secret access key is 40 characters and has no prefix: taken for one beside an access key's id or words that name it, never
 * where it could be a commit's id.
 */
function awsSecrets(text: string): Span[] {
  return [...text.matchAll(/(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=_-])/g)].flatMap(
    ({ 0: key, index: start }) => {
      const end = start + key.length
      const mixed = /[A-Z]/.test(key) && /[a-z]/.test(key) && /\d/.test(key)
      if (!mixed || bitsOf(key) <= 4.3) return []
      const around = text.slice(Math.max(0, start - awsReach), start) + text.slice(end, end + awsReach)
      return awsWords.test(around) ? [{ start, end }] : []
    },
  )
}

const awsReach = 200
const awsWords = /(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}|aws|secret|access[_ -]?key|credential/i

/** The second group of each match. */
function after(text: string, pattern: RegExp): Span[] {
  return [...text.matchAll(pattern)].map(({ 0: found, 1: before = '', 2: value = '', index }) => {
    const start = index + found.indexOf(value, before.length)
    return { start, end: start + value.length }
  })
}

const address = /(\b[a-z][a-z0-9+.-]{0,20}:\/\/[^\s/:@]*:)([^\s/@]+)(?=@)/gi

const assignment =
  /((?:secret|token|passw(?:or)?d|passphrase|api[_-]?key|access[_-]?key|private[_-]?key|client[_-]?secret|credential|auth)[\w-]{0,20}["'`]?\s*(?::=|=>|[:=])\s*(?:bearer\s+)?["'`]?)([A-Za-z0-9+/_=.-]{16,})/gi

/** More than 3.3 bits a character, letters and digits both: words, paths and names of variables have less. */
function looksRandom(value: string): boolean {
  return /\d/.test(value) && /[a-z]/i.test(value) && bitsOf(value) > 3.3
}

/** A character's, by how often each occurs. */
function bitsOf(value: string): number {
  const counts = new Map<string, number>()
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1)
  return [...counts.values()].reduce((sum, count) => sum - (count / value.length) * Math.log2(count / value.length), 0)
}
