// Text in a change that is meant for a reviewing machine, or that people can not see: found by code, no model asked.
import type { Change, ChangedFile } from '../domain/change.ts'
import type { Finding } from '../domain/finding.ts'
import { invisible } from '../domain/untrusted.ts'

/** One finding a file and kind, worst first; they belong to every routine that runs (`routines` is empty). */
export function findHostileText(change: Change): Finding[] {
  const found = change.files.flatMap(file => [named, ...checks].flatMap(check => check(file) ?? []))
  return found.map((one, index) => ({
    ...one,
    confidence: 'high',
    origin: 'introduced',
    category: 'security',
    id: `text-check-${index + 1}`,
    agents: ['text check'],
    routines: [],
    security: true,
  }))
}

type Found = Pick<Finding, 'file' | 'quote' | 'title' | 'claim' | 'severity' | 'cwe' | 'fix'>

/** The quote is the path: no line has it. */
function named(file: ChangedFile): Found | undefined {
  const overridden = bidirectional(file.path)
  const match = overridden ?? hidden(file.path)
  if (match === undefined) return undefined
  return {
    file: file.path,
    quote: file.path,
    severity: overridden ? 'high' : 'medium',
    cwe: 'CWE-1007',
    title: 'Invisible characters in the name of a file',
    claim: `The name holds characters that have no visible form or change the order of others (${names(match)}): it is not the name that people read.`,
    fix: 'Rename the file.',
  }
}

const checks: ((file: ChangedFile) => Found | undefined)[] = [
  // https://trojansource.codes (CVE-2021-42574): what compiles is not what people see.
  file =>
    first(file, bidirectional, found => ({
      severity: 'high',
      cwe: 'CWE-1007',
      title: 'Text direction is overridden by invisible characters',
      claim: `${lines(found.count)} with characters that change the order in which text is shown (${names(found.match)}): what a reader sees is not what runs.`,
      fix: 'Remove the characters, or write them as escapes.',
    })),
  file =>
    first(file, hidden, found => ({
      severity: 'medium',
      cwe: 'CWE-1007',
      title: 'Invisible characters in the text',
      claim: `${lines(found.count)} with characters that have no visible form (${names(found.match)}): names can look alike and differ, and text can be hidden from people.`,
      fix: 'Remove the characters, or write them as escapes.',
    })),
  file =>
    first(file, forAgents.test(file.path) ? () => undefined : addressed, found => ({
      severity: 'medium',
      cwe: 'CWE-1427',
      title: 'Text addressed to an automated reviewer',
      claim: `${lines(found.count)} with words that read as an instruction to an AI reviewer. The reviewers here were told to treat it as data; a person should ask why it is there.`,
      fix: 'Remove the text, unless it is test data that has to be there.',
    })),
]

interface Match {
  count: number
  match: string
}

function first(
  file: ChangedFile,
  find: (text: string) => string | undefined,
  say: (found: Match) => Omit<Found, 'file' | 'quote'>,
): Found | undefined {
  const hits = file.hunks
    .flatMap(hunk => hunk.lines)
    .filter(line => line.kind === 'added')
    .flatMap(line => {
      const match = find(line.text)
      return match === undefined ? [] : [{ text: line.text, match }]
    })
  const [hit] = hits
  if (!hit) return undefined
  return { file: file.path, quote: quoteOf(hit.text, hit.match), ...say({ count: hits.length, match: hit.match }) }
}

/** The line, or as much of it around the match as a quote holds. */
function quoteOf(text: string, match: string): string {
  const line = text.replace(/\r$/, '')
  if (line.length <= 2000) return line
  const at = Math.max(0, line.indexOf(match) - 500)
  return line.slice(at, at + 2000)
}

function bidirectional(text: string): string | undefined {
  return /[\u202a-\u202e\u2066-\u2069]+/.exec(text)?.[0]
}

// Joiners between letters of Indic and Arabic scripts and inside emoji, variation selectors after a visible character, and a
// byte-order mark at the start of a line are ordinary writing.
function hidden(text: string): string | undefined {
  const ordinary = text
    .replace(/^\ufeff/, '')
    .replace(/(?<=\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d(?=\p{Extended_Pictographic})/gu, '')
    .replace(
      /(?<=[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Tamil}\p{Script=Malayalam}\p{Script=Sinhala}\p{M}])[\u200c\u200d]/gu,
      '',
    )
    .replace(/(?<=[^\s\u200b-\u200f])[\ufe0e\ufe0f](?!\ufe0f)/gu, '')
    .replace(/[\u202a-\u202e\u2066-\u2069]/g, '')
    .replace(/(?<=\p{L})\u00ad(?=\p{L})/gu, '')
    .replace(/[\u115f\u1160\u3164\uffa0](?=\p{Script=Hangul})/gu, '')
    .replace(
      /(?<=\p{Script=Hebrew}|\p{Script=Arabic})[\u200e\u200f\u061c]|[\u200e\u200f\u061c](?=\p{Script=Hebrew}|\p{Script=Arabic})/gu,
      '',
    )
  return [...ordinary.matchAll(invisible)].map(found => found[0]).join('') || undefined
}

