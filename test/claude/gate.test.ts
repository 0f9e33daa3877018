// The gate: so many at a time, nobody before a pause is over, one at a time while a limit is nearly used up.
import { describe, expect, it } from 'vitest'
import { openGate } from '../../src/claude/gate.ts'
import { say } from '../simulators/model/index.ts'
import { conversation, openMeter, openStage, quickClock } from './stage.ts'

const signal = new AbortController().signal
const answer = (status: number, headers: Record<string, string> = {}) => new Response(null, { status, headers })
/** Whether it is settled once everything that can happen has happened. */
async function isIn(entering: Promise<unknown>): Promise<boolean> {
  let done = false
  entering.then(() => {
    done = true
  })
  await new Promise(resolve => setTimeout(resolve, 5))
  return done
}

describe('the gate', () => {
  it('is shut when full, and lets the next in when one leaves', async () => {
    const gate = openGate({ maxInFlight: 1, ...quickClock() })
    const leave = await gate.enter(signal)
    const next = gate.enter(signal)
    expect(await isIn(next)).toBe(false)
    leave()
    leave()
    expect(await isIn(next)).toBe(true)
    expect(await isIn(gate.enter(signal))).toBe(false)
  })

  it('is shut until retry-after is over, then opens half as wide', async () => {
    const clock = quickClock()
    const gate = openGate({ maxInFlight: 4, ...clock })
    const leaves = await Promise.all([gate.enter(signal), gate.enter(signal)])
    gate.heed(answer(429, { 'retry-after': '30' }))
    for (const leave of leaves) leave()
    expect(await isIn(gate.enter(signal))).toBe(true)
    expect(clock.waits).toEqual([30_000])
    expect(await isIn(gate.enter(signal))).toBe(false)
  })

  it('widens again by one with each success', async () => {
    const gate = openGate({ maxInFlight: 4, ...quickClock() })
    gate.heed(answer(429, { 'retry-after': '1' }))
    gate.heed(answer(200))
    expect(await isIn(gate.enter(signal))).toBe(true)
    expect(await isIn(gate.enter(signal))).toBe(true)
    expect(await isIn(gate.enter(signal))).toBe(false)
  })

  it('lets one at a time through while a limit is nearly used up', async () => {
    const clock = quickClock()
    const gate = openGate({ maxInFlight: 4, ...clock })
    const low = {
      'anthropic-ratelimit-input-tokens-limit': '1000',
      'anthropic-ratelimit-input-tokens-remaining': '20',
      'anthropic-ratelimit-input-tokens-reset': new Date(clock.now() + 60_000).toISOString(),
    }
    gate.heed(answer(200, low))
    gate.heed(answer(200))
    expect(await isIn(gate.enter(signal))).toBe(true)
    expect(await isIn(gate.enter(signal))).toBe(false)
  })

  it('does not believe a pause of hours, nor one that is no number', async () => {
    for (const [header, wait] of [
      ['86400', 600_000],
      ['soon', 5_000],
    ] as const) {
      const clock = quickClock()
      const gate = openGate({ maxInFlight: 4, ...clock })
      gate.heed(answer(429, { 'retry-after': header }))
      await gate.enter(signal)
      expect(clock.waits).toEqual([wait])
    }
  })

  it('forgets who gave up waiting', async () => {
    const gate = openGate({ maxInFlight: 1, ...quickClock() })
    const leave = await gate.enter(signal)
    const impatient = new AbortController()
    const entering = gate.enter(impatient.signal)
    impatient.abort()
    await expect(entering).rejects.toThrow()
    leave()
    expect(await isIn(gate.enter(signal))).toBe(true)
  })
})

it('24 calls are in flight at most as it ships, of all runs of the process together, and the next comes as one ends', async () => {
  const held: (() => void)[] = []
  const reply = async () => {
    await new Promise<void>(go => held.push(go))
    return say('Done.')
  }
  await using stage = await openStage({ reply })
  const { claude, model } = stage
  // Whatever was on its way when this one left has come when it is back.
  const thereAndBack = () => fetch(`${model.url}/v1/models`).then(response => response.text())
  // Six runs of ten agents, each run with a purse of its own.
  const runs = Array.from({ length: 6 }, () => claude.model(openMeter()))
  const ends = runs.flatMap((run, mark) =>
    Array.from({ length: 10 }, (_, index) => run.converse(conversation({ name: `agent ${mark}.${index}` }))),
  )
  for (let answered = 0; answered < 60; answered++) {
    await model.waitFor(({ requests }) => held.length > 0 && requests.length >= Math.min(24 + answered, 60), 20_000)
    await thereAndBack()
    expect(model.inFlight).toBe(Math.min(24, 60 - answered))
    held.shift()!()
    await model.waitFor(
      ({ requests }) => requests.filter(one => one.finishedAt !== undefined).length > answered,
      20_000,
    )
  }
  expect((await Promise.all(ends)).map(({ end }) => end)).toEqual(Array(60).fill('done'))
  expect(model.maxInFlight).toBe(24)
  expect(model.requests).toHaveLength(60)
})
