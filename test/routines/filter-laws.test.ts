// What holds for every filter whatever it is held against: operators are independent, each that fails says one thing, and nothing throws.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { TextFilter } from '../../src/domain/triggers.ts'
import { readEvent } from '../../src/github/events.ts'
import { concerns, holdBack, matchRoutine, needsOf, readCommand } from '../../src/routines/index.ts'
import { labelsFail, textFails } from '../../src/routines/matching/filters.ts'
import { examples, harm, reader, seeded } from '../github/examples.ts'
import { noSettings, pull, routine } from './samples.ts'

const value = fc.string({ unit: fc.constantFrom('a', 'B', 'b', '.', ' ', '\n', 'é', '\ud800'), maxLength: 6 })
const some = fc.array(value, { minLength: 1, maxLength: 3 })
const filter: fc.Arbitrary<TextFilter> = fc.record(
  {
    is: value,
    is_not: value,
    one_of: some,
    not_one_of: some,
    contains: value,
    starts_with: value,
    matches: fc.constantFrom('a+', '.*b', '[aB]{1,3}', '(a|é)*', ''),
  },
  { requiredKeys: [] },
)

/** Each operator by itself, as its documentation has it. */
const holds: { [Key in keyof Required<TextFilter>]: (wanted: Required<TextFilter>[Key], text: string) => boolean } = {
  is: (wanted, text) => text === wanted,
  is_not: (wanted, text) => text !== wanted,
  one_of: (wanted, text) => wanted.some(one => one === text),
  not_one_of: (wanted, text) => wanted.every(one => one !== text),
  contains: (wanted, text) => text.indexOf(wanted) >= 0,
  starts_with: (wanted, text) => text.slice(0, wanted.length) === wanted,
  matches: (wanted, text) => new RegExp(`^(?:${wanted})$`, 'su').test(text),
}
function failing(written: TextFilter, text: string): number {
  const operators = Object.entries(written) as [keyof typeof holds, never][]
  return operators.filter(
    ([operator, wanted]) => !(holds[operator] as (wanted: never, text: string) => boolean)(wanted, text),
  ).length
}

it('a text filter says one sentence for each operator that fails, and none otherwise', () => {
  fc.assert(
    fc.property(filter, value, (written, text) => {
      const sentences = textFails('title', written, text)
      expect(sentences).toHaveLength(failing(written, text))
      for (const sentence of sentences) expect(sentence).toMatch(/^title: ".*" .+\.$/s)
    }),
    { seed: 3, numRuns: 3000 },
  )
})

it('a filter on logins does not look at case, and is otherwise the same', () => {
  const lower = (written: TextFilter): TextFilter => JSON.parse(JSON.stringify(written).toLowerCase())
  const plain = fc.string({ unit: fc.constantFrom('a', 'B', 'b', '-', '[', ']'), maxLength: 5 })
  const login = fc.record(
    {
      is: plain,
      is_not: plain,
      one_of: fc.array(plain, { minLength: 1, maxLength: 3 }),
      contains: plain,
      starts_with: plain,
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(login, plain, (written, text) => {
      expect(textFails('author', written, text, true)).toHaveLength(failing(lower(written), text.toLowerCase()))
    }),
    { seed: 4, numRuns: 2000 },
  )
})

it('labels: any, all and none are what they say, in any case', () => {
  const labels = fc.array(fc.constantFrom('bug', 'Bug', 'wip', 'WIP', 'hot'), { maxLength: 4 })
  const wanted = fc.array(fc.constantFrom('bug', 'wip', 'hot', 'cold'), { minLength: 1, maxLength: 3 })
  fc.assert(
    fc.property(
      fc.record({ any: wanted, all: wanted, none: wanted }, { requiredKeys: [] }),
      labels,
      (written, carried) => {
        const has = new Set(carried.map(label => label.toLowerCase()))
        const right =
          (!written.any || written.any.some(label => has.has(label))) &&
          (!written.all || written.all.every(label => has.has(label))) &&
          !written.none?.some(label => has.has(label))
        expect(labelsFail(written, carried).length === 0).toBe(right)
      },
    ),
    { seed: 6, numRuns: 2000 },
  )
})

it('harmed deliveries meet every trigger and gate without a throw, and always with a sentence', () => {
  const gates =
    'permission: write\nbots: false\nforks: false\nskip_if: { search: a, at_least: 3 }\nonly_if: { search: a }\nruns: { day: 3 }'
  const on =
    'pull_request: { title: { matches: ".*" }, paths: ["**"], size: { max: 9 } }, push: { branches: ["*"], tags: ["*"], paths: ["**/a"] }, issues: { body: { matches: "[^x]*" }, labels: { none: [x] } }, label: bug, comment: review, release: { title: { contains: a } }, workflow_run: { branches: ["*"] }, check_suite: { app: { is_not: x } }, deployment_status: { environments: ["*"] }, merge_group: { branches: ["*"] }, api: true, schedule: nightly'
  const routines = ['work', 'review'].map(kind => routine(`kind: ${kind}\non: { ${on} }\n${gates}`))
  const chance = seeded(20_261_121)
  let met = 0
  for (let times = 0; times < 4000; times++) {
    const { name, payload } = examples[Math.floor(chance() * examples.length)]!
    const happened = readEvent(
      { id: 'd', name, payload: harm(payload, chance), at: '2026-11-21T00:00:00.000Z' },
      { ...reader, readCommand },
    )
    if (!happened) continue
    for (const one of routines) {
      met++
      const match = matchRoutine(one, happened, {
        pull: happened.pull ?? pull(),
        paths: undefined,
        settings: noSettings,
      })
      const held = holdBack(one, happened, { searches: { a: 1 } })
      for (const { because } of [match, held]) expect(because).toMatch(/^\S[\s\S]*\.$/)
      expect(match.matched && !concerns(one, happened)).toBe(false)
      expect(needsOf(one, happened).searches.every(search => search === 'a')).toBe(true)
    }
  }
  expect(met).toBeGreaterThan(1000)
})
