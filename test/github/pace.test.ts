// One write at a time and a second apart, and everybody of an installation still while GitHub says wait.
import { expect, test } from 'vitest'
import { keepPace } from '../../src/github/pace.ts'

/** Timers may fire a little early. */
const slack = 3

test('a hold stops its installation and no other', async () => {
  const pace = keepPace(0.05)
  pace.hold(1, 1000)
  const begun = performance.now()
  await pace.clear(2)
  const other = performance.now() - begun
  await pace.clear(1)
  const held = performance.now() - begun
  expect(held).toBeGreaterThanOrEqual(50 - slack)
  expect(other).toBeLessThan(held)
})

test('writes of one installation start apart, those that fail as well', async () => {
  const pace = keepPace(0.02)
  const starts: number[] = []
  const write = (fails: boolean) =>
    pace.write(1, async () => {
      starts.push(performance.now())
      if (fails) throw new Error('refused')
    })
  const results = await Promise.allSettled([write(false), write(true), write(false)])
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
  for (const [index, start] of starts.slice(1).entries())
    expect(start - starts[index]!).toBeGreaterThanOrEqual(20 - slack)
})

test('who is stopped waits no longer', async () => {
  const pace = keepPace(1)
  pace.hold(1, 60_000)
  const stop = new AbortController()
  const waiting = pace.clear(1, stop.signal)
  stop.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'stopped' })
  await expect(pace.wait(60_000, stop.signal)).rejects.toMatchObject({ code: 'stopped' })
})
