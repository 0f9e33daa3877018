// Findings as agents report them, and a checkout that holds the files given.
import type { Finding, Judged } from '../../src/domain/finding.ts'
import type { StoredFinding } from '../../src/domain/store.ts'
import type { Checkout } from '../../src/domain/workspace.ts'

export function findingOf(id: string, more: Partial<Finding> = {}): Finding {
  return {
    id,
    file: 'src/a.ts',
    quote: 'const value3 = 3',
    title: `Title of ${id}`,
    claim: `Claim of ${id}: something breaks.`,
    severity: 'medium',
    confidence: 'high',
    origin: 'introduced',
    agents: [id.replace(/-f\d+$/, '')],
    routines: ['code-review'],
    security: false,
    ...more,
  }
}

export function checkoutOf(files: Record<string, string>): Checkout {
  return {
    dir: '/nowhere',
    head: 'a'.repeat(40),
    mergeBase: 'b'.repeat(40),
    file: async (path: string) => files[path],
    hides: () => false,
  } as unknown as Checkout
}

export function stored(finding: Judged, more: Partial<StoredFinding> = {}): StoredFinding {
  return {
    ...finding,
    rowId: `run-0-${finding.id}`,
    runId: 'run-0',
    repositoryId: 1,
    number: 1,
    state: 'open',
    stateBecause: 'posted',
    head: 'c'.repeat(40),
    at: '2026-01-01T00:00:00Z',
    ...more,
  }
}
