// The hidden marks at the end of what we post, by which a repeated run knows its own words again.
import { bodyLimit, fitBody } from './texts.ts'

/** What the marks at the very end of one of our bodies say; marks anywhere else are somebody's text. */
export interface Marks {
  /** The run whose review this is. */
  review?: string
  /** Findings (or answers) this body carries. */
  keys: string[]
  /** The body without its marks. */
  text: string
}

const lastMark = /\s*<!-- watchbill: (review|key)=([^\s<>]+) -->\s*$/

/** The body with its marks, within GitHub's limit; text that imitates a mark is defused. */
export function mark(body: string, marks: { review?: string; keys?: string[] }): string {
  const review = marks.review === undefined ? [] : [`<!-- watchbill: review=${encode(marks.review)} -->`]
  const keys = (marks.keys ?? []).map(key => `<!-- watchbill: key=${encode(key)} -->`)
  const end = [...review, ...keys].join('\n')
  const text = defuse(body).trimEnd()
  return `${fitBody(text, bodyLimit - end.length - 2)}\n\n${end}`
}

/** Reads the marks of a body that is known to be ours; never believe those of others. */
export function readMarks(body: string): Marks {
  const marks: Marks = { keys: [], text: body }
  for (let found = lastMark.exec(marks.text); found; found = lastMark.exec(marks.text)) {
    const value = decode(found[2] ?? '')
    if (found[1] === 'review') marks.review = value
    else marks.keys.unshift(value)
    marks.text = marks.text.slice(0, found.index)
  }
  return marks
}

function defuse(body: string): string {
  return body.replace(/<!--(?=\s*watchbill:)/gi, '&lt;!--')
}

function encode(key: string): string {
  return key.replace(/[\s<>%]/g, character => encodeURIComponent(character))
}

function decode(key: string): string {
  try {
    return decodeURIComponent(key)
  } catch {
    return key
  }
}
