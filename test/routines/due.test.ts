// What becomes of a schedule whose time has come: in time, late, in turn, without money; each with its sentence.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Schedule, ScheduleMoney } from '../../src/domain/schedule.ts'
import { decideDue, seedOf } from '../../src/routines/index.ts'
import { repository } from './samples.ts'

const decide = decideDue({ day: 25, month: 200 })
const nothingSpent: ScheduleMoney = { serverDay: 0, serverMonth: 0, repositoryDay: 0, promised: 0, promisedHere: 0 }

function schedule(change: Partial<Schedule> = {}): Schedule {
  return {
    id: '1:sweep:abc',
    repositoryId: 1,
    repository,
    routine: 'sweep',
    entry: { cron: '0 2 * * *' },
    seed: seedOf(1, 'sweep'),
    usd: 2,
    dayUsd: 20,
    due: '2026-11-21T02:00:00.000Z',
    notBefore: '2026-11-21T02:00:00.000Z',
    ...change,
  }
}

const at = (
  now: string,
  change: Partial<Schedule> = {},
  about: { late?: number; money?: Partial<ScheduleMoney>; last?: { due: string; at: string } } = {},
) =>
  decide(schedule(change), {
    now: new Date(now),
    late: about.late ?? 1,
    money: { ...nothingSpent, ...about.money },
    ...(about.last && { last: about.last }),
  })

const hourly = (due: string, missed?: 'skip' | 'once'): Partial<Schedule> => ({
  entry: { cron: '0 * * * *', ...(missed && { missed }) },
  due,
  notBefore: due,
})

describe('a schedule that is due', () => {
  it('starts, and knows when it comes next', () => {
    expect(at('2026-11-21T02:00:10Z')).toEqual({
      step: {
        do: 'start',
        due: { at: '2026-11-21T02:00:00.000Z', missed: 0, because: '`0 2 * * *` was due at 2026-11-21 02:00 UTC.' },
        next: '2026-11-22T02:00:00.000Z',
      },
    })
  })

  it('of one time never comes again', () => {
    const once = { entry: { at: '2026-11-21 02:00' } }
    expect(at('2026-11-21T02:00:10Z', once).step).toMatchObject({ do: 'start', next: undefined })
  })

  it('a restart late is in time, whatever is said about down time', () => {
    const skipping = { entry: { cron: '0 2 * * *', missed: 'skip' as const } }
    expect(at('2026-11-21T02:09:00Z', skipping, { late: 300 })).toMatchObject({
      step: { do: 'start', due: { missed: 0 } },
    })
    expect(at('2026-11-21T02:11:00Z', skipping, { late: 300 }).step.do).toBe('wait')
  })

  it('stands for what was missed, and says so', () => {
    const decision = at('2026-11-21T14:05:00Z', hourly('2026-11-21T02:00:00.000Z'))
    expect(decision).toEqual({
      behind: {
        from: '2026-11-21T02:00:00.000Z',
        because: '13 times from 2026-11-21 02:00 UTC on became one start at 2026-11-21 14:05 UTC.',
      },
      step: {
        do: 'start',
        due: {
          at: '2026-11-21T14:00:00.000Z',
          missed: 12,
          because:
            '`0 * * * *` was due at 2026-11-21 14:00 UTC. It stands for 12 times before that, from 2026-11-21 02:00 UTC on.',
        },
        next: '2026-11-21T15:00:00.000Z',
      },
    })
  })

  it('leaves out what was missed where the routine says so, and starts for what is due now', () => {
    const decision = at('2026-11-21T14:05:00Z', hourly('2026-11-21T02:00:00.000Z', 'skip'))
    expect(decision.missed).toEqual({
      from: '2026-11-21T02:00:00.000Z',
      because:
        '`0 * * * *` was due 12 times from 2026-11-21 02:00 UTC to 2026-11-21 13:00 UTC while nothing ran, and `missed: skip` leaves that out.',
    })
    expect(decision.step).toMatchObject({ do: 'start', due: { at: '2026-11-21T14:00:00.000Z', missed: 0 } })
    const none = at('2026-11-21T14:30:00Z', hourly('2026-11-21T02:00:00.000Z', 'skip'))
    expect(none).toMatchObject({ missed: {}, step: { do: 'wait', next: '2026-11-21T15:00:00.000Z' } })
  })
})

