// Text from models on its way out: Markdown that formats, and can do nothing else.
import { showInvisible } from '../domain/untrusted.ts'
import { removed, removedWords, removeSecrets } from './secrets.ts'

export interface Scrubbing {
  /** Prefixes of addresses that may stay links, each ending in a slash. Default none. */
  links?: string[]
  /** Characters of the result. */
  limit?: number
}

/**
 * No HTML, mention, image, link (but the allowed ones), issue reference, table, mathematics or mark of ours; secrets removed; invisible and
 * control characters shown; fences balanced; within `limit`. Works line by line: what is not surely code is escaped as prose,
 * and escaped prose is harmless inside code too.
 */
export function scrub(text: string, { links = [], limit = 8_000 }: Scrubbing = {}): string {
  return within(prepare(text), limit, source => lines(source, links))
}

/** One line of prose for titles and table cells; nothing in it begins a block. */
export function scrubLine(text: string, limit = 300): string {
  return within(prepare(text).replace(/\s+/g, ' ').trim(), limit, source =>
    // Only punctuation can be escaped: https://github.github.com/gfm/#backslash-escapes
    inline(source, [])
      .replace(/^([#>+*=-])/, '\\$1')
      .replace(/^(\d+)([.)])(?=\s|$)/, '$1\\$2'),
  )
}

/** A code span that holds the text, whatever it is. */
export function code(text: string, limit = 400): string {
  return within(prepare(text).replace(/\s+/g, ' ').trim(), limit, source => (source === '' ? '' : span(finish(source))))
}

/** A fenced block. */
export function block(text: string, language = '', limit = 4_000): string {
  return within(prepare(text), limit, source => fence(source.split('\n'), language))
}

/** For places that render no Markdown (annotations, terminals): secrets removed, nothing invisible, no control characters. */
export function plain(text: string, limit = 8_000): string {
  return within(prepare(text), limit, finish)
}

function prepare(text: string): string {
  return showInvisible(
    removeSecrets(text.toWellFormed().replace(/\r\n?|[\u2028\u2029]/g, '\n'))
      .replace(/(\p{Extended_Pictographic})\ufe0f/gu, '$1')
      .replace(
        /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
        character => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
      ),
  ).replaceAll('<!--', '<! --')
}

function finish(text: string): string {
  return text.replaceAll(removed, removedWords)
}

function within(source: string, limit: number, render: (source: string) => string): string {
  let out = render(source)
  for (let length = Math.min(source.length, limit); out.length > limit && length > 0; length = Math.floor(length * 0.8))
    out = render(
      `${source
        .slice(0, length)
        .toWellFormed()
        .replace(/\ufffd$/, '')} … (cut)`,
    )
  return out.length > limit ? '' : out
}

// https://github.github.com/gfm/#fenced-code-blocks; only fences that begin a line are taken for ones.
function lines(source: string, links: string[]): string {
  const out: string[] = []
  const rest = source.split('\n')
  for (let line = rest.shift(); line !== undefined; line = rest.shift()) {
    const open = /^ {0,3}(?:(`{3,})([^`]*)|(~{3,})(.*))$/.exec(line)
    if (!open) {
      out.push(inline(line, links))
      continue
    }
    const mark = open[1] ?? open[3] ?? ''
    const close = new RegExp(`^ {0,3}${mark[0]}{${mark.length},}[ \\t]*$`)
    const end = rest.findIndex(next => close.test(next))
    const content = rest.splice(0, end < 0 ? rest.length : end)
    if (end >= 0) rest.shift()
    out.push(fence(content, (open[2] ?? open[4] ?? '').trim()))
  }
  return out.join('\n')
}

// GitHub turns some languages into pictures or into buttons (mermaid, geojson, math, suggestion): only plain ones keep their name.
const languages = new Set(
  'ts tsx typescript js jsx javascript json yaml yml toml py python go golang rust rs java kotlin swift c cpp csharp cs php ruby rb sh bash shell sql html css scss diff text xml dockerfile hcl terraform lua scala perl r dart elixir haskell'.split(
    ' ',
  ),
)

function fence(content: string[], language: string): string {
  const ticks = '`'.repeat(Math.max(3, 1 + longestRun(content.join('\n'))))
  return [
    ticks + (languages.has(language.toLowerCase()) ? language.toLowerCase() : ''),
    ...content.map(finish),
    ticks,
  ].join('\n')
}

/** A line's code spans kept, the rest escaped. Spans end on their line: what block a line belongs to can then never change what is code. */
function inline(line: string, links: string[]): string {
  let out = ''
  let rest = line
  for (let run = /`+/.exec(rest); run; run = /`+/.exec(rest)) {
    const after = rest.slice(run.index + run[0].length)
    const close = [...after.matchAll(/`+/g)].find(next => next[0].length === run[0].length)
    out = join(out, prose(rest.slice(0, run.index), links))
    if (close) {
      out = join(out, span(finish(after.slice(0, close.index))))
      rest = after.slice(close.index + close[0].length)
    } else {
      out += run[0].replaceAll('`', '\\`')
      rest = after
    }
  }
  // Brackets with a parenthesis right after them would be a link.
  return finish(join(out, prose(rest, links)).replace(new RegExp(`${removed}(?=[([:])`, 'g'), `${removed} `))
}

/** Two spans side by side would read as one with other ticks. */
function join(before: string, after: string): string {
  return before.endsWith('`') && after.startsWith('`') ? `${before} ${after}` : before + after
}

function span(content: string): string {
  if (content.trim() === '') return content
  const runs = new Set([...content.matchAll(/`+/g)].map(run => run[0].length))
  let length = 1
  while (runs.has(length)) length++
  const ticks = '`'.repeat(length)
  const pad = /^`|`$|^ .* $/.test(content) ? ' ' : ''
  return ticks + pad + content + pad + ticks
}

function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(run => run[0].length))
}

const link = /!?\[([^[\]]*)\]\(\s*([^()\s]*)[^()]*\)/g
// Addresses, mentions and e-mail, issue references: https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls
const active =
  /[a-z][a-z0-9+.-]*:\/\/[^\s`]*|(?<![a-z0-9])www\.[^\s`]*|[\w.+/-]*@(?=[a-z0-9])[\w./+-]*|[\w./-]*#(?=\d)\w+|(?<![a-z0-9])gh-\d\w*/gi

function prose(text: string, links: string[]): string {
  let out = ''
  let last = 0
  for (const found of text.matchAll(link)) {
    out = join(out, inactive(text.slice(last, found.index)))
    const [whole, words = '', address = ''] = found
    if (whole.startsWith('!')) out = join(out, inactive(`${words} (image removed)`))
    else if (allowed(address, links)) out += `[${inactive(words)}](${address})`
    else out = join(out, inactive(`${words} (${address})`))
    last = found.index + whole.length
  }
  return join(out, inactive(text.slice(last)))
}

function allowed(address: string, links: string[]): boolean {
  return (
    /^https?:\/\/[\w./#?=&%~+:-]+$/.test(address) &&
    !/\.\.|%2e/i.test(address) &&
    links.some(prefix => address.startsWith(prefix))
  )
}

/** What GitHub would act on becomes code, which it leaves alone; the rest of the syntax is escaped. */
function inactive(text: string): string {
  let out = ''
  let last = 0
  for (const found of text.matchAll(active)) {
    const word = found[0].replace(/[.,;:!?)\]}'"*_>]+$/, '')
    out = join(out, escaped(text.slice(last, found.index)))
    out = join(out, span(word))
    last = found.index + word.length
  }
  return join(out, escaped(text.slice(last)))
}

function escaped(text: string): string {
  return text
    .replace(/[\\[\]|$]/g, '\\$&')
    .replace(/~{3,}/g, run => run.replaceAll('~', '\\~'))
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
}
