// Text from a pull request on its way into a prompt: marked off as data, with what the eye can not see made visible.

/** Zero-width, bidirectional and other invisible characters (Unicode TR 36 and "Trojan Source", CVE-2021-42574), tag characters included. */
export const invisible =
  // biome-ignore lint/suspicious/noMisleadingCharacterClass: each invisible character is meant on its own.
  /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]|[\u{e0000}-\u{e0fff}]/gu

/** Writes every invisible character as `\u{…}`, so that a model and a person see the same text. */
export function showInvisible(text: string): string {
  return text.replace(invisible, character => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
}

/**
 * A path on one line, with nothing in it that could pass for a heading, a mark of ours or another name. An unusual one is a JSON string
 * in quotation marks, what the eye can not see written as escapes: `JSON.parse` gives the path back.
 */
export function showPath(path: string): string {
  if (/^[\w@+\-./ [\]()~=,]+$/.test(path)) return path
  return JSON.stringify(path)
    .replace(invisible, asEscapes)
    .replace(/[\u007f-\u009f\u2028\u2029<`]/g, asEscapes)
}

function asEscapes(text: string): string {
  return Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`).join(
    '',
  )
}

/** A block that says where untrusted data begins and ends; text that imitates its marks, however spaced, is defused. */
export function untrusted(label: string, text: string): string {
  const shown = showInvisible(text).replace(/<(?=[\s/]*untrusted)/gi, '&lt;')
  return `<untrusted source="${sourceLabel(label)}">\n${shown}\n</untrusted>`
}

/** What a block is called, whatever the name that somebody chose. */
export function sourceLabel(name: string): string {
  return name.replace(/[^\w .:/#-]/g, '_')
}
