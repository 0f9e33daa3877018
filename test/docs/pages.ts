// The project's pages for people, and what is in them: fenced blocks, tables, links.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../..')
export const pages = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'SECURITY.md',
  ...readdirSync(join(root, 'docs'))
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
]

export function read(page: string): string {
  return readFileSync(join(root, page), 'utf8')
}

export interface Block {
  page: string
  language: string
  /** What stands after the language: `run`, `check`, `file=PATH`. */
  mark: string
  text: string
}

export function blocks(page: string): Block[] {
  const fence = /^( *)```(\w*) ?(.*)\n([\s\S]*?)^\1```$/gm
  return [...read(page).matchAll(fence)].map(([, indent = '', language = '', mark = '', text = '']) => ({
    page,
    language,
    mark,
    text: text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
  }))
}

/** Body rows of every table, as trimmed cells. */
export function rows(text: string): string[][] {
  return text
    .split('\n')
    .filter(line => /^\s*\|/.test(line) && !/^\s*\|[\s|:-]+\|\s*$/.test(line))
    .map(line =>
      line
        .trim()
        .replace(/^\||\|$/g, '')
        .split(/(?<!\\)\|/)
        .map(cell => cell.trim()),
    )
}

/** From a heading up to the next one of its level. */
export function section(page: string, heading: string): string {
  const text = read(page)
  const from = text.indexOf(`${heading}\n`)
  if (from < 0) throw new Error(`${page} has no heading "${heading}".`)
  const level = /^#+/.exec(heading)?.[0] ?? '#'
  const rest = text.slice(from + heading.length)
  const end = rest.search(new RegExp(`^#{1,${level.length}} `, 'm'))
  return end < 0 ? rest : rest.slice(0, end)
}
