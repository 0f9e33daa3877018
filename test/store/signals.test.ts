// What people say of findings is kept once by where it was said, its words as long as code is; outcomes have one row, the last.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FindingOutcome, Signal } from '../../src/domain/signal.ts'
import type { Store } from '../../src/domain/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { now } from './samples.ts'

const days = (count: number) => new Date(Date.now() - count * 86_400_000).toISOString()

const signal = (source: string, change: Partial<Signal> = {}): Signal => ({
  repositoryId: 11,
  number: 900,
  fingerprint: 'f',
  source,
  what: 'reply',
  who: 'ada',
  whoId: 1,
  counts: true,
  because: 'It is a claim.',
  text: 'nul \u0000 here',
  commentId: 5,
  at: now(),
  ...change,
})

const outcome: FindingOutcome = {
  repositoryId: 11,
  number: 900,
  fingerprint: 'f',
  rowId: 'r-f',
  merged: true,
  head: 'abc',
  shown: true,
  refuted: false,
  dismissed: false,
  up: 0,
  down: 1,
  acted: 'acted on',
  because: 'Its lines are gone.',
  agents: ['tests'],
  rule: 'other',
  at: now(),
}

describe.each(databases)('signals on $name', ({ open }) => {
  let database: TestDatabase
  let store: Store
  beforeAll(async () => {
    database = await open()
    store = database.store
  })
  afterAll(() => database.close())

  it('keeps each once, and an answer as it was given first', async () => {
    expect(await store.signals.note(signal('comment:1', { at: days(20) }))).toBe(true)
    expect(await store.signals.note(signal('comment:1', { because: 'another' }))).toBe(false)
    await store.signals.note(signal('comment:2', { fingerprint: 'other' }))
    const [first] = await store.signals.of(11, 900, 'f')
    await store.signals.answered([first!], 'run1', 'kept')
    await store.signals.answered([first!], 'run2', 'withdrawn')
    expect(await store.signals.of(11, 900, 'f')).toMatchObject([
      { source: 'comment:1', because: 'It is a claim.', text: 'nul \ufffd here', runId: 'run1', answer: 'kept' },
    ])
    expect(await store.signals.of(11, 900)).toHaveLength(2)
    expect(await store.signals.of(11, 901)).toEqual([])
  })

  it('makes votes what they are now, and leaves all else', async () => {
    const vote = (source: string, what: 'up' | 'down') => signal(source, { what })
    await store.signals.setVotes(11, 900, [vote('reaction:1', 'up'), vote('reaction:2', 'down')])
    await store.signals.setVotes(11, 900, [vote('reaction:2', 'down')])
    expect((await store.signals.of(11, 900)).map(one => one.source).sort()).toEqual([
      'comment:1',
      'comment:2',
      'reaction:2',
    ])
  })

  it('forgets what was said when it forgets code, and not that it was said', async () => {
    await store.maintain(now())
    const all = await store.signals.of(11, 900, 'f')
    expect(all.find(one => one.source === 'comment:1')).toMatchObject({ answer: 'kept' })
    expect(all.find(one => one.source === 'comment:1')).not.toHaveProperty('text')
    expect((await store.signals.of(11, 900, 'other'))[0]).toHaveProperty('text')
  })

  it('has the last outcome of each finding', async () => {
    await store.outcomes.set([{ ...outcome, acted: 'not told' }])
    await store.outcomes.set([outcome, { ...outcome, fingerprint: 'g', model: 'm', repositoryId: 12 }])
    expect(await store.outcomes.list({ repositoryId: 11 })).toEqual([outcome])
    expect(await store.outcomes.list({})).toHaveLength(2)
  })
})
