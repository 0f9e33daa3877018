// What a finding is known by across pushes: its path, its quote without whitespace, and whether it is about security.
import { createHash } from 'node:crypto'
import type { Finding } from '../domain/finding.ts'

/**
 * Hex sha-256. The words of title and category change from run to run, so only security or not counts of them. When two findings of one
 * run would share a fingerprint, the later ones (by id) take their category and number in as well: a fingerprint is a comment's key.
 */
export function fingerprints(findings: (Finding & { path: string })[]): Map<string, string> {
  const taken = new Set<string>()
  const byId = new Map<string, string>()
  for (const finding of [...findings].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const base = [finding.path, finding.quote.replace(/\s+/g, ''), finding.security ? 'security' : 'code']
    let print = hash(base)
    for (let number = 2; taken.has(print); number++)
      print = hash([...base, (finding.category ?? '').toLowerCase(), String(number)])
    taken.add(print)
    byId.set(finding.id, print)
  }
  return byId
}

function hash(parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
