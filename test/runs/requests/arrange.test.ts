// The rules of one pull's runs: start, join, supersede, wait, or nothing.
import { describe, expect, it } from 'vitest'
import type { Pull } from '../../../src/domain/event.ts'
import type { ReviewRun } from '../../../src/domain/run.ts'
import { alreadyTaken, arrange, defaultTiming, estimateReview } from '../../../src/runs/requests/arrange.ts'

const now = new Date('2026-03-01T12:00:00.000Z')
const at = (seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString()
const run = (change: Partial<ReviewRun>) =>
  ({
    id: 'r1',
    status: 'running',
    head: 'aaaaaaa1',
    startedAt: at(-10),
    requestedAt: at(-20),
    estimate: 240_000,
    supersededInRow: 0,
    pull: { head: { sha: 'aaaaaaa1' } },
    ...change,
  }) as ReviewRun
const ask = (change: Partial<Parameters<typeof arrange>[0]>) =>
  arrange({ head: 'bbbbbbb2', pushed: true, active: [], now, timing: defaultTiming, ...change })

describe('arranging the runs of a pull request', () => {
  it('starts at once when the pull request is opened', () => {
    expect(ask({ pushed: false })).toMatchObject({ do: 'start', notBefore: at(0) })
  })
  it('waits for thirty seconds of quiet after a push', () => {
    expect(ask({})).toMatchObject({ do: 'start', notBefore: at(30) })
  })
  it('joins a run that waits, and puts it off by another thirty seconds', () => {
    expect(ask({ active: [run({ status: 'queued' })] })).toMatchObject({
      do: 'join',
      run: { id: 'r1' },
      notBefore: at(30),
    })
  })
  it('puts a waiting run off by three minutes at most', () => {
    expect(ask({ active: [run({ status: 'queued', requestedAt: at(-170) })] })).toMatchObject({
      do: 'join',
      notBefore: at(10),
    })
    expect(ask({ active: [run({ status: 'queued', requestedAt: at(-500) })] })).toMatchObject({
      do: 'join',
      notBefore: at(0),
    })
  })
  it('supersedes a run that reviews an older commit', () => {
    expect(ask({ active: [run({})] })).toMatchObject({ do: 'supersede', run: { id: 'r1' } })
  })
  it('lets a run that is past half of its estimate finish', () => {
    const arranged = ask({ active: [run({ startedAt: at(-121) })] })
    expect(arranged).toMatchObject({ do: 'wait' })
    expect(arranged.because).toContain('past half of its estimated time')
  })
  it('supersedes twice in a row at most', () => {
    expect(ask({ active: [run({ supersededInRow: 1 })] }).do).toBe('supersede')
    const arranged = ask({ active: [run({ supersededInRow: 2 })] })
    expect(arranged.do).toBe('wait')
    expect(arranged.because).toContain('in a row')
  })
  it('waits for a run that reviews the same commit for other routines', () => {
    expect(ask({ head: 'aaaaaaa1', pushed: false, active: [run({})] })).toMatchObject({
      do: 'wait',
      because: expect.stringContaining('other routines'),
    })
  })
  it('expects a small pull request to be quick', () => {
    const pull = (additions: number) => ({ additions, deletions: 0 }) as Pull
    expect([5, 100, 2000].map(lines => estimateReview(pull(lines)))).toEqual([60_000, 150_000, 300_000])
  })
})

describe('what a run does, or did, for a routine already', () => {
  const reviewer = [{ routine: { name: 'code-review' }, occurrenceId: 'o1' }] as ReviewRun['routines']
  const taken = (change: Partial<Parameters<typeof alreadyTaken>[0]>) =>
    alreadyTaken({ routine: 'code-review', head: 'aaaaaaa1', asked: false, active: [], past: [], ...change })
  const under = run({ routines: reviewer })
  const ended = (end: ReviewRun['end']) => run({ status: 'ended', end, routines: reviewer })

  it('joins a run of the same commit, asked for or not', () => {
    expect(taken({ active: [under] })).toMatchObject({
      verdict: 'coalesced',
      because: expect.stringContaining('already'),
    })
    expect(taken({ active: [under], asked: true })).toMatchObject({ verdict: 'coalesced' })
  })
  it('does not review a commit twice unless a person asks', () => {
    for (const end of ['done', 'nothing to do', 'partial', 'over budget'] as const) {
      expect(taken({ past: [ended(end)] })).toMatchObject({
        verdict: 'skipped',
        because: expect.stringContaining('already'),
      })
      expect(taken({ past: [ended(end)], asked: true })).toBeUndefined()
    }
  })
  it('reviews a commit again after a run that failed or was stopped', () => {
    expect(taken({ past: [ended('failed'), ended('stopped')] })).toBeUndefined()
  })
  it('does not count a run of other routines, or of another commit', () => {
    expect(taken({ routine: 'security-review', active: [under], past: [ended('done')] })).toBeUndefined()
    expect(taken({ head: 'bbbbbbb2', active: [under], past: [ended('done')] })).toBeUndefined()
  })
})
