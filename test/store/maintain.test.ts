// Maintenance: what is too old is gone, what is still needed stays.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { NewRun, Store } from '../../src/domain/store.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { event } from '../routines/samples.ts'
import { rawly } from './raw.ts'
import { newDelivery, newFinding, newRun, pull } from './samples.ts'

const today = new Date('2026-11-21T12:00:00.000Z')
const daysAgo = (days: number) => new Date(today.getTime() - days * 86_400_000).toISOString()

describe.each(databases)('maintenance on $name', ({ name, open }) => {
  let database: TestDatabase
  let store: Store
  let clock = today
  beforeAll(async () => {
    database = await open({ now: () => clock })
    store = database.store
  })
  afterAll(() => database.close())

  const endedRun = async (days: number) => {
    const run = newRun({ requestedAt: daysAgo(days), notBefore: daysAgo(days) })
    await store.runs.request(run)
    const claimed = (await store.runs.claim(run.id, daysAgo(days)))!
    await store.steps.append(run.id, 1, 'turn', 'words', daysAgo(days))
    const suggestion = { replaces: 'secret code', with: 'better code' }
    const source = { file: 'src/a.ts', quote: 'secret code' }
    const offer = { path: 'src/a.ts', startLine: 3, line: 3, with: ['better code'], state: 'offered' as const }
    const suggested = { ...offer, because: 'It is offered.' }
    const finding = newFinding('f', { fingerprint: `print ${days}`, suggestion, suggested, source })
    await store.findings.save(claimed, 1, [finding], daysAgo(days))
    clock = new Date(daysAgo(days))
    const caps = { run: 9, pull: 99, repositoryDay: 9, serverRun: 9, serverDay: 9, serverMonth: 99 }
    await store.ledger.meter({ id: run.id, attempt: 1, repositoryId: 11, number: 5 }, caps).reserve({
      name: 'a',
      kind: 'finder',
      model: 'm',
      usd: 0.1,
    })
    clock = today
    await store.audit.append({ at: daysAgo(days), who: 'ada', what: 'ran', about: run.id })
    await store.runs.end(run.id, 1, 'done', 'Done.', daysAgo(days))
    return run.id
  }

  it('forgets texts that came with calls after a week, of the event and of its run, and nothing else of them', async () => {
    const text = 'Look at "this": \u0000 {"text":"x"}'
    const ended = async (days: number) => {
      const own = event({ id: `with text ${days}`, kind: 'api', at: daysAgo(days), text })
      await store.events.accept(own)
      await store.events.keep(own, { paths: ['a'] })
      const { pull: _, ...run } = newRun({ requestedAt: daysAgo(days), notBefore: daysAgo(days) })
      await store.runs.request({ ...run, kind: 'work', event: own, key: 'routine:mine' })
      await store.runs.claim(run.id, daysAgo(days))
      await store.runs.report(run.id, 1, 'It quotes `code`.')
      await store.runs.end(run.id, 1, 'done', 'Done.', daysAgo(days))
      return { own, id: run.id }
    }
    const [recent, old, older] = [await ended(6), await ended(8), await ended(15)]
    await store.maintain(today.toISOString())
    const texts = async ({ own, id }: typeof old) => {
      const run = await store.runs.get(id)
      return [(await store.events.get(own.id))?.text, run?.kind === 'work' && run.event.text]
    }
    expect(await texts(recent)).toEqual([text, text])
    expect(await texts(old)).toEqual([undefined, undefined])
    const report = async ({ id }: typeof old) => {
      const run = await store.runs.get(id)
      return run?.kind === 'work' && run.report
    }
    expect([await report(old), await report(older)]).toEqual(['It quotes `code`.', undefined])
    const { text: _, ...rest } = old.own
    expect(await store.events.get(old.own.id)).toEqual(rest)
  })

  it('forgets what people wrote of a pull, an issue or a push with what filters read, of their runs too', async () => {
    const ended = async (days: number, run: NewRun) => {
      await store.runs.request(run)
      await store.runs.claim(run.id, daysAgo(days))
      await store.runs.end(run.id, 1, 'done', 'Done.', daysAgo(days))
      return run.id
    }
    const both = async (days: number) => {
      const at = { requestedAt: daysAgo(days), notBefore: daysAgo(days) }
      const issue = {
        number: 5,
        title: 'its "title"',
        body: 'its \\ "body":"x"',
        author: event({}).actor,
        state: 'open' as const,
        labels: ['a'],
        url: 'u',
      }
      const own = event({ id: `with words ${days}`, kind: 'issues', at: daysAgo(days), issue })
      const words = { title: 'its "title"', body: 'its \\ "body":"x"' }
      const { pull: _, ...work } = newRun(at)
      return [
        await ended(days, newRun({ ...at, pull: { ...pull, ...words } })),
        await ended(days, { ...work, kind: 'work', event: own, key: 'routine:mine' }),
      ]
    }
    const [recent, old] = [await both(89), await both(91)]
    await store.maintain(today.toISOString())
    const words = async ([review = '', work = '']: string[]) => {
      const [one, two] = [await store.runs.get(review), await store.runs.get(work)]
      const { title, body, head } = (one?.kind === 'review' && one.pull) || {}
      const issue = two?.kind === 'work' ? two.event.issue : undefined
      return [title, body, head?.sha, issue?.title, issue?.body, issue?.labels]
    }
    const kept = ['its "title"', 'its \\ "body":"x"', expect.any(String), 'its "title"', 'its \\ "body":"x"', ['a']]
    expect(await words(recent)).toEqual(kept)
    expect(await words(old)).toEqual(['', '', expect.any(String), '', '', ['a']])
  })

  it('forgets each kind of thing in its own time', async () => {
    const deliveries = [6, 8, 91].map(days => newDelivery({ at: daysAgo(days) }))
    for (const delivery of deliveries) await store.deliveries.accept(delivery)
    const ancient = await endedRun(401)
    const old = await endedRun(15)
    const recent = await endedRun(13)
    const unfinished = newRun({ requestedAt: daysAgo(20), notBefore: daysAgo(20) })
    await store.runs.request(unfinished)
    await store.runs.claim(unfinished.id, daysAgo(20))
    await store.steps.append(unfinished.id, 1, 'turn', 'words', daysAgo(20))

    await store.maintain(today.toISOString())

    const [week, older, gone] = await Promise.all(deliveries.map(({ id }) => store.deliveries.get(id)))
    expect([week?.payload !== undefined, older !== undefined, older?.payload, gone]).toEqual([
      true,
      true,
      undefined,
      undefined,
    ])
    expect(await store.deliveries.accept(newDelivery({ bodyHash: deliveries[1]!.bodyHash }))).toBe('repeated')
    expect(await store.deliveries.accept(newDelivery({ bodyHash: deliveries[2]!.bodyHash }))).toBe('stored')

    const steps = async (id: string) => (await store.steps.list(id)).length
    expect([await steps(old), await steps(recent), await steps(unfinished.id)]).toEqual([0, 1, 1])

    const finding = async (id: string) => store.findings.get(`${id}-f`)
    expect(await finding(recent)).toMatchObject({ quote: 'secret code', fix: 'better code' })
    expect(JSON.stringify(await finding(old))).not.toMatch(/secret code|better code/)
    expect(await finding(old)).toMatchObject({
      title: 'Finding f',
      verdict: { verdict: 'posted' },
      suggested: { state: 'offered' },
    })

    expect(await store.runs.get(ancient)).toBeUndefined()
    expect(await finding(ancient)).toBeUndefined()
    expect(await store.ledger.entries({ runId: ancient, limit: 5 })).toEqual([])
    expect(await store.ledger.entries({ runId: old, limit: 5 })).toHaveLength(1)
    expect((await store.audit.list(9)).map(({ about }) => about)).toEqual([recent, old])
    expect(await store.audit.verify()).toBeUndefined()
  })

  // A server vacuums by itself. Pages are marked as all visible by VACUUM alone: https://www.postgresql.org/docs/current/storage-vm.html
  it.runIf(name === 'PGlite')('vacuums, which nothing else does there', async () => {
    await store.maintain(today.toISOString())
    const seen = `(select relallvisible from pg_class where relname = 'audit') > 0`
    await rawly(database, `do $$ begin if not ${seen} then raise exception 'it was not vacuumed'; end if; end $$`)
  })
})
