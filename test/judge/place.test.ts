// Placement: quotes find their lines in the diff, and what is not sure is never passed off as sure.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { ChangedFile, Hunk } from '../../src/domain/change.ts'
import { place } from '../../src/judge/place.ts'
import { changeOf, fileOf } from '../agents/change-of.ts'

const file = fileOf('src/a.ts', [
  ' function pay(total) {',
  '-  return total * 0.2',
  '+  const rate = rates.get(country)',
  '+  return total *  rate',
  ' }',
  ' ',
  ' function refund(total) {',
  '+  return total',
  ' }',
])
const change = changeOf(file)
const at = (quote: string, path = 'src/a.ts', text?: string) => place({ file: path, quote }, change, text)

test('what is about the name of a changed file stands on the file', () => {
  expect(at('src/a.ts')).toMatchObject({ at: 'file', path: 'src/a.ts', because: 'It is about the name of the file.' })
})

describe('a quote in the diff', () => {
  test('of an added line stands on the new side', () => {
    expect(at('  const rate = rates.get(country)')).toMatchObject({ at: 'line', side: 'RIGHT', line: 2, how: 'exact' })
  })

  test('of a removed line stands on the old side', () => {
    expect(at('  return total * 0.2')).toMatchObject({ at: 'line', side: 'LEFT', line: 2, how: 'exact' })
  })

  test('of a context line stands on the new side', () => {
    expect(at('function refund(total) {')).toMatchObject({ at: 'line', side: 'RIGHT', line: 6, how: 'exact' })
  })

  test('of several lines begins and ends on theirs', () => {
    expect(at('  const rate = rates.get(country)\n  return total *  rate\n}')).toMatchObject({
      startLine: 2,
      line: 4,
      side: 'RIGHT',
    })
  })

  test('with other whitespace is found, and said to be so', () => {
    expect(at('return total * rate')).toMatchObject({ at: 'line', line: 3, how: 'whitespace' })
  })

  test('that is a part of one line is found', () => {
    expect(at('rates.get(country)')).toMatchObject({ at: 'line', line: 2, how: 'substring' })
  })

  test('that is a part of several lines is ambiguous, and says where', () => {
    expect(at('return total')).toMatchObject({ at: 'line', line: 7, how: 'whitespace' })
    expect(at('(total) {')).toMatchObject({ at: 'file', line: 1, because: expect.stringContaining('Ambiguous') })
  })

  test('as the diff shows it, with the removed line in it, stands on the added ones', () => {
    expect(at('  return total * 0.2\n  const rate = rates.get(country)')).toMatchObject({
      at: 'line',
      side: 'RIGHT',
      line: 2,
    })
  })

  test('that stands on an added and on an untouched line means the added one', () => {
    const twice = changeOf(fileOf('b.ts', [' check(x)', '+check(x)']))
    expect(place({ file: 'b.ts', quote: 'check(x)' }, twice)).toMatchObject({ at: 'line', line: 2 })
  })

  test.each(['./src/a.ts', 'b/src/a.ts', '/src/a.ts'])('is found under %s too', path => {
    expect(at('rates.get(country)', path)).toMatchObject({ at: 'line', path: 'src/a.ts' })
  })

  test('with carriage returns in the file or in the quote is exact', () => {
    const windows = changeOf(fileOf('w.cs', ['+var a = 1;\r', '+var b = 2;\r']))
    expect(place({ file: 'w.cs', quote: 'var a = 1;\nvar b = 2;' }, windows)).toMatchObject({
      how: 'exact',
      startLine: 1,
      line: 2,
    })
  })

  test('under the name before a rename stands under the new one', () => {
    const renamed = changeOf(fileOf('new.ts', ['+fresh line'], { status: 'renamed', oldPath: 'old.ts' }))
    expect(place({ file: 'old.ts', quote: 'fresh line' }, renamed)).toMatchObject({ at: 'line', path: 'new.ts' })
  })
})

describe('what agents are shown counts as what is written', () => {
  test.each([
    ['with its invisible character shown', 'const zero\\u{200b}width = 1', 'exact'],
    ['without the invisible character', 'const zerowidth = 1', 'whitespace'],
  ])('a line %s', (_, quote, how) => {
    const hidden = changeOf(fileOf('a.ts', [' before', '+const zero\u200Bwidth = 1']))
    expect(place({ file: 'a.ts', quote }, hidden)).toMatchObject({ at: 'line', line: 2, how })
  })

  test.each(['"日本/語.ts"', '日本/語.ts:2', '"日本/語.ts:2-3"'])('an unusual path as %s', path => {
    const unusual = changeOf(fileOf('日本/語.ts', ['+fresh line']))
    expect(place({ file: path, quote: 'fresh line' }, unusual)).toMatchObject({ at: 'line', path: '日本/語.ts' })
  })

  test('a last line with what is said of the end of the file', () => {
    const unended = changeOf(fileOf('a.ts', ['+one', '+two']))
    for (const quote of ['two  (no newline at the end)', 'one\ntwo\n\\ No newline at end of file'])
      expect(place({ file: 'a.ts', quote }, unended)).toMatchObject({ at: 'line', line: 2 })
  })

  test('a lone carriage return as the end of a line', () => {
    const mac = changeOf(fileOf('a.txt', ['+alpha\rbeta\rgamma']))
    expect(place({ file: 'a.txt', quote: 'alpha\nbeta' }, mac)).toMatchObject({ at: 'line', line: 1 })
  })
})

