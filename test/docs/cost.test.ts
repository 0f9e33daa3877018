// The figures of docs/cost.md that stand in no generated table, held to the code.
import { expect, it } from 'vitest'
import { tokens, worked } from '../../scripts/reference.ts'
import { loadPrices } from '../../src/claude/index.ts'
import { repositorySettingsSchema } from '../../src/domain/routine.ts'
import { parseRepositorySettings } from '../../src/routines/index.ts'
import { blocks, read, rows, section } from './pages.ts'

const page = 'docs/cost.md'

it('the caps of a pull request and of a day are those that the settings have without a file', () => {
  const { pull, day } = repositorySettingsSchema.shape.budget.unwrap().shape
  const cap = (described: string | undefined) => /Default: (\d+)\./.exec(described ?? '')?.[1]
  expect(section(page, '## At most')).toContain(`| a pull request in its life | $${cap(pull.description)} |`)
  expect(section(page, '## At most')).toContain(`| a repository in a day | $${cap(day.description)} |`)
})

it('the conversation that is worked through is the one that is reckoned with', () => {
  const text = section(page, '## Really')
  expect(text).toContain(`begins with ${tokens(worked.begin)} tokens`)
  expect(worked.turns).toBe(10)
  expect(text).toContain(
    `has ten turns, reads ${tokens(worked.read)} tokens of code in each and\nwrites ${tokens(worked.written)}`,
  )
})

it('the file of prices is one that the program takes', () => {
  const [block] = blocks(page).filter(({ mark }) => mark === 'prices')
  expect(loadPrices({ path: 'prices.json', text: block?.text ?? '' })).toHaveProperty('acme-large')
  expect(() => loadPrices({ path: 'prices.json', text: '{"acme-large": {"input": 3}}' })).toThrow(/acme-large/)
})

it('what it names for paying less are settings, variables and words of a routine', () => {
  const places = rows(section(page, '## To pay less')).slice(1)
  const settings = places
    .filter(([, where = '']) => where.includes('settings') || where.includes('watchbill.yml'))
    .flatMap(([, where = '']) => [...where.matchAll(/`(\w+: [^`]+)`/g)].map(([, text = '']) => text))
  expect(settings.length).toBeGreaterThan(3)
  for (const text of settings)
    expect([text, parseRepositorySettings({ path: 'watchbill.yml', text }).problems]).toEqual([text, []])
  expect(read('src/domain/environment.ts')).toContain('WATCHBILL_QUIET_SECONDS')
})