// Both are needed, whom it is said to and what is asked: code about reviewers, and rules for agents, are ordinary writing.
const machine =
  '(?:claude|copilot|chatgpt|gpt-?\\d*|gemini|codex|watchbill|(?:ai|llm|automated|automatic|machine)[ -](?:code[ -]?)?(?:review(?:er|ing)?|agent|assistant|tool|model|bot|system)s?|language models?|code[ -]?review (?:bot|agent|ai)s?)'
const reviewer = `(?:${machine}|ais?|llms?|(?:code |security )?reviewers?)`
const politely = String.raw`(?:please|kindly|must|should|shall|you|are (?:told|instructed|asked)|(?:ignore|disregard|skip|approve)\b)`
const addressee = [
  String.raw`\b(?:note|notes|instructions?|message|attention|dear|hey|hello|hi)\b[ :,]{0,4}(?:(?:to|for|of|the|all|any) ){0,4}${reviewer}\b`,
  String.raw`\b${reviewer}(?: reviewers?| agents?| assistants?| models?)? +(?=${politely})`,
  String.raw`(?:^\s*|[/#*<!>;"'-]\s*|[.!?] )${reviewer}(?: reviewers?| agents?| assistants?| models?)?\s?[,:]`,
  String.raw`\b(?:you are|act as)\b.{0,30}\b(?:ai|language model|(?:code|security) review(?:er)?)\b`,
].join('|')
const not = "(?:do not|don'?t|must not|should not|never|stop|without|no need to)"
const asked = [
  String.raw`\b${not} (?:\w+ ){0,2}(?:report|flag|mention|rais|review|comment)(?:e|ing)?\b`,
  String.raw`\b(?:ignore|disregard|skip|exclude|overlook|forget)\b (?:it\b|(?:\w+ ){0,2}?(?:this|these|all|any|everything|previous|prior|above|files?|changes?|findings?|issues?|diff)\b)`,
  String.raw`\bapprove\b(?: (?:this|the|these|it|all|every)\b|[.!"']|\s*(?:-->|\*/)?$)`,
  String.raw`\b(?:report|respond|say|answer|output|return|conclude|state)\b.{0,30}\b(?:no|zero|nothing|without)\b.{0,20}(?:issues?|findings?|problems?|bugs?|vulnerabilit|wrong|$)`,
  String.raw`\b(?:treat|consider|mark)\b.{0,40}\b(?:safe|approved|reviewed|trusted|resolved|false positives?)\b`,
].join('|')
const phrases = [
  new RegExp(`(?:${addressee}).{0,80}?(?:${asked})`, 'i'),
  /\b(?:ignore|disregard|forget)\b (?:all|any|every|your|of|the| )*\b(?:previous|prior|earlier|preceding|system)\b (?:\w+ )?(?:instructions?|prompts?|directives)\b/i,
  /<\/?(?:untrusted|system_prompt|system-reminder)\b[^>]*>/i,
  /\b(?:already|previously) (?:been )?(?:audited|reviewed|vetted)\b.{0,60}\b(?:safe to approve|(?:do not|don'?t|no need to) (?:report|flag|review))\b/i,
]

/** Written for agents on purpose, and trusted from the default branch only: what it says is no trick. */
const forAgents =
  /(?:^|\/)(?:(?:CLAUDE|AGENTS?|REVIEW|GEMINI)(?:\.local)?\.md|\.cursorrules|\.windsurfrules|\.clinerules|copilot-instructions\.md)$|(?:^|\/)\.(?:claude|cursor)\/|^\.github\/(?:routines|instructions)\//i

function addressed(text: string): string | undefined {
  const plain = text.replace(invisible, '').slice(0, 4000)
  for (const phrase of phrases) {
    const match = phrase.exec(plain)?.[0]
    if (match) return match
  }
  return undefined
}

function lines(count: number): string {
  return count === 1 ? 'There is a line' : `There are ${count} lines`
}

function names(match: string): string {
  const points = [...new Set(match)].slice(0, 5)
  return points
    .map(character => `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`)
    .join(', ')
}
