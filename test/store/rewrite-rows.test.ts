// Rows that are written anew some at a time: all of them, each once, also where they fill the last part to the end.
import { expect, it } from 'vitest'
import { rewriteRows } from '../../src/store/rewrite-rows.ts'

it.each([0, 1, 2, 3, 4, 7])('%i rows are written by twos, each of them once', async count => {
  const left = Array.from({ length: count }, (_, n) => n)
  const found = [...left]
  const written: number[] = []
  const answer = await rewriteRows(
    2,
    async most => left.slice(0, most),
    async row => {
      left.splice(left.indexOf(row), 1)
      written.push(row)
    },
  )
  expect([answer, written, left]).toEqual([count, found, []])
})
