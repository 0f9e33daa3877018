// Bytes of files as text that a reader, JSON and a database can hold, and paths as git prints them.

/** What is not UTF-8 becomes U+FFFD, and so does NUL, which PostgreSQL can not store in text. */
export function asText(bytes: Buffer): string {
  return bytes.toString('utf8').replaceAll('\0', '\uFFFD')
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** A path as git prints it with core.quotePath (git-config(1)); one that is no UTF-8 keeps the quoted form. */
export function unquoted(path: string): string {
  if (!path.startsWith('"')) return path
  try {
    return strict.decode(bytesOf(path.slice(1, -1)))
  } catch {
    return path
  }
}

/** The bytes of a path as git has it in its tree. */
export function bytesOfPath(path: string): Buffer {
  return /^".*\\[0-7]{3}.*"$/s.test(path) ? bytesOf(path.slice(1, -1)) : Buffer.from(path)
}

const escapes: Record<string, number> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, '\\': 92 }

function bytesOf(quoted: string): Buffer {
  const plain = quoted.replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
    String.fromCharCode(code.length === 3 ? Number.parseInt(code, 8) : (escapes[code] ?? code.charCodeAt(0))),
  )
  return Buffer.from(plain, 'latin1')
}
