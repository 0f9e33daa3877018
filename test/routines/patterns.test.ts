// Expressions of users against JavaScript's own, and against texts and repeats made to make them wait.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { globProblem, picks } from '../../src/routines/globs.ts'
import { compiled, matchesWhole, patternProblem } from '../../src/routines/patterns.ts'

const long = Boolean(process.env.WATCHBILL_TEST_LONG)
const leaf = fc.constantFrom('x', 'a', '.', '[ab]', '[^x]', '\\w', '\\s', '\\pL', 'é', '(?:x|a)', '\\b', '^', '$')
const counts = fc.constantFrom('*', '+', '?', '*?', '{2}', '{0,10}', '{5,}', '{30}', '{0,100}', '{1000}')
const { expression } = fc.letrec<{ expression: string }>(tie => ({
  expression: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    leaf,
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => a + b),
    fc.tuple(tie('expression'), tie('expression')).map(([a, b]) => `(${a}|${b})`),
    fc.tuple(tie('expression'), counts).map(([a, count]) => `(?:${a})${count}`),
  ),
}))
/** Several in a row, as large as may be written. */
const pattern = fc.array(expression, { minLength: 1, maxLength: 12 }).map(parts => parts.join('').slice(0, 500))
const texts = [
  'x'.repeat(65_536),
  'xa'.repeat(32_768),
  Array.from({ length: 65_536 }, (_, at) => 'xab é\n_1'[((at * 7919) ^ (at >> 3)) & 7]).join(''),
]

/** Time of the processor, since the machine may be busy. */
function milliseconds(work: () => void): number {
  const began = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1000
}

/** A collection of garbage is noise, a slow kind of input is not: the slowest two are left out. */
function slowest(times: number[]): number {
  return times.toSorted((a, b) => b - a)[2] ?? 0
}

describe('an expression of a user', () => {
  it('means what it means in JavaScript, and the whole of the text', () => {
    const simple = fc.array(fc.constantFrom('a', 'b', '.', '[ab]', '(a|b)', '(?:ab)*', 'a+', 'b?', 'a{2}', '\\d'), {
      minLength: 1,
      maxLength: 6,
    })
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '1', '\n'), maxLength: 8 })
    fc.assert(
      fc.property(simple, text, (parts, value) => {
        const written = parts.join('')
        expect(matchesWhole(written, value)).toBe(new RegExp(`^(?:${written})$`, 's').test(value))
      }),
      { seed: 11, numRuns: 3000 },
    )
  })

  it('is refused or answered in less than 100 ms, whatever it is and whatever it is held against', () => {
    const times: number[] = []
    fc.assert(
      fc.property(fc.constantFrom('', '.*'), pattern, fc.nat(texts.length - 1), (before, rest, which) => {
        const text = texts[which] ?? ''
        const written = `${before}${rest}`.slice(0, 500)
        let problem: string | undefined
        times.push(
          milliseconds(() => {
            problem = patternProblem(written)
          }),
        )
        if (problem !== undefined) {
          expect(problem).toMatch(/^(is|unfolds) .+\.$/s)
          return
        }
        // As much of the text as is taken, and all of it.
        for (const length of [text.length, 10_000, 1000])
          times.push(milliseconds(() => expect(matchesWhole(written, text.slice(0, length))).toBeDefined()))
      }),
      { seed: 20_261_121, numRuns: long ? 5000 : 300 },
    )
    expect(slowest(times)).toBeLessThan(100)
  })

  it.each([
    [
      'many large counts',
      '(a|b|c){0,1000}'.repeat(30),
      'unfolds to more than 1000 steps; use smaller counts in its braces.',
    ],
    [
      'a large count of much',
      `(${'a'.repeat(480)}){1000}`,
      'unfolds to more than 1000 steps; use smaller counts in its braces.',
    ],
    ['counts of counts', '((a{100}){10}){2}', 'is not a regular expression of RE2: invalid repeat count: `{2}`.'],
    ['a count beyond RE2', 'a{1001}', 'is not a regular expression of RE2: invalid repeat count: `{1001}`.'],
    ['length', 'a'.repeat(501), 'is longer than 500 characters.'],
    ['looking ahead', '(?=a)', 'is not a regular expression of RE2: invalid or unsupported Perl syntax: `(?=`.'],
    ['an open group', '(a', 'is not a regular expression of RE2: missing closing ): `(a`.'],
  ])('that can not be used says why: %s', (_, written, sentence) => {
    const took = milliseconds(() => expect(patternProblem(written)).toBe(sentence))
    expect(took).toBeLessThan(100)
  })

  it.each([
    '(feat|fix|docs)(\\([a-z]{1,30}\\))?!?: .{1,100}',
    '\\d{4}-\\d{2}-\\d{2}',
    '[{}]\\{2000}',
    'v\\d+(\\.\\d+){2}(-rc\\.\\d+)?',
    '\\p{Greek}{1,100}',
  ])('that people write is taken: %s', written => expect(patternProblem(written)).toBeUndefined())

  it('with a dangerous repeat takes linear time on hostile text', () => {
    expect(milliseconds(() => expect(matchesWhole('(x+x+)+y', texts[0]!)).toBe(false))).toBeLessThan(100)
  })

  it('is not asked of a text that is too long for its size', () => {
    expect(matchesWhole('(a|b){0,100}', texts[0]!)).toBe('too long')
    expect(matchesWhole('x{0,10}', texts[0]!.slice(0, 10))).toBe(true)
  })
})

it('are compiled once though two hundred routines have five each', () => {
  const expressions = Array.from({ length: 1000 }, (_, at) => `fix\\d${at}`)
  const first = expressions.map(compiled)
  expect(expressions.filter((one, at) => compiled(one) !== first[at])).toEqual([])
})

describe('globs', () => {
  const part = fc.constantFrom('a', 'b', '*', '?', '??', '[ab]', '[^a]', '{a,b,ab}', '{a,?}', '/', '/**/', 'a*b', '.ts')
  const glob = fc
    .array(part, { minLength: 1, maxLength: 40 })
    .map(parts => parts.join('').replace(/^\/+/, ''))
    .filter(written => globProblem(written) === undefined)

  it('on three thousand paths take less than 100 ms', () => {
    const shapes = [
      (at: number) => `packages/p${at % 40}/src/components/thing${at}/index.test.ts`,
      (at: number) => 'ab'.repeat(40) + at,
      (at: number) => `${'a/'.repeat(40)}${at}`,
    ].map(shape => Array.from({ length: 3000 }, (_, at) => shape(at)))
    const times: number[] = []
    fc.assert(
      fc.property(fc.array(glob, { minLength: 1, maxLength: 3 }), fc.constantFrom(...shapes), (globs, paths) => {
        times.push(milliseconds(() => paths.filter(path => picks(globs, path))))
      }),
      { seed: 9, numRuns: long ? 1000 : 60 },
    )
    expect(slowest(times)).toBeLessThan(100)
  })
})
