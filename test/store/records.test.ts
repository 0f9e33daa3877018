// Steps, occurrences, effects, findings, pauses, repositories and events: written once, read as they were written.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Occurrence } from '../../src/domain/event.ts'
import type { Store } from '../../src/domain/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { newFinding, newRun, now, repository } from './samples.ts'

describe.each(databases)('records on $name', ({ open }) => {
  let database: TestDatabase
  let store: Store
  let number = 500
  beforeAll(async () => {
    database = await open()
    store = database.store
  })
  afterAll(() => database.close())

  const claimed = async (change = {}) => {
    const { id } = await store.runs.request(newRun({ number: number++, ...change }))
    return (await store.runs.claim(id, now()))!
  }

  it('gives a run its steps back in order and to the byte, across attempts', async () => {
    const { id } = await claimed()
    const hostile = { text: 'nul \u0000 half \udc00 end', b: 1, a: [undefined, null] }
    await store.steps.append(id, 1, 'turns/correctness', hostile, now())
    await store.steps.append(id, 1, 'plan', 'a plan', now())
    await store.runs.claim(id, now())
    await store.steps.append(id, 2, 'turns/correctness', ['second'], now())
    const turns = await store.steps.list(id, 'turns/correctness')
    expect(turns.map(({ value, attempt }) => [JSON.stringify(value), attempt])).toEqual([
      [JSON.stringify(hostile), 1],
      ['["second"]', 2],
    ])
    const all = await store.steps.list(id)
    expect(all.map(({ key }) => key)).toEqual(['turns/correctness', 'plan', 'turns/correctness'])
    expect(all.map(({ sequence }) => sequence)).toEqual(all.map(({ sequence }) => sequence).sort((a, b) => a - b))
  })

  it('records a routine at an event once', async () => {
    const occurrence: Occurrence = {
      id: 'o1',
      eventId: 'e1',
      repositoryId: 11,
      routine: 'code-review',
      verdict: 'queued',
      because: 'It was opened.',
      number: 5,
      at: now(),
    }
    expect(await store.occurrences.record(occurrence)).toEqual(occurrence)
    expect(await store.occurrences.record({ ...occurrence, id: 'o2', verdict: 'skipped' })).toEqual(occurrence)
    await store.occurrences.update('o1', { verdict: 'ran', because: 'It ran.', runId: 'r1' })
    await store.occurrences.update('o1', {})
    const after = { ...occurrence, verdict: 'ran', because: 'It ran.', runId: 'r1' }
    expect(await store.occurrences.get('o1')).toEqual(after)
    expect(await store.occurrences.ofEvent('e1')).toEqual([after])
    expect(await store.occurrences.ofRun('r1')).toEqual([after])
    expect(await store.occurrences.list({ repositoryId: 11, number: 5, limit: 5 })).toEqual([after])
    expect(await store.occurrences.list({ number: 6, limit: 5 })).toEqual([])
  })

  it('knows an effect that was done from one that was only meant', async () => {
    const effect = { key: 'review:11:5:b', runId: 'r2', kind: 'review', intent: { comments: 2 }, at: now() }
    expect(await store.effects.intend(effect)).toEqual({ first: true })
    expect(await store.effects.intend(effect)).toEqual({ first: false })
    expect(await store.effects.get(effect.key)).toEqual({ receipt: undefined })
    await store.effects.done(effect.key, { id: 77 }, now())
    expect(await store.effects.intend(effect)).toEqual({ first: false, receipt: { id: 77 } })
    expect(await store.effects.ofRun('r2')).toEqual([
      { key: effect.key, kind: 'review', intent: { comments: 2 }, receipt: { id: 77 }, at: effect.at },
    ])
    expect(await store.effects.get('another')).toBeUndefined()
  })

  it('keeps what people decided about a finding when a later run finds it again', async () => {
    const first = await claimed({ number: 900 })
    await store.findings.save(first, 1, [newFinding('f1'), newFinding('f2'), newFinding('f3')], now())
    const id = (finding: string) => `${first.id}-${finding}`
    await store.findings.mark(id('f1'), 'dismissed', 'Ada said no.')
    await store.findings.mark(id('f2'), 'fixed', 'Fixed in abc.')
    await store.findings.placed(id('f1'), 'https://github.com/x', 4_242_424_242)

    const second = await claimed({ number: 900 })
    await store.runs.head(second.id, 1, 'e'.repeat(40))
    await store.findings.save(second, 1, [newFinding('f9', { fingerprint: 'print of f1' }), newFinding('f2')], now())

    const standing = await store.findings.ofPull(11, 900)
    expect(standing.map(({ fingerprint, state }) => [fingerprint, state]).sort()).toEqual([
      ['print of f1', 'dismissed'],
      ['print of f2', 'open'],
      ['print of f3', 'open'],
    ])
    expect(await store.findings.get(`${second.id}-f9`)).toMatchObject({
      ...newFinding('f9', { fingerprint: 'print of f1' }),
      state: 'dismissed',
      stateBecause: 'Ada said no.',
      where: 'https://github.com/x',
      commentId: 4_242_424_242,
      head: 'e'.repeat(40),
    })
    expect((await store.findings.ofRun(first.id)).map(({ id }) => id)).toEqual(['f1', 'f2', 'f3'])
    await store.findings.save(second, 1, [newFinding('f2', { title: 'Clearer' })], now())
    expect((await store.findings.get(`${second.id}-f2`))?.title).toBe('Clearer')
  })

  it('shows of one claim the row that others were merged into, whatever text it quotes', async () => {
    const run = await claimed({ number: 901 })
    const kept = newFinding('f1', { fingerprint: 'same', quote: 'nul \u0000 and half a pair \udc00' })
    const verdict = { verdict: 'merged into', because: 'The same.', shown: 'no', into: 'f1' } as const
    await store.findings.save(run, 1, [newFinding('f0', { fingerprint: 'same', verdict }), kept], now())
    expect(await store.findings.ofPull(11, 901)).toMatchObject([kept])
    expect((await store.findings.ofRun(run.id)).map(({ id }) => id)).toEqual(['f0', 'f1'])
  })

  it('holds what is paused, from one repository up to everything', async () => {
    expect(await store.pauses.holds(repository)).toBeUndefined()
    await store.pauses.set('repository:12', 'acme/other', 'ada', now())
    expect(await store.pauses.holds(repository)).toBeUndefined()
    await store.pauses.set('owner:7', 'acme', 'ada', now())
    await store.pauses.set('owner:7', 'acme', 'grace', now())
    expect(await store.pauses.holds(repository)).toMatchObject({ scope: 'owner:7', by: 'ada' })
    await store.pauses.set('all', 'everything', 'ada', now())
    expect(await store.pauses.holds(repository)).toMatchObject({ scope: 'all' })
    expect((await store.pauses.list()).map(({ scope }) => scope).sort()).toEqual(['all', 'owner:7', 'repository:12'])
    expect([await store.pauses.clear('all'), await store.pauses.clear('all')]).toEqual([true, false])
  })

  it('finds a repository by the name it has now', async () => {
    const old = new Date(Date.now() - 60_000).toISOString()
    await store.repositories.seen({ ...repository, id: 21, name: 'Tools' }, old)
    await store.repositories.seen({ ...repository, id: 22, name: 'tools' }, now())
    expect((await store.repositories.find('ACME', 'tools'))?.id).toBe(22)
    await store.repositories.seen({ ...repository, id: 22, name: 'renamed' }, now())
    await store.repositories.seen({ ...repository, id: 22, name: 'out of date' }, old)
    expect((await store.repositories.find('acme', 'renamed'))?.id).toBe(22)
    expect((await store.repositories.find('acme', 'tools'))?.id).toBe(21)
    expect(await store.repositories.find('acme', 'nothing')).toBeUndefined()
  })

  it('knows the repositories of an installation by its whole number, whatever they are called', async () => {
    const odd = ['\0 "installationId":41,', '\ud800 {"installationId":41}', '\\"installationId":41,']
    const seen = async (id: number, installationId: number, name: string) =>
      store.repositories.seen({ ...repository, id, installationId, name }, now())
    for (const [n, name] of odd.entries()) await seen(60 + n, 4, name)
    await seen(70, 41, 'mine')
    await seen(71, 41, '\0')
    await seen(72, 412, 'theirs')
    expect((await store.repositories.ofInstallation(41)).map(({ id }) => id)).toEqual([70, 71])
  })

  it('knows a repository as GitHub told it last by its own clock, and believes the answer to a question', async () => {
    const day = (n: number) => `2026-01-0${n}T00:00:00.000Z`
    const called = async () => (await store.repositories.list(1000)).find(({ id }) => id === 23)?.name
    const told = (name: string, updated: number | undefined, came: number, how?: 'told' | 'asked') => {
      const one = { ...repository, id: 23, name, ...(updated !== undefined && { updatedAt: day(updated) }) }
      return store.repositories.seen(one, day(came), how)
    }
    await told('first', undefined, 1)
    await told('second', 2, 2)
    expect(await called()).toBe('second')
    await told('late', 1, 3)
    await told('of no age', undefined, 3)
    expect(await called()).toBe('second')
    await told('same time, later', 2, 4)
    expect(await called()).toBe('same time, later')
    await told('asked', 2, 5, 'asked')
    await told('again, of the same time', 2, 6)
    expect(await called()).toBe('asked')
    await Promise.all([told('late', 1, 7), told('newest', 4, 6), told('newer', 3, 8)])
    expect(await called()).toBe('newest')
    // As where a clock that was wrong was put right.
    await told('asked after all', 3, 9, 'asked')
    expect(await called()).toBe('asked after all')
    await told('next', 4, 9)
    expect(await called()).toBe('next')
  })

  it('keeps an event of our own, once', async () => {
    const actor = { id: 1, login: 'ada', type: 'User' } as const
    const event = { id: 'manual-1', kind: 'manual', action: 'run', at: now(), repository, actor, own: false } as const
    expect(await store.events.accept(event)).toBe('stored')
    expect(await store.events.accept({ ...event, action: 'other' })).toBe('repeated')
    expect(await store.events.get('manual-1')).toEqual(event)
    expect(await store.events.get('manual-2')).toBeUndefined()
  })

  it('takes text that PostgreSQL could not hold', async () => {
    await store.occurrences.record({
      id: 'o-nul',
      eventId: 'e-nul',
      repositoryId: 11,
      routine: 'code-review',
      verdict: 'skipped',
      because: 'The branch a\u0000b.',
      at: now(),
    })
    expect((await store.occurrences.get('o-nul'))?.because).toBe('The branch a\uFFFDb.')
  })
})