describe('many that are late at once', () => {
  it('wait for a turn of their own, the same each time they are asked', () => {
    const decision = at('2026-11-21T14:00:00Z', {}, { late: 200 })
    expect(decision).toEqual(at('2026-11-21T14:00:00Z', {}, { late: 200 }))
    expect(decision.step).toMatchObject({ do: 'put off', due: '2026-11-21T02:00:00.000Z' })
    expect(decision.behind?.because).toMatch(
      /^Nothing ran when `0 2 \* \* \*` was due at 2026-11-21 02:00 UTC; what was missed starts spread out, 200 in all, and this one at 2026-11-21 14:\d\d UTC\.$/,
    )
  })

  it('start when it has come, and say what it was about', () => {
    const first = at('2026-11-21T14:00:00Z', {}, { late: 200 }).step
    if (first.do !== 'put off') throw new Error('it was not put off')
    const waited = { notBefore: first.until, putOff: first.because }
    const decision = at(first.until, waited, { late: 150 })
    expect(decision.step).toMatchObject({ do: 'start', due: { at: '2026-11-21T02:00:00.000Z', missed: 0 } })
    expect(decision.behind?.because).toBe(
      `It started at ${first.until.slice(0, 16).replace('T', ' ')} UTC. ${first.because}`,
    )
  })

  it('are spread over a quarter of an hour at least, evenly, and over longer the more they are', () => {
    const offsets = (late: number) =>
      Array.from({ length: late }, (_, repositoryId) => {
        const { step } = at('2026-11-21T14:00:00Z', { seed: seedOf(repositoryId, 'sweep') }, { late })
        return step.do === 'put off' ? Date.parse(step.until) - Date.parse('2026-11-21T14:00:00Z') : Number.NaN
      })
    for (const [late, minutes] of [
      [120, 15],
      [1000, 100],
    ] as const) {
      const all = offsets(late)
      expect(Math.max(...all)).toBeLessThan(minutes * 60_000)
      expect(Math.max(...all) - Math.min(...all)).toBeGreaterThan(minutes * 0.8 * 60_000)
      const quarters = [0, 1, 2, 3].map(n => all.filter(one => Math.floor(one / (minutes * 15_000)) === n).length)
      expect(Math.min(...quarters)).toBeGreaterThan(late / 8)
    }
  })

  it('few need no turns', () => {
    expect(at('2026-11-21T14:00:00Z', {}, { late: 5 }).step.do).toBe('start')
  })

  it('that are late for their turn too get another one, or are left out', () => {
    const waited = { notBefore: '2026-11-21T14:07:00.000Z', putOff: 'Nothing ran.' }
    expect(at('2026-11-22T01:00:00Z', waited, { late: 200 }).step.do).toBe('put off')
    const skipping = { ...waited, entry: { cron: '0 2 * * *', missed: 'skip' as const } }
    expect(at('2026-11-22T01:00:00Z', skipping, { late: 200 })).toMatchObject({ missed: {}, step: { do: 'wait' } })
  })
})

describe('without money', () => {
  const now = '2026-11-21T02:00:10Z'

  it.each([
    [{ serverDay: 24.9 }, 'The budget of $25.00 a day for the server is used up', '2026-11-22 00:'],
    [{ serverMonth: 200 }, 'The budget of $200.00 a month for the server is used up', '2026-12-01 00:'],
    [{ repositoryDay: 20 }, 'The budget of $20.00 a day for this repository is used up', '2026-11-22 00:'],
  ])('%j it waits until there is some again', (money, sentence, until) => {
    const { step, behind } = at(now, {}, { money })
    expect(step.do).toBe('put off')
    expect(behind?.because).toMatch(
      new RegExp(`^${sentence.replaceAll('$', '\\$')}; it was put off until ${until}\\d\\d UTC\\.$`),
    )
  })

  it('enough for a part of a run it starts', () => {
    expect(at(now, {}, { money: { serverDay: 24.5, repositoryDay: 19.5 } }).step.do).toBe('start')
  })

  it('that is not set aside for others it waits for those', () => {
    for (const money of [
      { serverDay: 15, promised: 10 },
      { repositoryDay: 18, promisedHere: 2 },
    ]) {
      const { step } = at(now, {}, { money })
      if (step.do !== 'put off') throw new Error('it was not put off')
      expect(step.because).toMatch(/is set aside for other runs that the clock started/)
      const minutes = (Date.parse(step.until) - Date.parse(now)) / 60_000
      expect(minutes).toBeGreaterThanOrEqual(10)
      expect(minutes).toBeLessThanOrEqual(20)
    }
    expect(at(now, {}, { money: { serverDay: 15, promised: 9.9 } }).step.do).toBe('start')
  })

  it('it waits whatever is said about down time, and starts the next day', () => {
    const skipping = { entry: { cron: '0 2 * * *', missed: 'skip' as const } }
    const { step } = at(now, skipping, { money: { serverDay: 25 } })
    if (step.do !== 'put off') throw new Error('it was not put off')
    const later = at(step.until, { ...skipping, notBefore: step.until, putOff: step.because })
    expect(later.step).toMatchObject({ do: 'start', due: { at: '2026-11-21T02:00:00.000Z', missed: 0 } })
  })
})

