// The rules of one pull's runs: start, join, supersede, wait, or nothing.
import { describe, expect, it } from 'vitest'
import type { Pull } from '../../src/domain/event.ts'
import type { Run } from '../../src/domain/run.ts'
import { arrange, defaultTiming, estimateReview } from '../../src/runs/arrange.ts'

const now = new Date('2026-03-01T12:00:00.000Z')
const at = (seconds: number) => new Date(now.getTime() + seconds * 1000).toISOString()
const run = (change: Partial<Run>) =>
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
  }) as Run
const ask = (change: Partial<Parameters<typeof arrange>[0]>) =>
  arrange({ head: 'bbbbbbb2', pushed: true, asked: false, active: [], past: [], now, timing: defaultTiming, ...change })

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
  it('does nothing when the same commit is under review', () => {
    expect(ask({ head: 'aaaaaaa1', pushed: false, active: [run({})] })).toMatchObject({
      do: 'nothing',
      because: expect.stringContaining('already reviewing'),
    })
  })
  it('does not review a commit twice', () => {
    expect(ask({ pushed: false, past: [run({ status: 'ended', end: 'done', head: 'bbbbbbb2' })] })).toMatchObject({
      do: 'nothing',
      because: expect.stringContaining('already reviewed'),
    })
  })
  it('reviews a commit again when a person asks', () => {
    expect(
      ask({ pushed: false, asked: true, past: [run({ status: 'ended', end: 'done', head: 'bbbbbbb2' })] }).do,
    ).toBe('start')
  })
  it('reviews a commit again after a run that failed or was stopped', () => {
    expect(
      ask({
        pushed: false,
        past: [
          run({ status: 'ended', end: 'failed', head: 'bbbbbbb2' }),
          run({ status: 'ended', end: 'stopped', head: 'bbbbbbb2' }),
        ],
      }).do,
    ).toBe('start')
  })
  it('expects a small pull request to be quick', () => {
    const pull = (additions: number) => ({ additions, deletions: 0 }) as Pull
    expect([5, 100, 2000].map(lines => estimateReview(pull(lines)))).toEqual([60_000, 150_000, 300_000])
  })
})
