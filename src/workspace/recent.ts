// What was read of a commit stays at hand: a dozen agents and their judge read the same files, and each read starts a confined git.
import { LRUCache } from 'lru-cache'

/**
 * The texts of objects, which never change: up to `most` characters together, of which what was not asked for the longest goes first.
 * Asked for twice at once, one is read once. An answer without a text, or that is not to be kept, is read anew when it is asked for again.
 */
export function keepRecent(
  read: (name: string, limit: number) => Promise<{ text: string | undefined; keep: boolean }>,
  most = 8 * 1024 ** 2,
): (name: string, limit: number) => Promise<string | undefined> {
  const kept = new LRUCache<string, string>({ maxSize: most, sizeCalculation: text => Math.max(text.length, 1) })
  const underWay = new Map<string, Promise<string | undefined>>()

  const readNow = async (key: string, name: string, limit: number) => {
    const { text, keep } = await read(name, limit)
    if (keep && text !== undefined) kept.set(key, text)
    return text
  }

  return async (name, limit) => {
    const key = `${limit} ${name}`
    const known = kept.get(key)
    if (known !== undefined) return known
    let asked = underWay.get(key)
    if (!asked) {
      asked = readNow(key, name, limit).finally(() => underWay.delete(key))
      underWay.set(key, asked)
    }
    return asked
  }
}