it('whatever happens, no time is lost and none is due twice', () => {
  const crons = ['0 2 * * *', '*/5 * * * *', '0 * * * *', '30 6 * * 1']
  fc.assert(
    fc.property(
      fc.constantFrom(...crons),
      fc.constantFrom('once' as const, 'skip' as const),
      fc.array(
        fc.record({
          minutes: fc.integer({ min: 1, max: 3000 }),
          late: fc.nat(300),
          spent: fc.constantFrom(0, 0, 0, 25),
        }),
        {
          minLength: 1,
          maxLength: 30,
        },
      ),
      (cron, missed, ticks) => {
        const start = Date.parse('2026-11-21T00:30:00Z')
        let now = start
        let one = schedule({ entry: { cron, missed }, due: undefined, notBefore: undefined })
        const first = decide(one, { now: new Date(now), late: 0, money: nothingSpent }).step
        if (first.do !== 'wait') throw new Error('nothing is due yet')
        one = { ...one, due: first.next, notBefore: first.next }
        let handled = start
        for (const tick of ticks) {
          now += tick.minutes * 60_000
          if (one.notBefore === undefined || Date.parse(one.notBefore) > now) continue
          const { step } = decide(one, {
            now: new Date(now),
            late: tick.late,
            money: { ...nothingSpent, serverDay: tick.spent },
          })
          if (step.do === 'put off') {
            expect(Date.parse(step.until)).toBeGreaterThanOrEqual(now)
            expect(Date.parse(step.due)).toBeGreaterThan(handled)
            one = { ...one, due: step.due, notBefore: step.until, putOff: step.because }
            continue
          }
          if (step.do === 'start') {
            expect(Date.parse(step.due.at)).toBeGreaterThan(handled)
            expect(Date.parse(step.due.at)).toBeLessThanOrEqual(now)
            handled = Date.parse(step.due.at)
          }
          expect(Date.parse(step.next ?? '')).toBeGreaterThan(now)
          const { putOff: _, ...rest } = one
          one = { ...rest, due: step.next, notBefore: step.next }
        }
      },
    ),
    { numRuns: 300 },
  )
})

describe('two starts of one routine', () => {
  const last = { due: '2026-11-21T01:57:00.000Z', at: '2026-11-21T01:57:40.000Z' }

  it('that are closer than the server lets them become one, which says so and goes on with the next time', () => {
    expect(at('2026-11-21T02:00:10Z', {}, { last })).toEqual({
      behind: {
        from: '2026-11-21T02:00:00.000Z',
        because: expect.stringContaining('less than 5 minutes from the start of 2026-11-21 01:57 UTC'),
      },
      step: { do: 'wait', next: '2026-11-22T02:00:00.000Z' },
    })
  })

  it('that are as far apart as it asks stay two, however late the ticks were', () => {
    const far = { due: '2026-11-21T01:55:00.000Z', at: '2026-11-21T01:56:30.000Z' }
    expect(at('2026-11-21T02:00:10Z', {}, { last: far }).step.do).toBe('start')
    const patient = decideDue({ day: 25, month: 200 }, 30)
    const about = { now: new Date('2026-11-21T02:00:10Z'), late: 1, money: nothingSpent, last: far }
    expect(patient(schedule(), about).step.do).toBe('wait')
  })

  it('that both come late count from when they start', () => {
    const late = { due: '2026-11-21T01:00:00.000Z', at: '2026-11-21T09:00:00.000Z' }
    expect(at('2026-11-21T09:00:00Z', {}, { last: late }).behind?.because).toContain('start of 2026-11-21 09:00 UTC')
    expect(at('2026-11-21T09:05:00Z', {}, { last: late }).step.do).toBe('start')
  })
})
