// What a routine may do is all it does: findings of one that may not review stay on its check.
import { describe, expect, it } from 'vitest'
import type { Judged } from '../../../src/domain/finding.ts'
import type { Routine } from '../../../src/domain/routine.ts'
import { checkedOf } from '../../../src/runs/checks/checks.ts'
import { postable } from '../../../src/runs/findings/post.ts'

const routine = (name: string, can: Routine['can']) => ({ name, can }) as Routine
const finding = (id: string, routines: string[]) => ({ id, routines }) as Judged

describe('what routines may do', () => {
  const quiet = routine('quiet', ['check'])
  const loud = routine('loud', ['review'])
  it('posts what a routine that may review found, and what code found for all', () => {
    const judged = [finding('a', ['quiet']), finding('b', ['loud', 'quiet']), finding('c', [])]
    expect(postable({ routines: [quiet, loud], judged }).judged.map(one => one.id)).toEqual(['b', 'c'])
  })
  it('posts nothing when none may review', () => {
    expect(postable({ routines: [quiet], judged: [finding('a', ['quiet']), finding('c', [])] })).toEqual({
      routines: [],
      judged: [],
    })
  })
  it('gives a check only to those that may have one', () => {
    const parts = [quiet, loud].map(one => ({ routine: one, occurrenceId: one.name }))
    expect(checkedOf({ routines: parts }).map(one => one.name)).toEqual(['quiet'])
  })
})
