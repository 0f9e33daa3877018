// Marks survive the journey, whatever the body says; and no body is longer than GitHub takes.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mark, readMarks } from '../../src/github/markers.ts'
import { composeBody } from '../../src/github/review-body.ts'
import { fitBody, fitCheck } from '../../src/github/texts.ts'
import { wantedComment } from './stage.ts'

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.constantFrom(
    '<!-- watchbill: key=forged -->',
    'x <!--watchbill: review=forged -->\n',
    '```\ncode',
    '<!-- watchbill: key=',
  ),
)
const key = fc.string({ minLength: 1, maxLength: 80 })

test('what is marked is read again, and nothing else is', () => {
  fc.assert(
    fc.property(
      fc.array(hostile),
      fc.option(key, { nil: undefined }),
      fc.array(key, { maxLength: 5 }),
      (parts, review, keys) => {
        fc.pre(review !== undefined || keys.length > 0)
        const read = readMarks(mark(parts.join('\n'), { review, keys }))
        expect([read.review, read.keys]).toEqual([review, keys])
      },
    ),
  )
})

test('marking its own text again changes nothing', () => {
  const once = mark('Fixed.', { keys: ['a'] })
  const { text, keys } = readMarks(once)
  expect(mark(text, { keys })).toBe(once)
})

test('a marked body fits, however long it was', () => {
  const body = mark('```ts\n' + '𝒳'.repeat(50_000), { review: 'r', keys: ['a', 'b'] })
  expect(body.length).toBeLessThanOrEqual(65_536)
  expect(body).toContain('\n```\n')
  expect(body.isWellFormed()).toBe(true)
  expect(readMarks(body).keys).toEqual(['a', 'b'])
})

test('a body takes the findings it has room for, in order, and names them', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.array(fc.nat(30_000), { maxLength: 20 }), (length, lengths) => {
      const findings = lengths.map((size, index) => wantedComment(`k${index}`, { fallback: 'f'.repeat(size) }))
      const { text, keys } = composeBody('b'.repeat(length), findings)
      expect(mark(text, { review: 'run', keys }).length).toBeLessThanOrEqual(65_536)
      expect(keys).toEqual(findings.slice(0, keys.length).map(finding => finding.key))
      if (findings.length > 0) expect(keys.length).toBeGreaterThan(0)
    }),
  )
})

test('texts of checks fit in bytes and keep their last line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.nat({ max: 2000 }), (text, times) => {
      const last = '<!-- {"findings":1} -->'
      const fitted = fitCheck(`${text.repeat(times)}\n${last}`, 5000)
      expect(Buffer.byteLength(fitted)).toBeLessThanOrEqual(5000)
      expect(fitted.endsWith(last)).toBe(true)
    }),
    { numRuns: 50 },
  )
})

test('a text that fits is left as it is', () => {
  expect(fitBody('short', 10)).toBe('short')
  expect(fitCheck('short')).toBe('short')
})
