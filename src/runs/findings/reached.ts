// How far a review came: the point from which the next one of the pull goes on, kept for each of its routines.

import type { ReviewPoint } from '../../domain/point.ts'
import type { ReviewRun } from '../../domain/run.ts'
import type { Checkout } from '../../domain/workspace.ts'
import type { ReviewFacts } from '../ending/end.ts'
import { endOfRun } from '../ending/part.ts'
import type { ReviewPorts } from '../ports.ts'
import { digestsOf, type GoneBy } from '../reading/digests.ts'
import type { Read } from '../reading/read.ts'
import { keepCoverage } from '../reading/unfinished.ts'

/** The point only of one that looked at everything; that all of it stands on GitHub is known by now. What was looked at, of every one. Safe to repeat. */
export async function keepPoint(
  ports: Pick<ReviewPorts, 'store' | 'words' | 'now'>,
  run: ReviewRun,
  read: Read & Pick<GoneBy, 'rules'>,
  checkout: Pick<Checkout, 'head' | 'mergeBase'>,
  facts: ReviewFacts,
): Promise<void> {
  await keepCoverage(ports, run, { ...read, words: ports.words }, checkout, facts)
  const { store, words, now } = ports
  const { mergeBase } = checkout
  const { end } = endOfRun(facts)
  if (end !== 'done' && end !== 'nothing to do') return
  const { head, base } = read.pull
  const skipped = facts.plan.manifest.filter(entry => entry.coverage === 'skipped').map(entry => entry.path)
  const at = now().toISOString()
  const points = run.routines.map(
    ({ routine }): ReviewPoint => ({
      routine: routine.name,
      runId: run.id,
      head: head.sha,
      base: base.sha,
      mergeBase,
      digests: digestsOf({ ...read, words }, routine),
      skipped,
      at,
    }),
  )
  await store.points.set(run, points)
}
