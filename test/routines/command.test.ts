// Which comments are commands, and which word somebody probably meant.
import { describe, expect, it } from 'vitest'
import { commands } from '../../src/domain/event.ts'
import { nearest, readCommand } from '../../src/routines/index.ts'

const names = ['watchbill', 'acme-watch']

describe('a comment', () => {
  it.each([
    ['@watchbill review', { word: 'review', rest: '' }],
    ['@WatchBill Review', { word: 'review', rest: '' }],
    ['@acme-watch[bot] stop', { word: 'stop', rest: '' }],
    ['\n\n  @watchbill: help me please\nand more', { word: 'help', rest: 'me please' }],
    ['@watchbill', { word: 'help', rest: '' }],
    ['\n @acme-watch?\n', { word: 'help', rest: '' }],
    ['@watchbill reviw', { word: 'reviw', rest: '' }],
    ['@watchbill review\r\n> quoted', { word: 'review', rest: '' }],
  ])('%j is a command', (body, expected) => {
    expect(readCommand(body, names)).toEqual(expected)
  })

  it.each([
    'please @watchbill review',
    '> @watchbill review',
    '```\n@watchbill review\n```',
    '    @watchbill review',
    '\t@watchbill review',
    '`@watchbill review`',
    '- @watchbill review',
    '<!-- @watchbill review -->',
    'Thanks!\n@watchbill review',
    '@watchbill-fork review',
    '@watchbillreview',
    '@watchbill-fork',
    '`@watchbill`',
    '\t@watchbill',
    '@somebody review',
    '@watchbill\nreview',
    '@watchbill /review',
    '',
  ])('%j is none', body => {
    expect(readCommand(body, names)).toBeUndefined()
  })

  it('is read quickly however it is made', () => {
    const began = performance.now()
    for (const body of [' \n'.repeat(30_000), `@watchbill ${'a '.repeat(30_000)}`, '@'.repeat(60_000)])
      readCommand(body, names)
    expect(performance.now() - began).toBeLessThan(1000)
  })
})

it('the nearest known word is offered, and nothing far-fetched', () => {
  expect(nearest('reviw', commands)).toBe('review')
  expect(nearest('stpo', commands)).toBe('stop')
  expect(nearest('thanks', commands)).toBeUndefined()
  expect(nearest('constructor', commands)).toBeUndefined()
})
