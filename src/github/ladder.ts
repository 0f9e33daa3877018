// Where each wanted comment is to stand: on its line, else on its file, else in the review's body; it only ever steps down. Pure.
import type { PublishReceipt, WantedComment } from '../domain/host.ts'
import type { Ours } from './standing.ts'

const rungs = ['inline', 'file', 'body'] as const
export type Rung = (typeof rungs)[number]

export interface Step {
  comment: WantedComment
  rung: Rung
  /** Stood before we began. */
  already: boolean
  /** GitHub accepted it on this rung; if it does not stand then, GitHub dropped it. */
  accepted: boolean
  because?: string
}

/** One step for each key; a comment without a line begins on its file. */
export function startLadder(wanted: WantedComment[], ours: Ours): Step[] {
  const steps = new Map<string, Step>()
  for (const comment of wanted) {
    if (steps.has(comment.key)) continue
    const rung = comment.line === undefined ? 'file' : 'inline'
    steps.set(comment.key, { comment, rung, already: stands(comment.key, ours), accepted: false })
  }
  return [...steps.values()]
}

export function stands(key: string, ours: Ours): boolean {
  return (
    ours.comments.some(comment => comment.key === key) ||
    ours.reviews.some(review => !review.pending && review.keys.includes(key))
  )
}

/** The next rung down; the body is the last, and nothing falls off it. */
export function stepDown(step: Step, because: string, to?: Rung): void {
  step.rung = to ?? rungs[Math.min(rungs.indexOf(step.rung) + 1, rungs.length - 1)]!
  step.accepted = false
  step.because = because
}

/** GitHub took something and does not show it (yet). */
export function hasDropped(steps: Step[], ours: Ours): boolean {
  return steps.some(step => step.accepted && !stands(step.comment.key, ours))
}

/** What GitHub took and did not keep goes down a rung. */
export function stepDownDropped(steps: Step[], ours: Ours): void {
  for (const step of steps)
    if (hasDropped([step], ours)) stepDown(step, `GitHub accepted the ${step.rung} comment and did not keep it.`)
}

export function placedOf(wanted: WantedComment[], steps: Step[], ours: Ours): PublishReceipt['placed'] {
  return wanted.map(({ key }) => {
    const step = steps.find(one => one.comment.key === key)!
    const commentId = ours.comments.find(comment => comment.key === key)?.id
    return {
      key,
      where: step.already ? 'stood already' : step.rung,
      ...(commentId === undefined ? {} : { commentId }),
      ...(step.because ? { because: step.because } : {}),
    }
  })
}
