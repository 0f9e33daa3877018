import { expect, test } from 'vitest'
import { nights } from '../src/bookings/stay.ts'

test('a stay over two midnights is two nights', () => {
  expect(nights(new Date('2026-07-01T16:00:00Z'), new Date('2026-07-03T10:00:00Z'))).toBe(2)
})

test('an hour at the quay is paid as one night', () => {
  expect(nights(new Date('2026-07-01T12:00:00Z'), new Date('2026-07-01T13:00:00Z'))).toBe(1)
})
