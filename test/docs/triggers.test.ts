// The pieces of front matter in docs/routines.md are right, and every trigger and gate has its place there.
import { describe, expect, it } from 'vitest'
import { readBuiltIns } from '../../src/builtins.ts'
import { gatesSchema } from '../../src/domain/gates.ts'
import { triggersSchema } from '../../src/domain/triggers.ts'
import { loadConfiguration } from '../../src/routines/index.ts'
import { blocks, read, section } from './pages.ts'

const page = 'docs/routines.md'
const pieces = blocks(page).filter(block => block.mark === 'routine')

describe('a piece of a routine in the reference', () => {
  it.each(pieces.map(piece => [piece.text.trim(), piece]))('is right: %s', (text, { language }) => {
    expect(language).toBe('yaml')
    const file = { path: '.github/routines/mine.md', text: `---\ndescription: Mine\n${text}\n---\nLook.\n` }
    const { problems, notes } = loadConfiguration({ builtIn: readBuiltIns(), organisation: [], repository: [file] })
    expect([...problems, ...notes].filter(one => one.file === file.path)).toEqual([])
  })
})

it('every trigger is explained', () => {
  const headings = [...section(page, '## What starts a routine').matchAll(/^### .*$/gm)].join('\n')
  expect(Object.keys(triggersSchema.shape).filter(name => !headings.includes(`\`${name}\``))).toEqual([])
})

it('every gate is explained', () => {
  const text = section(page, '## What holds a routine back')
  expect(
    Object.keys(gatesSchema).filter(name => !text.includes(`\`${name}:`) && !text.includes(`\`${name}\``)),
  ).toEqual([])
})

it('every filter on pull requests is named', () => {
  const text = section(page, '### `pull_request`')
  const { pull_request } = triggersSchema.shape
  expect(
    Object.keys(pull_request.unwrap().shape).filter(name => !text.includes(`\`${name}`) && !text.includes(`${name}:`)),
  ).toEqual([])
  expect(read(page)).toContain('### Text filters')
})
