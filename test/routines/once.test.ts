// A configuration is read for every event; its files are read once, and what was read is nobody's to change.
import { expect, it } from 'vitest'
import { loadConfiguration } from '../../src/routines/index.ts'

const file = (text: string) => ({ path: '.github/routines/mine.md', text })
const text = (description: string) =>
  `---\ndescription: ${description}\non: { pull_request: { types: [opened] } }\n---\nRead it.\n`
const load = (files: { path: string; text: string }[], place: 'repository' | 'organisation' = 'repository') => {
  const { routines } = loadConfiguration({ builtIn: [], organisation: [], repository: [], [place]: files })
  return routines.find(({ name }) => name === 'mine')
}

it.each(['repository', 'organisation'] as const)('the same file of a %s is read once, another text anew', place => {
  let reads = 0
  const held = {
    path: '.github/routines/mine.md',
    get text() {
      reads++
      return text('One')
    },
  }
  expect(load([held], place)?.description).toBe('One')
  const before = reads
  expect(load([held], place)?.description).toBe('One')
  expect(reads).toBe(before)
  expect(load([file(text('Two'))], place)?.description).toBe('Two')
})

it('what one event does to it, the next one does not see', () => {
  const held = [file(text('One'))]
  const routine = load(held)
  expect(() => routine?.on.pull_request?.types.push('closed')).toThrow(TypeError)
  expect(load(held)?.on.pull_request?.types).toEqual(['opened'])
})

it('a file with a problem says so each time', () => {
  const held = [file('no front matter')]
  expect(load(held)?.off).toMatch(/needs front matter/)
  expect(load(held)?.off).toMatch(/needs front matter/)
})
