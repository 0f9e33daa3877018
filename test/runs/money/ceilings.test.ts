// What a run may cost: of all that is said the least, and a repository raises none of it.
import { expect, it } from 'vitest'
import { capsOf, mostARun } from '../../../src/runs/money/money.ts'
import { load, settingsFile } from '../../routines/samples.ts'

const server = { run: 5, day: 25, month: 200 }
const settings = (repository: string, organisation: string) =>
  load([settingsFile(repository)], [settingsFile(organisation)]).settings

it("the organisation's ceilings hold for a run and for a day, whatever a repository asks for", () => {
  const held = settings('budget: { run: 9, day: 90 }', 'ceilings: { run: 2, day: 8 }')
  expect(mostARun(server, held)).toBe(2)
  expect(capsOf(server, held, 4)).toMatchObject({ run: 2, repositoryDay: 8, serverRun: 5, serverDay: 25 })
})

it('what is lower holds under a ceiling too, and the server above all', () => {
  const held = settings('budget: { run: 1, day: 3 }', 'ceilings: { run: 2, day: 8 }\nbudget: { day: 5 }')
  expect(capsOf(server, held, 4)).toMatchObject({ run: 1, repositoryDay: 3 })
  expect(capsOf(server, held, 0.5)).toMatchObject({ run: 0.5 })
  expect(mostARun({ run: 1.5 }, held)).toBe(1.5)
})

it('without ceilings, the defaults', () => {
  const held = load([]).settings
  expect(mostARun(server, held)).toBe(5)
  expect(capsOf(server, held, 3)).toMatchObject({ run: 3, pull: 8, repositoryDay: 20 })
  expect(capsOf(server, settings('automatic: true', 'ceilings: { day: 30 }'), 3)).toMatchObject({ repositoryDay: 20 })
})