describe('where no comment can stand', () => {
  test('a file that git takes for binary has its comment on the file', () => {
    const binary = changeOf(fileOf('a.ts', ['+const separator = "\uFFFD"'], { hidden: true }))
    expect(place({ file: 'a.ts', quote: 'const separator' }, binary)).toMatchObject({
      at: 'file',
      line: 1,
      because: expect.stringContaining('shows no line'),
    })
  })

  test('a path that is no UTF-8 names no file', () => {
    const latin = changeOf(fileOf('"caf\\351.ts"', ['+one', '+two', '+two']))
    for (const quote of ['one', 'two', 'three'])
      expect(place({ file: '"caf\\351.ts"', quote }, latin)).toMatchObject({
        at: 'nowhere',
        because: expect.stringContaining('not UTF-8'),
      })
  })
})

test('old lines between which something was added stand on the old side', () => {
  const parted = changeOf(fileOf('a.ts', [' one', '+fresh', ' two']))
  expect(place({ file: 'a.ts', quote: 'one\ntwo' }, parted)).toMatchObject({ side: 'LEFT', startLine: 1, line: 2 })
})

describe('a quote outside of the diff', () => {
  const text = 'import x\n\nfunction pay(total) {\nexport const far = 1\n'

  test('stands in the file, with its line', () => {
    expect(at('export const far = 1', 'src/a.ts', text)).toMatchObject({
      at: 'file',
      line: 4,
      because: expect.stringContaining('line 4'),
    })
  })

  test('of a file that did not change stands nowhere in the change, with the line where it is', () => {
    expect(at('export const far = 1', 'src/other.ts', text)).toMatchObject({ at: 'nowhere', line: 4 })
  })

  test('that is nowhere is said to be nowhere', () => {
    expect(at('made up', 'src/a.ts', text)).toMatchObject({
      at: 'nowhere',
      because: expect.stringContaining('neither'),
    })
    expect(at('made up', 'src/other.ts')).toMatchObject({ at: 'nowhere' })
  })

  test.each(['', '\n\n', '   '])('that is empty says so', quote => {
    expect(at(quote)).toMatchObject({ at: 'file', because: 'The quote is empty.' })
  })
})

const line = fc.record({
  kind: fc.constantFrom('context' as const, 'added' as const, 'removed' as const),
  text: fc.oneof(
    fc.constantFrom('}', '', '  return x', 'if (a) {', '\tfoo()', 'x'),
    fc.string({ maxLength: 12 }).map(text => text.replace(/[\r\n]/g, ' ')),
  ),
})
const hunk = fc.record({
  start: fc.integer({ min: 1, max: 50 }),
  lines: fc.array(line, { minLength: 1, maxLength: 12 }),
})

/** Hunks one after the other, numbered as git numbers them. */
function numbered(
  hunks: { start: number; lines: { kind: 'context' | 'added' | 'removed'; text: string }[] }[],
): ChangedFile {
  let oldAt = 0
  let newAt = 0
  const out: Hunk[] = hunks.map(one => {
    oldAt += one.start
    newAt += one.start
    const [oldStart, newStart] = [oldAt, newAt]
    const lines = one.lines.map(({ kind, text }) => ({
      kind,
      text,
      ...(kind !== 'added' && { oldLine: oldAt++ }),
      ...(kind !== 'removed' && { newLine: newAt++ }),
    }))
    return { oldStart, oldLines: oldAt - oldStart, newStart, newLines: newAt - newStart, section: '', lines }
  })
  return fileOf('p.ts', [], { hunks: out })
}

describe('for any diff', () => {
  test('lines on one side of a hunk, quoted whole, are placed on lines with that text or said to be ambiguous', () => {
    fc.assert(
      fc.property(
        fc.array(hunk, { minLength: 1, maxLength: 3 }),
        fc.nat(),
        fc.nat(),
        fc.nat(),
        fc.boolean(),
        (hunks, a, b, c, right) => {
          const file = numbered(hunks)
          const chosen = file.hunks[a % file.hunks.length]!
          const side = chosen.lines.filter(one => one.kind !== (right ? 'removed' : 'added'))
          if (side.length === 0) return
          const from = b % side.length
          const quoted = side.slice(from, from + 1 + (c % 4))
          const quote = quoted.map(one => one.text).join('\n')
          if (quote.trim() === '') return
          const placed = place({ file: 'p.ts', quote }, changeOf(file))
          if (placed.at !== 'line') {
            expect(placed.because).toMatch(/Ambiguous|neither/)
            if (placed.because.includes('neither'))
              expect(right || quoted.some(one => one.kind === 'removed' && one.text.trim() !== '')).toBe(false)
            return
          }
          const start = placed.startLine ?? placed.line
          const number = (one: Hunk['lines'][number]) => (placed.side === 'RIGHT' ? one.newLine : one.oldLine)
          const home = file.hunks.find(one => one.lines.some(two => number(two) === placed.line))!
          const texts = home.lines.filter(
            one => number(one) !== undefined && number(one)! >= start && number(one)! <= placed.line,
          )
          // Every placed line is a line of one hunk, contiguous, start before end: what GitHub asks for.
          expect(texts).toHaveLength(placed.line - start + 1)
          if (placed.startLine !== undefined) expect(placed.startLine).toBeLessThan(placed.line)
          const plain = (text: string) => text.replace(/\s+/g, '')
          if (placed.how !== 'substring') {
            for (const one of texts) expect(quote.split('\n').map(plain)).toContain(plain(one.text))
          }
        },
      ),
      { numRuns: 2_000 },
    )
  })
})
