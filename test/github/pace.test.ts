// One write at a time and a second apart, and everybody of an installation still while GitHub says wait.
import { expect, test } from 'vitest'
import { keepPace } from '../../src/github/pace.ts'
import { isUrgent } from '../../src/github/requests.ts'

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

test('who is stopped leaves the line at once, and nobody behind waits for it', async () => {
  const pace = keepPace(0.001)
  const order: string[] = []
  const { promise: sent, resolve: answer } = Promise.withResolvers<void>()
  const first = pace.write(1, () => sent)
  const stop = new AbortController()
  const second = pace.write(1, async () => void order.push('second'), stop.signal)
  const third = pace.write(1, async () => void order.push('third'))
  stop.abort()
  await expect(second).rejects.toMatchObject({ code: 'stopped' })
  answer()
  await Promise.all([first, third])
  expect(order).toEqual(['third'])
})

test('what is urgent goes ahead of those that wait', async () => {
  const pace = keepPace(0.001)
  const order: string[] = []
  const write = (name: string, urgent: boolean) => pace.write(1, async () => void order.push(name), undefined, urgent)
  await Promise.all([write('first', false), write('progress', false), write('end', true)])
  expect(order).toEqual(['first', 'end', 'progress'])
})

test("a check's end is urgent, its progress is not", () => {
  const update = { method: 'PATCH', url: '/repos/{owner}/{repo}/check-runs/{check_run_id}' }
  expect(isUrgent({ ...update, status: 'completed' })).toBe(true)
  expect(isUrgent({ ...update, status: 'in_progress' })).toBe(false)
})
