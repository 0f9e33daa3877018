// Weaknesses that are not to be told in public: handed to GitHub's code scanning, where that is to be had, and kept with the run.
import type { Pull } from '../../domain/event.ts'
import type { Judged } from '../../domain/finding.ts'
import type { Inspection } from '../../domain/plan.ts'
import { endsAttempt } from '../../domain/problem.ts'
import type { Routine } from '../../domain/routine.ts'
import type { ReviewRun, Run, WorkRun } from '../../domain/run.ts'
import type { Checkout } from '../../domain/workspace.ts'
import { isWithheld, placeInTree, withhold } from '../../judge/index.ts'
import { renderSarif } from '../../publish/index.ts'
import type { ReviewPorts } from '../ports.ts'
import type { SinceLastTime } from './known.ts'

type Ports = Pick<ReviewPorts, 'store' | 'host' | 'now' | 'version'>

/** Of a review in a public repository: what was there before is told in no comment and on no check. It stands in code scanning under the base branch, whose alerts no pull request shows. */
export async function keepFromPublic(
  ports: Ports,
  run: ReviewRun,
  { base }: Pick<Pull, 'base'>,
  checkout: Checkout,
  inspection: Inspection,
): Promise<Inspection> {
  if (run.repository.private) return inspection
  const kept = inspection.judged.filter(isWithheld)
  if (kept.length === 0) return inspection
  // What a sweep has on record stands in code scanning by the sweep's own upload.
  const own = kept.filter(finding => finding.elsewhere === undefined)
  const verified = own.filter(finding => finding.verification.state === 'valid')
  const atBase = await Promise.all(verified.map(finding => placeAtBase(finding, checkout)))
  const handed =
    verified.length === 0
      ? {
          because:
            own.length === 0
              ? 'A run about the repository has it on record already.'
              : 'None of it is verified, so nothing was handed to code scanning.',
        }
      : await handOver(ports, run, {
          commit: checkout.mergeBase,
          ref: `refs/heads/${base.ref}`,
          category: `watchbill/pull-${run.number}`,
          judged: atBase,
        })
  const notes = [
    ...inspection.notes,
    `${sayKept(kept.length)} ${sayHanded(handed)} In the run: \`watchbill explain ${run.id}\`.`,
  ]
  return { ...inspection, judged: withhold(inspection.judged), notes }
}

/** Of a sweep: everything that is known to stand, since code scanning takes what an upload leaves out for mended. */
export async function handOverSweep(
  ports: Ports,
  run: WorkRun & { head: string },
  routine: Routine,
  { judged, since }: { judged: Judged[]; since: SinceLastTime },
): Promise<string[]> {
  if (!isSweep(routine) || run.number !== undefined) return []
  const standing = judged.filter(({ verdict }) => verdict.verdict === 'posted' || verdict.verdict === 'suppressed')
  const handed = await handOver(ports, run, {
    commit: run.head,
    ref: `refs/heads/${run.repository.defaultBranch}`,
    category: `watchbill/${routine.name}`,
    judged: [...standing, ...since.still],
  })
  return [sayHanded(handed)]
}

/** Looks over a whole repository for what stands in it. */
export function isSweep({ each }: Pick<Routine, 'each'>): boolean {
  return each !== undefined
}

type Handed = { id: string } | { because: string }

/** Once for a run; a fault of code scanning is a sentence, not the end of the run. */
async function handOver(
  { store, host, now, version }: Ports,
  run: Run,
  { commit, ref, category, judged }: { commit: string; ref: string; category: string; judged: Judged[] },
): Promise<Handed> {
  const key = `sarif:${run.id}`
  const intent = { commit, ref, category, findings: judged.map(finding => finding.fingerprint) }
  const { receipt } = await store.effects.intend({ key, runId: run.id, kind: 'sarif', intent, at: now().toISOString() })
  if (receipt) return receipt as Handed
  const sarif = renderSarif({ judged, gaps: [], version, category })
  const handed = await host.uploadSarif(run.repository, { commit, ref, sarif }).catch((thrown: unknown) => {
    if (endsAttempt(thrown)) throw thrown
    return { because: 'Code scanning could not be reached, so nothing was handed to it.' }
  })
  await store.effects.done(key, handed, now().toISOString())
  return handed
}

/** Where it stood before the change: code scanning is told of that commit. */
async function placeAtBase(finding: Judged, checkout: Checkout): Promise<Judged> {
  const { path } = finding.placement
  const { files } = await checkout.change()
  const was = files.find(file => file.path === path)?.oldPath ?? path
  const text = await checkout.file(was, checkout.mergeBase).catch(() => undefined)
  return { ...finding, placement: placeInTree({ file: was, quote: finding.quote }, text) }
}

function sayKept(count: number): string {
  return count === 1
    ? 'A weakness that was there before is not told here, where anybody reads it.'
    : `${count} weaknesses that were there before are not told here, where anybody reads them.`
}

function sayHanded(handed: Handed): string {
  return 'id' in handed ? 'Code scanning has what was found.' : handed.because
}
