// What a finding is known by across pushes: that of the earlier finding it repeats, else one made of path, quote and whether it is about security.
import { createHash } from 'node:crypto'
import type { Counted, Known } from './claims.ts'
import { outgrows } from './dismissal.ts'
import { sameClaim, sameClaimAgain } from './merge.ts'
import type { Before } from './place-now.ts'

/**
 * Hex sha-256, each once: a fingerprint is a comment's key. A finder that quotes a line more or less, or says it in other words, still
 * gets the key of the comment that stands; one that claims something else about the same lines gets one of its own. Given after
 * merging, so that it does not depend on who else reported the same.
 */
export function recognise(findings: Counted[], before: Before[]): Known[] {
  const kept = findings.filter(finding => !finding.into)
  const prints = repeated(kept, before)
  const others = before.filter(({ finding }) => finding.verdict.verdict !== 'merged into')
  const taken = new Set([...prints.values(), ...others.map(({ finding }) => finding.fingerprint)])
  const give = (finding: Counted, first: string, next: (number: number) => string) => {
    let print = first
    for (let number = 2; taken.has(print); number++) print = next(number)
    taken.add(print)
    prints.set(finding.id, print)
  }
  for (const finding of [...kept].sort(byClaim)) {
    if (prints.has(finding.id)) continue
    const base = baseOf(finding)
    give(finding, hash(base), number => hash([...base, (finding.category ?? '').toLowerCase(), String(number)]))
  }
  for (const finding of findings) {
    if (!finding.into) continue
    const base = [...baseOf(finding), 'merged']
    give(finding, hash(base), number => hash([...base, String(number)]))
  }
  return findings.map(finding => ({ ...finding, fingerprint: prints.get(finding.id)! }))
}

const surestFirst = [sameQuote, quoteCutElsewhere, samePlaceNow, sameLinesInOtherWords]

/** Whether code takes the two for the same claim. */
export function repeats(before: Before, now: Counted): boolean {
  return surestFirst.some(recognises => recognises(before, now))
}

/** The surest recognitions first, and each earlier finding once; what grew graver than it was dismissed as is no repetition of it. */
function repeated(findings: Counted[], before: Before[]): Map<string, string> {
  const prints = new Map<string, string>()
  const taken = new Set<string>()
  const candidates = before.filter(({ finding }) => finding.verdict.verdict !== 'merged into').sort(standingFirst)
  for (const recognises of surestFirst) {
    for (const finding of findings) {
      if (prints.has(finding.id)) continue
      const match = candidates.find(
        one => !taken.has(one.finding.fingerprint) && !outgrows(finding, one.finding) && recognises(one, finding),
      )
      if (!match) continue
      prints.set(finding.id, match.finding.fingerprint)
      taken.add(match.finding.fingerprint)
    }
  }
  return prints
}

function sameQuote({ finding }: Before, now: Counted): boolean {
  return bare(finding.quote) === bare(now.quote) && sameClaim(finding, now)
}

function quoteCutElsewhere({ finding }: Before, now: Counted): boolean {
  const [a, b] = [bare(finding.quote), bare(now.quote)]
  return (a.includes(b) || b.includes(a)) && sameClaim({ ...finding, quote: now.quote }, now)
}

/** Only where the code that was quoted still stands: otherwise another defect may have come into its place. */
function samePlaceNow({ finding, placement }: Before, now: Counted): boolean {
  return placement.line !== undefined && sameClaim({ ...finding, placement }, now)
}

/** What is left over on both sides: the same lines, looked at by the same eyes, and words that do not part ways. */
function sameLinesInOtherWords({ finding }: Before, now: Counted): boolean {
  const quoted =
    finding.quote === '' ? finding.fingerprint === hash(baseOf(now)) : bare(finding.quote) === bare(now.quote)
  return quoted && finding.placement.path === now.placement.path && sameClaimAgain(finding, now)
}

function standingFirst(a: Before, b: Before): number {
  return (
    Number(b.finding.state === 'open') - Number(a.finding.state === 'open') ||
    Number(b.finding.commentId !== undefined) - Number(a.finding.commentId !== undefined)
  )
}

/** By what is claimed, not by who claims it. */
function byClaim(a: Counted, b: Counted): number {
  const [one, two] = [a, b].map(({ category = '', title, id }) => [category.toLowerCase(), title, id].join('\n'))
  return one! < two! ? -1 : 1
}

function baseOf(finding: Counted): string[] {
  return [finding.placement.path, bare(finding.quote), finding.security ? 'security' : 'code']
}

function bare(quote: string): string {
  return quote.replace(/\s+/g, '')
}

function hash(parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
