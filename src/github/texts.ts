// Texts made to fit GitHub's limits; what is cut says so.

/** Reviews and comments: "Body is too long (maximum is 65536 characters)". */
export const bodyLimit = 65_536
/** A check run's title, summary and text: "Only 65535 characters are allowed". Counted in bytes here, which is never more. */
const checkLimit = 65_535

const sentence =
  "\n\n*The rest was cut: GitHub takes no more here. On the server, `watchbill explain` with the run's id has all of it.*"

/** `text` in at most `limit` UTF-16 units; a cut one says so, and closes a code fence that the cut left open. */
export function fitBody(text: string, limit: number): string {
  if (text.length <= limit) return text
  return `${closeFence(head(text, limit - sentence.length - 4))}${sentence}`
}

/** `text` in at most `limit` UTF-8 bytes; its last line survives the cut when it is a short one, since machines read it. */
export function fitCheck(text: string, limit = checkLimit): string {
  if (Buffer.byteLength(text) <= limit) return text
  const last = text.slice(text.trimEnd().lastIndexOf('\n') + 1).trimEnd()
  const tail = Buffer.byteLength(last) <= 4_000 && last.length < text.length ? `\n\n${last}` : ''
  const room = limit - Buffer.byteLength(sentence) - Buffer.byteLength(tail) - 4
  return `${closeFence(headBytes(text, room))}${sentence}${tail}`
}

/** One short line, for button labels and the like. */
export function shorten(text: string, limit: number): string {
  return text.length <= limit ? text : `${head(text, limit - 1)}…`
}

function head(text: string, length: number): string {
  const cut = text.slice(0, Math.max(0, length))
  return /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut
}

function headBytes(text: string, bytes: number): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, Math.max(0, bytes)), { stream: true })
}

function closeFence(text: string): string {
  const fences = text.match(/^```/gm)?.length ?? 0
  return fences % 2 === 1 ? `${text}\n\`\`\`` : text
}
