// The same claim by several agents becomes one: the clearest stays, all are credited, votes are counted.
import { factFinders } from '../domain/evidence.ts'
import type { Finding } from '../domain/finding.ts'
import { bySeverity } from '../domain/severity.ts'
import { type Counted, overlap, type Placed, tellingWordsOf, wordsOf } from './claims.ts'

/** Everybody comes out, in the order given; those that live on in another say in which one, and why. */
export function merge(findings: Placed[]): Counted[] {
  const groups: Placed[][] = []
  for (const finding of [...findings].sort(clearest)) {
    const group = groups.find(([first]) => !toldApart(first!, finding) && sameClaim(first!, finding))
    if (group) group.push(finding)
    else groups.push([finding])
  }
  const out = new Map<string, Counted>()
  for (const [kept, ...others] of groups) {
    const all = [kept!, ...others]
    const agents = unique(all.flatMap(one => one.agents))
    out.set(kept!.id, {
      ...kept!,
      ...(isFact(kept!) ? {} : worstOf(all)),
      agents,
      routines: unique(all.flatMap(one => one.routines)),
      security: all.some(one => one.security),
      votes: agents.length,
    })
    for (const other of others)
      out.set(other.id, {
        ...other,
        votes: other.agents.length,
        into: { id: kept!.id, because: `Says the same as ${kept!.id} about the same place; both are credited.` },
      })
  }
  return findings.map(finding => out.get(finding.id)!)
}

/** The clearest is not always who says the worst, and whoever verifies it is asked about that. */
function worstOf(all: Placed[]): Pick<Placed, 'severity' | 'origin'> {
  return {
    severity: all.toSorted(bySeverity)[0]!.severity,
    origin: all.some(one => one.origin === 'introduced') ? 'introduced' : 'pre_existing',
  }
}

/** Same place, and words that mostly agree; less agreement is enough where both name the same weakness or category. */
export function sameClaim(
  a: Pick<Placed, 'placement' | 'quote' | 'title' | 'claim' | 'cwe' | 'category'>,
  b: typeof a,
): boolean {
  if (!samePlace(a, b)) return false
  const words = overlap(wordsOf(a.title + ' ' + a.claim), wordsOf(b.title + ' ' + b.claim))
  const titles = overlap(wordsOf(a.title), wordsOf(b.title))
  if (a.cwe && b.cwe) return a.cwe === b.cwe ? words >= 0.2 : titles >= 0.6
  const kin = a.category !== undefined && a.category.toLowerCase() === b.category?.toLowerCase()
  return words >= (kin ? 0.3 : 0.45) || titles >= (kin ? 0.4 : 0.6)
}

/**
 * Of the same lines in two reviews: weaker than `sameClaim`, since the defect still stands there, and whoever looks with the same eyes
 * mostly reports it again, in other words. Of what names the same weakness little is asked; of other eyes nothing is taken.
 */
export function sameClaimAgain(before: Repeatable, now: Repeatable): boolean {
  if (before.security !== now.security) return false
  if (before.cwe && now.cwe) return before.cwe === now.cwe
  const kin = before.category !== undefined && before.category.toLowerCase() === now.category?.toLowerCase()
  if (!kin && !before.agents.some(one => now.agents.some(other => lensOf(one) === lensOf(other)))) return false
  return overlap(tellingWordsOf(before), tellingWordsOf(now)) >= 0.2
}

type Repeatable = Pick<Finding, 'quote' | 'title' | 'claim' | 'cwe' | 'category' | 'agents' | 'security'>

/** "correctness" of "correctness-again", "correctness-2" and "correctness-for-mine". */
function lensOf(agent: string): string {
  return agent.replace(/(?:-again|-for-.+|-\d+)+$/, '')
}

function samePlace(a: Pick<Placed, 'placement' | 'quote'>, b: typeof a): boolean {
  if (a.placement.path !== b.placement.path) return false
  if (a.quote.replace(/\s+/g, '') === b.quote.replace(/\s+/g, '')) return true
  const [one, two] = [rangeOf(a.placement), rangeOf(b.placement)]
  if (!one || !two || one.side !== two.side) return false
  return one.from <= two.to + near && two.from <= one.to + near
}

/** Lines between two quotes about one thing. */
const near = 2

function rangeOf(placement: Placed['placement']): { side: string; from: number; to: number } | undefined {
  if (placement.line === undefined) return undefined
  if (placement.at !== 'line') return { side: 'RIGHT', from: placement.line, to: placement.line }
  return { side: placement.side, from: placement.startLine ?? placement.line, to: placement.line }
}

const places = ['line', 'file', 'nowhere']
const sure = ['high', 'medium', 'low']

/** Facts found by code first, then what stands on a line, the worse, the surer, the one with a fix. */
function clearest(a: Placed, b: Placed): number {
  return (
    Number(isFact(b)) - Number(isFact(a)) ||
    places.indexOf(a.placement.at) - places.indexOf(b.placement.at) ||
    bySeverity(a, b) ||
    sure.indexOf(a.confidence) - sure.indexOf(b.confidence) ||
    Number(b.fix !== undefined) - Number(a.fix !== undefined) ||
    (a.id < b.id ? -1 : 1)
  )
}

/** What code counts one by one is one by one: two packages on neighbouring lines have much the same words. */
function toldApart(a: Placed, b: Placed): boolean {
  return isFact(a) && isFact(b) && a.agents[0] === b.agents[0]
}

/** Found by code and needing no second opinion. */
export function isFact(finding: Pick<Finding, 'agents'>): boolean {
  return finding.agents.some(agent => factFinders.includes(agent))
}

function unique(values: string[]): string[] {
  return [...new Set(values)]
}
