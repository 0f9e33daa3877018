// YAML → plain values with the place of each; what only serves to trouble a reader (aliases, duplicate or odd keys, deep nesting) is refused.
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'

interface Place {
  line: number
  column: number
}
interface Trouble extends Partial<Place> {
  message: string
}
export interface Reading {
  value: unknown
  troubles: Trouble[]
  /** Where the key or entry at the path stands; of a path that is not there, its nearest ancestor. */
  placeOf(path: PropertyKey[]): Place
}

/** Characters of YAML that are read; longer texts take the parser long enough to be noticed. */
const charactersAtMost = 16_000
const depthAtMost = 12
const troublesAtMost = 20

/** What the parser says of a slip that is made often helps nobody. */
const inOurWords: Partial<Record<string, string>> = {
  BLOCK_AS_IMPLICIT_KEY: 'is not YAML here: a second colon on the line; put quotes around a text that has one in it.',
  TAB_AS_INDENT: 'is not YAML here: a tab before the key; YAML takes spaces alone.',
}

/** Never throws. `firstLine` is the line of the file on which the text begins. */
export function readYaml(text: string, firstLine: number): Reading {
  const counter = new LineCounter()
  const place = (offset: number): Place => {
    const { line, col } = counter.linePos(offset)
    return { line: Math.max(1, line) + firstLine - 1, column: Math.max(1, col) }
  }
  const refused = (message: string): Reading => ({
    value: undefined,
    troubles: [{ line: firstLine, column: 1, message }],
    placeOf: () => ({ line: firstLine, column: 1 }),
  })
  if (text.length > charactersAtMost)
    return refused(`has more than ${charactersAtMost} characters of YAML; put long texts below it or in agents' files.`)

  const document = parse(text, counter)
  if (!document) return refused('is nested too deeply to be read.')
  const troubles: Trouble[] = document.errors.slice(0, troublesAtMost).map(error => ({
    ...place(error.pos[0]),
    message: inOurWords[error.code] ?? `is not YAML here: ${firstSentence(error.message)}`,
  }))
  const value = troubles.length > 0 ? undefined : plain(document.contents, 0)
  // `[!docs/**]` without quotes is a tag for YAML and leaves an empty text.
  for (const { code, pos } of document.warnings)
    if (code === 'TAG_RESOLVE_FAILED' && troubles.length < troublesAtMost)
      troubles.push({
        ...place(pos[0]),
        message: 'begins with `!`, which YAML takes for a tag; put quotes around the text.',
      })
  return { value: value ?? {}, troubles, placeOf: path => place(offsetOf(document.contents, path)) }

  function plain(node: unknown, depth: number): unknown {
    if (depth > depthAtMost) return trouble(node, `is nested more than ${depthAtMost} levels deep.`)
    if (isAlias(node) || (node as Node & { anchor?: string })?.anchor)
      return trouble(
        node,
        'uses an anchor or alias of YAML; write the value out, and put quotes around a text that begins with `*` or `&`.',
      )
    if (isScalar(node)) return node.value
    if (isSeq(node)) return node.items.map(item => plain(item, depth + 1))
    if (!isMap(node)) return null
    const entries = new Map<string, unknown>()
    for (const { key, value } of node.items) {
      if (!isScalar(key)) trouble(key ?? node, 'has a key that is not a word.')
      else if (entries.has(String(key.value))) trouble(key, `\`${shorten(String(key.value))}\` is given twice.`)
      else entries.set(String(key.value), plain(value, depth + 1))
    }
    return Object.fromEntries(entries)
  }

  function trouble(node: unknown, message: string): undefined {
    if (troubles.length < troublesAtMost)
      troubles.push({ ...place((node as Node | undefined)?.range?.[0] ?? 0), message })
    return undefined
  }
}

/** Undefined for what is nested so deeply that the parser runs out of stack: sometimes it throws then, sometimes it lists that as an error. */
function parse(text: string, lineCounter: LineCounter): Document.Parsed | undefined {
  try {
    // Its own check of duplicate keys, and `toJS`, take quadratic time or worse on hostile input; the walk over the nodes does both.
    const document = parseDocument(text, {
      lineCounter,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
      version: '1.2',
      schema: 'core',
    })
    return document.errors.some(error => /call stack/.test(error.message)) ? undefined : document
  } catch {
    return undefined
  }
}

function offsetOf(root: unknown, path: PropertyKey[]): number {
  let node = root
  let offset = (root as Node | null)?.range?.[0] ?? 0
  for (const step of path) {
    const pair = isMap(node) && node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step))
    if (pair) {
      offset = (pair.key as Node).range?.[0] ?? offset
      node = pair.value
    } else if (isSeq(node) && typeof step === 'number' && node.items[step]) {
      node = node.items[step]
      offset = (node as Node).range?.[0] ?? offset
    } else break
  }
  return offset
}

function firstSentence(message: string): string {
  const line = message.split('\n')[0]?.trim() ?? message
  return /[.!?]$/.test(line) ? line : `${line}.`
}

function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
