// A text as it reads: without the characters that nobody sees, and with HTML's character references as what they stand for.
import { invisible } from './untrusted.ts'

export interface Legible {
  text: string
  /** Where characters of it stand in the text that was given, with all that was taken out between them. */
  range(start: number, end: number): { start: number; end: number }
}

interface Piece {
  /** Where it begins in what reads, and in what was written. */
  at: number
  from: number
  /** Characters written; of a reference more than it reads as. */
  length: number
  reference: boolean
}

/** Undefined where a text reads as it is written. */
export function legible(written: string): Legible | undefined {
  const pieces: Piece[] = []
  let text = ''
  let last = 0
  for (const found of written.matchAll(unlike)) {
    const stands = standsFor(found[0])
    if (stands === undefined) continue
    pieces.push({ at: text.length, from: last, length: found.index - last, reference: false })
    text += written.slice(last, found.index)
    last = found.index + found[0].length
    if (stands === '') continue
    pieces.push({ at: text.length, from: found.index, length: found[0].length, reference: true })
    text += stands
  }
  if (last === 0) return undefined
  pieces.push({ at: text.length, from: last, length: written.length - last, reference: false })
  text += written.slice(last)
  return {
    text,
    range(start, end) {
      const first = pieceAt(pieces, start)
      const final = pieceAt(pieces, end - 1)
      return {
        start: first.reference ? first.from : first.from + start - first.at,
        end: final.reference ? final.from + final.length : final.from + end - final.at,
      }
    },
  }
}

const unlike = new RegExp(`${invisible.source}|&(?:#[xX]?[0-9a-fA-F]{1,7}|[A-Za-z]{2,16});?`, 'gu')

/** https://html.spec.whatwg.org/multipage/named-characters.html: those that a credential can have, and those that nobody sees. */
const named: Record<string, string> = {
  ...{ lowbar: '_', UnderBar: '_', period: '.', sol: '/', plus: '+', equals: '=', colon: ':', commat: '@' },
  ...{ amp: '&', num: '#', percnt: '%', dollar: '$', semi: ';', quot: '"', apos: "'", excl: '!', ast: '*' },
  ...{ ZeroWidthSpace: '', NegativeThinSpace: '', zwnj: '', zwj: '', shy: '', NoBreak: '', lrm: '', rlm: '' },
  ...{ InvisibleTimes: '', InvisibleComma: '', ApplyFunction: '', it: '', ic: '', af: '' },
}

/** Undefined: it stays as it is written. No reference becomes a line feed, so that every line stays the one it is. */
function standsFor(found: string): string | undefined {
  if (!found.startsWith('&')) return ''
  const reference = found.slice(1).replace(/;$/, '')
  if (!reference.startsWith('#'))
    return found.endsWith(';') && Object.hasOwn(named, reference) ? named[reference] : undefined
  const code = /^#x/i.test(reference) ? Number.parseInt(reference.slice(2), 16) : Number(reference.slice(1))
  if (code > 0x20 && code < 0x7f) return String.fromCodePoint(code)
  const character = code <= 0x10ffff ? String.fromCodePoint(code) : ' '
  return character.replace(invisible, '') === '' ? '' : undefined
}

/** The last that begins there or before, and has characters. */
function pieceAt(pieces: Piece[], at: number): Piece {
  let low = 0
  let high = pieces.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (pieces[middle]!.at <= at) low = middle
    else high = middle - 1
  }
  return pieces[low]!
}
