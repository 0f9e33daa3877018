// What docs/routines.md says about words of schedules, held against what they do.
import { describe, expect, it } from 'vitest'
import { dueBetween, seedOf } from '../../src/routines/index.ts'
import { read, rows, section } from './pages.ts'

const table = rows(section('docs/routines.md', '### `schedule`')).slice(1)
const minutesOf = (text: string) =>
  [...text.matchAll(/\b(\d{1,2}):(\d{2})\b/g)].map(([, hour, minute]) => Number(hour) * 60 + Number(minute))
const startsOf = (words: string) =>
  Array.from({ length: 60 }, (_, repository) =>
    dueBetween(words, new Date('2026-05-01T00:00Z'), new Date('2026-06-05T00:00Z'), seedOf(repository, 'sweep')),
  )

describe('the words in the docs', () => {
  const phrases = table.flatMap(([words = '', starts = '']) =>
    [...words.matchAll(/`([^`]+)`/g)].map(([, phrase = '']) => [phrase, starts] as const),
  )

  it('are many', () => expect(phrases.length).toBeGreaterThan(12))

  it.each(phrases)('`%s` start: %s', (phrase, starts) => {
    const all = startsOf(phrase)
    for (const dues of all) expect(dues.length).toBeGreaterThan(0)
    const minutes = all.flat().map(due => due.getUTCHours() * 60 + due.getUTCMinutes())
    const [from, to] = minutesOf(starts)
    if (from !== undefined && to !== undefined) {
      expect(Math.min(...minutes)).toBeGreaterThanOrEqual(from)
      expect(Math.max(...minutes)).toBeLessThan(to)
    }
  })

  it('name the days that they start on', () => {
    const days = (words: string) =>
      new Set(
        startsOf(words)
          .flat()
          .map(due => due.toUTCString().slice(0, 3)),
      )
    expect(days('weekdays')).toEqual(new Set(['Mon', 'Tue', 'Wed', 'Thu', 'Fri']))
    expect(days('every tuesday and friday')).toEqual(new Set(['Tue', 'Fri']))
  })
})

it('the docs state the least interval that the settings have', async () => {
  const { readSettings } = await import('../../src/settings.ts')
  expect(readSettings({}).minIntervalMinutes).toBe(5)
  expect(section('docs/routines.md', '### `schedule`')).toContain('five minutes apart at least')
  expect(read('docs/configuration.md')).toMatch(/`WATCHBILL_MIN_INTERVAL_MINUTES` \|[^|]+\| `5` \|/)
})
