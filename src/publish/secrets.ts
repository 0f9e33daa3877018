// What looks like a credential never leaves in a text of ours, wherever it came from.

import { secretRemoved } from '../domain/secrets.ts'

/** Stands for a secret while a text is being worked on; a private-use character, so that nothing else takes it for words. */
export const removed = '\ue000'
export const removedWords = secretRemoved

/** A text with every secret replaced by words that say so. */
export function withoutSecrets(text: string): string {
  return removeSecrets(text).replaceAll(removed, removedWords)
}

/** Every secret replaced by `removed`. Formats as their makers publish them; assignments to telling names by their entropy. */
export function removeSecrets(text: string): string {
  let clean = text.replaceAll(removed, '')
  clean = removeAwsSecrets(clean)
  for (const pattern of formats) clean = clean.replace(pattern, removed)
  clean = clean.replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:)[^\s/@]+(?=@)/gi, `$1${removed}`)
  return clean.replace(assignment, (whole, before: string, value: string) =>
    looksRandom(value) ? before + removed : whole,
  )
}

/**
 * An AWS secret access key is 40 characters and has no prefix: taken for one beside an access key's id or words that name it, never
 * where it could be a commit's id.
 */
function removeAwsSecrets(text: string): string {
  return text.replace(/(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/]{40}(?![A-Za-z0-9+/=_-])/g, (key: string, at: number) => {
    const around = text.slice(Math.max(0, at - awsReach), at) + text.slice(at + key.length, at + key.length + awsReach)
    const mixed = /[A-Z]/.test(key) && /[a-z]/.test(key) && /\d/.test(key)
    return mixed && bitsOf(key) > 4.3 && awsWords.test(around) ? removed : key
  })
}

const awsReach = 200
const awsWords = /(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}|aws|secret|access[_ -]?key|credential/i

const formats = [
  /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$)/g,
  // https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
  /gh[pousr]_[A-Za-z0-9_.-]{20,}/g,
  /github_pat_[A-Za-z0-9_]{20,}/g,
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
  /(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g,
  /sk-ant-[A-Za-z0-9_-]{10,}/g,
  /\bsk-[A-Za-z0-9_-]{20,}/g,
  /[sr]k_(?:live|test)_[A-Za-z0-9]{16,}/g,
  /xox[abeoprs]-[A-Za-z0-9-]{10,}/g,
  /xapp-\d-[A-Za-z0-9-]{10,}/g,
  /https:\/\/hooks\.slack\.com\/(?:services|workflows)\/[\w/-]+/g,
  /glpat-[\w-]{20,}/g,
  /npm_[A-Za-z0-9]{30,}/g,
  /AIza[\w-]{35}/g,
  /eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
]

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
