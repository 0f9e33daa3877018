// What `onboard` says of a preview that could not look at everything.
import { expect, test } from 'vitest'
import { onboard } from '../../src/commands/onboard.ts'
import type { Event } from '../../src/domain/event.ts'
import type { Store } from '../../src/domain/store.ts'
import { repository } from '../store/samples.ts'

const until = new Date('2026-11-21T12:00:00.000Z')
const actor = { id: 1, login: 'ada', type: 'User' as const }
/** One a second, up to then. */
const pushes = (count: number) =>
  Array.from({ length: count }, (_, n): { event: Event; facts: object } => {
    const at = new Date(until.getTime() - (count - n) * 1000).toISOString()
    return { event: { id: `push ${n}`, kind: 'push', action: 'pushed', at, repository, actor, own: false }, facts: {} }
  })

async function preview(count: number): Promise<string> {
  const kept = pushes(count)
  const since = async (_: number, at: string, limit: number) => {
    const first = kept.findIndex(({ event }) => event.at >= at)
    return first < 0 ? [] : kept.slice(first, first + limit)
  }
  const store = { repositories: { find: async () => repository }, events: { since }, runs: { list: async () => [] } }
  const told = await onboard({ store: store as unknown as Store, now: () => until }, { repo: 'acme/widgets' })
  return told.preview.join('\n')
}

test('up to when it looked, and why not further', async () => {
  expect(await preview(20)).not.toContain('not looked at')
  expect(await preview(10_001)).toContain(
    'Later ones than 2026-11-21T11:59:58.000Z were not looked at: there are too many.',
  )
})
