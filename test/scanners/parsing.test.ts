// What a replacement may do to a file: what a tree alone lets through is refused too, and nothing that the language takes is.
import { expect, test } from 'vitest'
import type { Edit } from '../../src/domain/suggestion.ts'
import { openParsing } from '../../src/scanners/index.ts'
import { workspaces } from './range.ts'

const parsing = openParsing(workspaces)

/** One line for one, told by its sentences: undefined where it is taken. */
async function tried(edits: [path: string, lines: string[], line: number, replacement: string][]) {
  return await parsing(
    edits.map(([path, lines, line, replacement]): Edit => {
      const after = lines.with(line - 1, replacement)
      const of = (all: string[]) => `${all.join('\n')}\n`
      return { path, startLine: line, line, with: replacement.split('\n'), before: of(lines), after: of(after) }
    }),
    new AbortController().signal,
  )
}

const esm = ["import { a } from './a.js'", 'const x = 1', 'export function f() {', '  return a + x', '}']
const cjs = ["const a = require('./a')", 'const x = 1', 'function f() {', '  return a + x', '}', 'module.exports = f']
const typed = [
  'import type { A } from "./a.ts"',
  'const x: number = 1',
  'export enum E { one }',
  'export function f(a: A): number {',
  '  return x',
  '}',
]
const tsx = ['const x = 1', 'export function F() {', '  const y = x', '  return <p>{y}</p>', '}']
const python = ['import os', 'def f(a):', '    b = a', '    return b', 'for x in f([1]):', '    f(x)']
const go = ['package a', '', 'var x = 1', '', 'func F() int {', '\ty := x', '\treturn y', '}']
const java = ['class A {', '  int x = 1;', '  int f() {', '    return x;', '  }', '}', '']

type Case = Parameters<typeof tried>[0][number]

test('what a language refuses at once is refused, though a tree of it can be drawn', async () => {
  const wrong: Case[] = [
    ['a.mjs', esm, 2, 'const x = 1\nconst x = 2'],
    ['a.js', esm, 4, '  let b = 1\n  let b = 2\n  return a + b'],
    ['a.js', esm, 2, 'const x = 1\nreturn x'],
    ['a.js', esm, 4, '  return await a'],
    ['a.cjs', cjs, 4, '  return await a'],
    ['a.js', cjs, 2, 'const x = await a()'],
    ['a.js', cjs, 2, 'const x = 1\nconst a = 2'],
    ['a.cjs', cjs, 4, '  break'],
    ['a.ts', typed, 2, 'const x: number = 1\nconst x: string = ""'],
    ['a.mts', typed, 2, 'const x: number = 1\nreturn x'],
    ['a.ts', typed, 5, '  return await x'],
    ['a.ts', typed, 5, '  let y = x\n  let y = 2\n  return y'],
    ['a.tsx', tsx, 1, 'const x = 1\nreturn x'],
    ['a.tsx', tsx, 3, '  const y = await x'],
    ['a.py', python, 1, 'import os\nprint "x"'],
    ['a.py', python, 1, 'import os\nreturn os'],
    ['a.py', python, 3, '    b = await a'],
    ['a.py', python, 3, '    b = a\n    break'],
    ['a.go', go, 3, 'x := 1'],
    ['a.go', go, 3, 'var x = 1\nx++'],
    ['A.java', java, 7, 'return 1;'],
  ]
  const said = await tried(wrong)
  expect(wrong.filter((_, at) => said[at] === undefined)).toEqual([])
  for (const sentence of said) expect(sentence).toMatch(/^With it, the file does not (parse|compile)/)
})

test('what it takes is taken', async () => {
  const right: Case[] = [
    ['a.mjs', esm, 2, 'const x = await a()'],
    ['a.js', esm, 4, '  { const x = 2; return a + x }'],
    ['a.cjs', cjs, 2, 'const x = 1\nif (!a) return'],
    ['a.js', cjs, 2, 'const x = 1\nif (!a) return'],
    ['a.js', cjs, 2, 'const x = () => { let a = 2; return a }'],
    ['a.js', ['#!/usr/bin/env node', 'const x = 1', 'x'], 3, 'x.y?.()'],
    ['a.js', ['// @flow', 'const x: number = 1', 'x'], 3, 'x.y'],
    ['a.jsx', tsx, 3, '  const y = x + 1'],
    ['a.ts', typed, 5, '  const y = async () => await x\n  return y ? x : 2'],
    ['a.ts', typed, 2, 'const x: number = 1\nnamespace N { export const y = 1 }'],
    ['a.ts', ['@decorated', 'class A {}', 'const b = 1'], 3, 'const b = 2'],
    ['a.tsx', tsx, 3, '  const y = async () => await x'],
    ['a.py', python, 3, '    print(a)'],
    ['a.py', ['print "a"', 'x = 1'], 2, 'print "b"'],
    ['a.py', ['async def f(a):', '    b = a'], 2, '    b = await a'],
    ['a.py', python, 6, '    if f(x): continue\n    break'],
    ['a.go', go, 6, '\ty := x + 1\n\ty++'],
    ['A.java', java, 4, '    if (x > 1) return 2;\n    return x;'],
  ]
  const said = await tried(right)
  expect(right.flatMap(([path, , , what], at) => (said[at] === undefined ? [] : [[path, what, said[at]]]))).toEqual([])
})

test('nothing of it is run, and a text of great depth costs no other', async () => {
  const runs = 'process.stdout.write("[[]]\\n"); process.exit(0)'
  const deep = `const x = ${'['.repeat(200_000)}${']'.repeat(200_000)}`
  const said = await tried([
    ['a.cjs', ['const x = 1', 'x'], 1, runs],
    ['b.js', ['const x = 1', 'x'], 1, deep],
    ['c.js', ['const x = 1', 'x'], 1, 'const x = 2'],
    ['d.js', ['const x = 1', 'x'], 1, 'const x = 2; let x'],
  ])
  expect([said[0], said[2]]).toEqual([undefined, undefined])
  expect([typeof said[1], typeof said[3]]).toEqual(['string', 'string'])
})

test('a text that ends the compiler is refused by name, and the others are compiled without it', async () => {
  const dying = openParsing({
    confine: async command => {
      const ended = command.program === process.execPath && String(command.input).includes('deadly')
      return ended ? { code: 128, stdout: Buffer.alloc(0), stderr: '', ended: 'timeout' } : workspaces.confine(command)
    },
  })
  const of = (path: string, text: string): Edit => ({
    ...{ path, startLine: 1, line: 1, with: [text], before: 'const x = 1\n', after: `${text}\n` },
  })
  const edits = [of('a.js', 'const x = 2'), of('b.js', "const deadly = ''"), of('c.js', 'const x = 1; let x')]
  const said = await dying(edits, new AbortController().signal)
  expect(said[0]).toBeUndefined()
  expect(said[1]).toBe('Whether the file still compiles is not known: the compiler did not get through it.')
  expect(said[2]).toContain('does not compile any more')
})
