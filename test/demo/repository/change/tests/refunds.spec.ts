import { expect, test } from 'vitest'
import { cell } from '../src/export/csv.ts'
import { parseEuros } from '../src/payments/money.ts'

test('an amount is read as cents', () => {
  expect(parseEuros('120.50')).toBe(12050)
  expect(parseEuros('7')).toBe(700)
  expect(parseEuros('seven')).toBeNaN()
})

test('a cell with a comma is quoted', () => {
  expect(cell('Holm, Marit')).toBe('"Holm, Marit"')
})
