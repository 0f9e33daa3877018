// Every sentence that docs/troubleshooting.md says the program prints stands in the program, with "…" for what differs.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { read, root, rows } from './pages.ts'

const sources = ['src', 'bin'].flatMap(folder =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => /\.[jt]s$/.test(name))
    .map(name =>
      readFileSync(join(root, folder, name), 'utf8')
        .replaceAll('\\`', '`')
        .replaceAll("\\'", "'"),
    ),
)

/** Whether one file holds the pieces between "…", in their order and near each other. */
function isSaid(sentence: string): boolean {
  const pieces = sentence
    .split('…')
    .map(piece => piece.trim())
    .filter(piece => piece !== '')
  const escaped = pieces.map(piece => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const pattern = new RegExp(escaped.join('[^\\n]{0,200}?'))
  return pieces.length > 0 && sources.some(text => pattern.test(text))
}

describe('docs/troubleshooting.md', () => {
  const page = read('docs/troubleshooting.md')
  const quoted = rows(page).flatMap(([saying = '', meaning = '']) =>
    [saying, meaning].flatMap(cell => [...cell.matchAll(/(?<![*\w])\*([^*]+)\*(?!\*)/g)].map(([, text = '']) => text)),
  )
  /** Names of GitHub's own, and of our lines, which are no sentences. */
  const names = ['Pull request', 'Review again', 'given up']

  it.each([...new Set(quoted)].filter(text => !names.includes(text)))('the program says: %s', sentence => {
    expect(isSaid(sentence)).toBe(true)
  })

  it('quotes many, and a sentence that nobody says is found', () => {
    expect(quoted.length).toBeGreaterThan(35)
    expect(isSaid('The moon … is in the way.')).toBe(false)
    expect(isSaid('The data directory … is in the way.')).toBe(false)
  })

  it('answers each with something to do, or to know', () => {
    for (const [saying = '', meaning = ''] of rows(page)) expect([saying, meaning.length > 3]).toEqual([saying, true])
  })
})
