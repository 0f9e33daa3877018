// What docs/coming-from.md gives in place of others' options is taken by our own reader of settings and routines.
import { describe, expect, it } from 'vitest'
import { readBuiltIns } from '../../src/builtins.ts'
import { commands } from '../../src/domain/event.ts'
import { loadConfiguration, parseRepositorySettings, readCommand } from '../../src/routines/index.ts'
import { read, rows } from './pages.ts'

const table = rows(read('docs/coming-from.md'))
const given = (place: string) =>
  table
    .filter(cells => cells[2] === place)
    .flatMap(([there = '', here = '']) =>
      [...here.matchAll(/`([^`]+: [^`]+)`/g)].map(([, yaml = '']) => [there, yaml.replaceAll('\\|', '|')] as const),
    )

describe('in place of an option of another reviewer', () => {
  it.each(given('settings'))('%s: the settings take %s', (_, yaml) => {
    // Some rows name a routine's key beside the settings' one, and say so.
    if (yaml === 'model: deep') return
    expect(parseRepositorySettings({ path: '.github/watchbill.yml', text: yaml }).problems).toEqual([])
  })

  it.each(given('routine'))('%s: a routine takes %s', (_, yaml) => {
    const file = {
      path: '.github/routines/code-review.md',
      text: `---\ndescription: Mine\nextends: code-review\n${yaml}\n---\n`,
    }
    const { problems, notes } = loadConfiguration({ builtIn: readBuiltIns(), organisation: [], repository: [file] })
    expect([...problems, ...notes].filter(one => one.file === file.path)).toEqual([])
  })

  it('there are many, of each reviewer', () => {
    expect(given('settings').length).toBeGreaterThan(12)
    expect(given('routine').length).toBeGreaterThan(12)
    expect(table.filter(cells => cells[0] === 'there').length).toBe(3)
  })

  it('what our reader refuses is found: the test can fail', () => {
    expect(parseRepositorySettings({ path: '.github/watchbill.yml', text: 'automatic: often' }).problems).not.toEqual(
      [],
    )
  })

  it('every word in comments is one that is understood', () => {
    const words = table.flatMap(([, here = '']) =>
      [...here.matchAll(/`(@watchbill [^`]+)`/g)].map(([, word = '']) => word),
    )
    expect(words.length).toBeGreaterThan(8)
    for (const word of words) expect(commands).toContain(readCommand(word, ['watchbill'])?.word)
  })
})
