// What a replacement may not do to the lines around it: repeat them, in whatever spelling, or break what their indentation says.
import { describe, expect, test } from 'vitest'
import type { ChangedFile } from '../../src/domain/change.ts'
import { apply } from '../../src/judge/apply.ts'

/** Lines `from` to `to` of a file whose every line is new. */
function tried(path: string, lines: string[], [from, to]: [number, number], fresh: string[]) {
  const hunk = { oldStart: 0, oldLines: 0, newStart: 1, newLines: lines.length, section: '' }
  const shown = lines.map((text, at) => ({ kind: 'added' as const, text, newLine: at + 1 }))
  const file = { path, status: 'added', hunks: [{ ...hunk, lines: shown }] } as unknown as ChangedFile
  const placement = { at: 'line', side: 'RIGHT', path, startLine: from, line: to, how: 'exact', because: '' } as const
  const suggestion = { replaces: lines.slice(from - 1, to).join('\n'), with: fresh.join('\n') }
  const edit = apply({ suggestion, placement }, file, `${lines.join('\n')}\n`)
  return 'refused' in edit ? edit.refused : edit.after
}

describe('what stands beside the lines', () => {
  const python = ['def f():', '    log("x")', '    a = one()', '', '    b = 2', '', '    count(b)', '    return b']

  test.each<[string, string[]]>([
    ['right before, over an empty line', ['    a = one()', '    b = 3']],
    ['right after, over an empty line', ['    b = 3', '    count(b)']],
    ['a little before, with what is between left out', ['    log("x")', '    b = 3']],
    ['a little after, with what is between left out', ['    b = 3', '    return b']],
    ['with other spaces in it', ['    a  =  one( )', '    b = 3']],
    ['with a semicolon at its end', ['    b = 3', '    count(b);']],
  ])('is not repeated: %s', (_, fresh) => {
    expect(tried('a.py', python, [5, 5], fresh)).toMatch(/^It (begins|ends) with what stands right (before|after) it/)
  })

  test('is no reason where it says nothing by itself, a little further off', () => {
    const closing = ['if (a) {', '  b()', '}', 'c()', 'if (d) {', '  e()', '}']
    expect(tried('a.js', closing, [4, 4], ['c(1)', 'if (f) {', '  g()', '}', 'h()'])).toContain('c(1)\nif (f) {')
  })
})

describe('where indentation says what belongs together', () => {
  const python = ['def f(x):', '    if x:', '        a = 1', '    return 2']

  test.each<[string, [number, number], string[]]>([
    ['begins a block that nothing opens', [3, 3], ['        a = 1', '          b = 2']],
    ['goes back to where nothing stands', [2, 3], ['    if x:', '        a = 1', '      b = 2']],
    ['leaves out a body', [2, 3], ['    if x:', '    a = 1']],
    ['leaves what follows it where nothing stands', [2, 2], ['    go(x)']],
  ])('it is refused where it %s', (_, lines, fresh) => {
    expect(tried('a.py', python, lines, fresh)).toBe('Its indentation is none that the language has there.')
  })

  test.each<[string, [number, number], string[]]>([
    ['a block with its body', [2, 3], ['    if x is not None:  # none', '        a = 1', '        b = 2', '    c = 3']],
    ['lines that go on in brackets', [3, 3], ['        a = go(', '              1,', '           2)']],
    ['lines that go on after a backslash', [3, 3], ['        a = 1 + \\', '             2']],
    ['a text over several lines', [3, 3], ['        a = """one', '              two', '         three"""']],
  ])('%s is as good as before', (_, lines, fresh) => {
    expect(tried('a.py', python, lines, fresh)).toContain(fresh.join('\n'))
  })
})
