// Our globs against picomatch's, which people know, and against patterns and paths that make picomatch wait.
import fc from 'fast-check'
import picomatch from 'picomatch'
import { describe, expect, it } from 'vitest'
import { globProblem, matchesGlob, picks } from '../../src/routines/globs.ts'

describe('globs', () => {
  it('pick what picomatch picks, but for a file named like the folder before `/**`', () => {
    const part = fc.constantFrom(
      'a',
      'b',
      '.x',
      '*',
      '*.ts',
      '**',
      '?',
      '[ab]',
      '[^a]',
      '{a,b}',
      '{a,b.ts}',
      'a*b',
      'x.ts',
    )
    const glob = fc.array(part, { minLength: 1, maxLength: 4 }).map(parts => parts.join('/'))
    const segment = fc.constantFrom('a', 'b', 'ab', 'acb', 'x.ts', 'b.ts', '.x', '.ts', 'c')
    const path = fc.array(segment, { minLength: 1, maxLength: 5 }).map(parts => parts.join('/'))
    fc.assert(
      fc.property(glob, path, (pattern, value) => {
        fc.pre(globProblem(pattern) === undefined && !pattern.includes('**/**'))
        fc.pre(!pattern.endsWith('/**') || !matchesGlob(pattern.slice(0, -3), value))
        expect(`${pattern} ${value} ${matchesGlob(pattern, value)}`).toBe(
          `${pattern} ${value} ${picomatch.isMatch(value, pattern, { dot: true })}`,
        )
      }),
      { seed: 7, numRuns: 3000 },
    )
  })

  it('let the last one that matches decide', () => {
    expect(picks(['src/**', '!src/gen/**', 'src/gen/keep.ts'], 'src/gen/keep.ts')).toBe(true)
    expect(picks(['src/**', '!src/gen/**'], 'src/gen/a.ts')).toBe(false)
    expect(picks([], 'a')).toBe(true)
  })

  it('take linear time on paths made to make them wait', () => {
    const began = performance.now()
    expect(matchesGlob('*a*a*a*a*a*a*b', 'a'.repeat(4000))).toBe(false)
    expect(matchesGlob('**/a/**/a/**/a/**/a/b', 'a/'.repeat(2000))).toBe(false)
    expect(performance.now() - began).toBeLessThan(1000)
  })

  it.each([
    ['/src/**', 'begins with a slash'],
    ['src/', 'write `src/**`'],
    [' secrets/**', 'begins or ends with a space'],
    ['!secrets/** ', 'begins or ends with a space'],
    ['../secrets/**', 'has `..` in it'],
    ['a/{b,..}/c', 'has `..` in it'],
    ['secrets/./a', 'has `.` as a name in it'],
    ['C:/secrets/**', 'begins with a drive'],
    ['https://example.com/**', 'is an address'],
    ['secrets//a', 'two slashes side by side'],
    ['secrets\\keys\\**', 'has backslashes between names'],
    ['+(a)', 'brackets of regular expressions'],
    ['{1..9}', 'a range in braces'],
    ['*a*a*a*b', 'more than three stars'],
    ['**/a/**/b/**/c/**', 'more than three `**`'],
    ['{a,b', 'not closed'],
    ['[a', 'not closed'],
    ['!', 'matches nothing'],
    ['a'.repeat(301), 'longer than 300'],
  ])('that can not be meant are refused: %s', (glob, sentence) => {
    expect(globProblem(glob)).toContain(sentence)
  })
})
