// Side by side, so many at a time, in order; and nothing goes on once one has failed.
import { describe, expect, it } from 'vitest'
import { inLanes } from '../../src/domain/lanes.ts'

const never = new AbortController().signal

describe('work side by side', () => {
  it('is begun in order, and no more at a time than is said', async () => {
    const begun: number[] = []
    let now = 0
    let most = 0
    await inLanes([1, 2, 3, 4, 5], { atOnce: 2, signal: never }, async item => {
      begun.push(item)
      most = Math.max(most, ++now)
      await new Promise(resolve => setImmediate(resolve))
      now--
    })
    expect(begun).toEqual([1, 2, 3, 4, 5])
    expect(most).toBe(2)
  })

  it('is stopped by a failure, which is thrown once the others have ended', async () => {
    const failure = new Error('broken')
    const ended: string[] = []
    const done = inLanes(['fails', 'waits', 'never begun'], { atOnce: 2, signal: never }, async (item, signal) => {
      if (item === 'fails') throw failure
      await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
      expect(signal.reason).toBe(failure)
      ended.push(item)
      throw new Error('a second failure says nothing new')
    })
    await expect(done).rejects.toBe(failure)
    expect(ended).toEqual(['waits'])
  })

  it('hears the signal that it was given', async () => {
    const stop = new AbortController()
    const heard = inLanes([1], { signal: stop.signal }, async (_, signal) => {
      await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
    })
    stop.abort()
    await expect(heard).resolves.toBeUndefined()
  })
})
