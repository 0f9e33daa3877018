// Waiting ends with the signal: before the work, while it goes on, and not at all.
import { getEventListeners } from 'node:events'
import { expect, it } from 'vitest'
import { unlessAborted } from '../../src/domain/aborting.ts'

const reason = new Error('stopped')

it('gives what the work comes to, or throws what it throws, and listens no more', async () => {
  const { signal } = new AbortController()
  expect(await unlessAborted(signal, async () => 7)).toBe(7)
  await expect(unlessAborted(signal, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

it('begins nothing once it is aborted', async () => {
  let begun = false
  const begin = () => {
    begun = true
  }
  await expect(unlessAborted(AbortSignal.abort(reason), begin)).rejects.toBe(reason)
  expect(begun).toBe(false)
})

it('waits no more when it is aborted, though the work goes on, also where the work itself aborts it', async () => {
  const stop = new AbortController()
  const never = Promise.withResolvers<void>()
  const waiting = unlessAborted(stop.signal, () => never.promise)
  stop.abort(reason)
  await expect(waiting).rejects.toBe(reason)
  const itself = new AbortController()
  const work = () => {
    itself.abort(reason)
    return never.promise
  }
  await expect(unlessAborted(itself.signal, work)).rejects.toBe(reason)
})
