// An independent, suspicious reading of GitHub's Markdown: what in a text would be a tag, link, image, mention, reference or comment.
// Written against https://github.github.com/gfm/ block by block; where it is simpler than the specification it sees more, not less.

/** In order; empty when the text can do nothing but format. */
export function activeParts(markdown: string): string[] {
  const found: string[] = []
  for (const paragraph of paragraphsOf(markdown)) found.push(...activeIn(paragraph))
  return found
}

/** Text that is not in fenced code, split where a code span can not reach across. Fences count at any depth of quote or list, and end with their container. */
function paragraphsOf(markdown: string): string[] {
  const paragraphs: string[][] = [[]]
  let fence: { character: string; length: number; depth: number; indent: number } | undefined
  for (const line of markdown.split(/\r\n|\n|\r/)) {
    const { depth, indent, rest } = container(line)
    if (fence) {
      const left = depth < fence.depth || (fence.indent > 0 && indent < fence.indent && rest !== '')
      const close = new RegExp(`^ {0,3}${fence.character}{${fence.length},}[ \\t]*$`)
      if (!left) {
        if (close.test(rest.trimStart())) fence = undefined
        continue
      }
      fence = undefined
    }
    const open = /^ {0,3}(`{3,})[^`]*$|^ {0,3}(~{3,}).*$/.exec(rest)
    if (open) {
      const run = open[1] ?? open[2] ?? ''
      fence = { character: run[0]!, length: run.length, depth, indent }
      paragraphs.push([])
    } else if (rest.trim() === '' || /^ {0,3}(#{1,6}( |$)|(-|\*|_)( *\3){2,} *$)/.test(rest)) {
      paragraphs.push([rest], [])
    } else if (depth > 0 || indent > 0) {
      paragraphs.push([rest])
    } else {
      paragraphs.at(-1)!.push(rest)
    }
  }
  return paragraphs.map(lines => lines.join('\n')).filter(text => text.trim() !== '')
}

/** Quote marks and list markers before the text of a line. */
function container(line: string): { depth: number; indent: number; rest: string } {
  let rest = line
  let depth = 0
  let indent = 0
  for (;;) {
    const quote = /^ {0,3}> ?/.exec(rest)
    const item = /^ {0,3}(?:[-+*]|\d{1,9}[.)])(?: {1,4}|\t|$)/.exec(rest)
    if (quote) depth++
    else if (item) indent += item[0].length
    else return { depth, indent: indent || (/^ +/.exec(rest)?.[0].length ?? 0), rest }
    rest = rest.slice((quote ?? item)![0].length)
  }
}

function activeIn(paragraph: string): string[] {
  const prose = withoutCode(paragraph).replace(/\[secret removed\](?![([:])/g, '\u0001')
  const decoded = decode(prose)
  const found: [number, string][] = []
  const add = (pattern: RegExp, text: string) => {
    for (const match of text.matchAll(pattern)) if (!escapedAt(text, match.index)) found.push([match.index, match[0]])
  }
  add(/<[a-z/!?][^>\n]*>?/gi, prose)
  add(/!?\[[^\]]*\](?:\(|\[|:)/g, prose)
  add(/\[[^\]]*\]/g, prose)
  add(/\b[a-z][a-z0-9+.-]*:\/\/\S/gi, decoded)
  add(/(?<![a-z0-9])www\./gi, decoded)
  add(/@[a-z0-9]/gi, decoded)
  add(/#\d/g, decoded)
  add(/(?<![a-z0-9])GH-\d/gi, decoded)
  add(/\|.*\n.*-.*\|/g, prose)
  add(/\$/g, prose)
  return found.sort(([a], [b]) => a - b).map(([, text]) => text)
}

/** Code spans cut out: a run of ticks that is not escaped opens one when a run of the same length follows. */
function withoutCode(text: string): string {
  let out = ''
  for (let at = 0; at < text.length; ) {
    if (text[at] === '\\' && at + 1 < text.length) {
      out += text.slice(at, at + 2)
      at += 2
    } else if (text[at] === '`') {
      const run = /^`+/.exec(text.slice(at))![0]
      const close = new RegExp(`(?<!\`)\`{${run.length}}(?!\`)`).exec(text.slice(at + run.length))
      out += close ? ' \u0000 ' : run
      at += run.length + (close ? close.index + run.length : 0)
    } else {
      out += text[at++]
    }
  }
  return out
}

function escapedAt(text: string, index: number): boolean {
  const before = /\\*$/.exec(text.slice(0, index))![0].length
  return before % 2 === 1
}

/** Entities as GitHub's filters see them, after rendering. */
function decode(text: string): string {
  return text
    .replace(/&#x([0-9a-f]+);/gi, (_, hex) => String.fromCodePoint(Number.parseInt(hex, 16) || 32))
    .replace(/&#(\d+);/g, (_, number) => String.fromCodePoint(Number(number) % 0x110000 || 32))
    .replace(/&commat;/g, '@')
    .replace(/&num;/g, '#')
}
