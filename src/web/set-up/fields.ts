// What people fill in: the fields of a form, bounded, and whether one is an address.
import type { Context } from 'hono'

/** Bytes. */
const longestForm = 4_096

/** Fields of a small form; none of anything else. */
export async function readForm(context: Context): Promise<Record<string, string>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of context.req.raw.body ?? []) {
    size += chunk.byteLength
    if (size > longestForm) return {}
    chunks.push(chunk)
  }
  return Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')))
}

export function isAddress(text: string): boolean {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return false
  const { username, password, search, hash } = new URL(text)
  return [username, password, search, hash].every(part => part === '')
}
