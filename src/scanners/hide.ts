// Hides secrets in text on its way to a model, a journal or a page: line by line, so that what is not one stays where it was.
import type { Hide } from '../domain/evidence.ts'
import { findAsWritten, type Span, secretRemoved } from '../domain/secrets.ts'
import { findSecrets } from './secretlint.ts'

/** The same text gives the same answer; hidden text is left as it is. */
export const hideSecrets: Hide = async text => {
  const secrets = await findSecrets(text, 'package.json')
  const spans: Span[] = [...secrets, ...findAsWritten(text, registryTokens), ...findAsWritten(text, keyLines)]
  return spans.length === 0 ? text : withoutSpans(text, spans)
}

/** In any file, where secretlint looks for it in `.npmrc` alone: https://docs.npmjs.com/cli/configuring-npm/npmrc#auth-related-configuration */
function registryTokens(text: string): Span[] {
  return [...text.matchAll(/:_(?:authToken|auth|password)\s*=\s*["']?([A-Za-z0-9+/=_.-]{6,})/dg)].map(found => {
    const [start, end] = found.indices?.[1] ?? [0, 0]
    return { start, end }
  })
}

/**
 * The lines of a private key between its marks, as long as they look like one: code after a mark that is never closed is shown.
 * A tool can show a part of a key without its marks, so lines that are nothing but long base64 are taken too.
 */
function keyLines(text: string): Span[] {
  if (!/PRIVATE KEY|[A-Za-z0-9+/]{40}/.test(text)) return []
  const spans: Span[] = []
  const lines = linesOf(text)
  for (const [at, line] of lines.entries()) {
    const content = contentOf(line)
    if (isOpaque(content.text)) spans.push(content)
    const inside = /-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----([A-Za-z0-9+/=\\\s]*)(-----END)?/d.exec(line.text)
    if (inside?.[1]) {
      const [start, end] = inside.indices?.[1] ?? [0, 0]
      spans.push({ start: line.start + start, end: line.start + end })
    }
    if (inside && !inside[2]) spans.push(...body(lines, at, 1))
    if (/-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----/.test(line.text) && !inside) spans.push(...body(lines, at, -1))
  }
  return spans.filter(span => span.end > span.start)
}

interface Line {
  start: number
  text: string
}

function linesOf(text: string): Line[] {
  let start = 0
  return text.split('\n').map(line => {
    const at = start
    start += line.length + 1
    return { start: at, text: line }
  })
}

function body(lines: Line[], mark: number, step: 1 | -1): Span[] {
  const spans: Span[] = []
  for (let at = mark + step; at >= 0 && at < lines.length; at += step) {
    const content = contentOf(lines[at]!)
    if (/^(?:Proc-Type|DEK-Info|Version|Comment): |^$/.test(content.text)) continue
    if (!/^[A-Za-z0-9+/]{2,}={0,2}$/.test(content.text)) break
    spans.push(content)
  }
  return spans
}

/** Without what tools and diffs write before a line, and without quotation marks around it. */
function contentOf({ start, text }: Line): Span & { text: string } {
  const before =
    /^(?:[^\s:]+:\d+:|[0-9a-f^]{7,40} \([^)]*\)|\s*\d+[:)]?(?=\s))?[\s+\->|*#/]*["'`]?/.exec(text)?.[0].length ?? 0
  const rest = text.slice(before)
  const after = /(?:\\n)?["'`]?[,;+\s\\]*$/.exec(rest)?.index ?? rest.length
  return { start: start + before, end: start + before + after, text: rest.slice(0, after) }
}

function isOpaque(text: string): boolean {
  return /^[A-Za-z0-9+/]{40,}={0,2}$/.test(text) && /\d/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text)
}

/** Line feeds stay, so that every line keeps its number. */
function withoutSpans(text: string, spans: Span[]): string {
  let out = ''
  let last = 0
  for (const { start, end } of spans.sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (end <= last) continue
    const from = Math.max(start, last)
    out += text.slice(last, from) + text.slice(from, end).replace(/[^\r\n]+/g, secretRemoved)
    last = end
  }
  return out + text.slice(last)
}
