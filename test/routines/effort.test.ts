// What all expressions and globs of all routines may take together for one event: bounded, the same whatever was asked before, and said.
import { describe, expect, it } from 'vitest'
import type { Configuration, Routine } from '../../src/domain/routine.ts'
import { matchRoutine } from '../../src/routines/index.ts'
import { openEffort, stepsOfEvent, within } from '../../src/routines/matching/effort.ts'
import { matchesWhole } from '../../src/routines/patterns.ts'
import { event, load, noSettings, pull, routineFile } from './samples.ts'

/** Legal, every step of it is alive at every character, and it has no word that could be looked for instead. */
const heavy = (mark: number) => `([ab]?[a]?[a-c]?){0,${50 + (mark % 30)}}[x-z]{${1 + Math.floor(mark / 30)}}`

function routinesOf(count: number, filter: (mark: number) => string): Routine[] {
  const files = Array.from({ length: count }, (_, mark) =>
    routineFile(`r${mark}`, `description: R\non: { pull_request: { ${filter(mark)} } }`),
  )
  const { routines, problems }: Configuration = load(files)
  expect(problems).toEqual([])
  return routines.filter(({ name }) => /^r\d+$/.test(name))
}

function meet(routines: Routine[], body: string, paths: string[] = []) {
  const about = pull({ body })
  const effort = openEffort()
  const happened = event({ pull: about })
  const matches = within(effort, () =>
    routines.map(routine => matchRoutine(routine, happened, { pull: about, paths, settings: noSettings })),
  )
  return { spent: effort.spent, matches }
}

const unasked = (matches: { because: string }[]) => matches.filter(({ because }) => because.includes('not asked'))

describe('the effort of one event', () => {
  const routines = routinesOf(100, mark => `body: { matches: "${heavy(mark)}" }`)

  it('ends for a hundred legal expressions that each take long, and those left out say so and do not answer', () => {
    const { spent, matches } = meet(routines, 'a'.repeat(390))
    expect(spent).toBeGreaterThanOrEqual(stepsOfEvent)
    // The last question may begin just before the end.
    expect(spent).toBeLessThan(stepsOfEvent + 300_000)
    const left = unasked(matches)
    expect(left.length).toBeGreaterThan(80)
    expect(left[0]).toEqual({
      matched: false,
      because: expect.stringMatching(
        /^body: not asked whether it matches `.+`: the expressions and globs of all routines together take more than one event may\.$/,
      ),
    })
  })

  it('is next to nothing for expressions with a word that the text does not have, in whichever branch', () => {
    const words = routinesOf(100, mark => `body: { matches: "([ab]?[a]?[a-c]?){0,60}(z${mark}|yy[0-9])" }`)
    const { spent, matches } = meet(words, `${'a'.repeat(380)}y`)
    expect(spent).toBeLessThan(100 * 100)
    expect(new Set(matches.map(({ matched }) => matched))).toEqual(new Set([false]))
    expect(meet(words, `${'a'.repeat(50)}z7`).matches.flatMap(({ matched }, at) => (matched ? [at] : []))).toEqual([7])
    expect(meet(words.slice(0, 1), `${'a'.repeat(50)}yy1`).matches).toMatchObject([{ matched: true }])
  })

  it('is counted the same for the first event and for every later one', () => {
    const first = meet(routines, 'ab'.repeat(190))
    meet(routines, 'b'.repeat(200))
    expect(meet(routines, 'ab'.repeat(190))).toEqual(first)
  })

  it('does not end for two hundred routines with filters that people write, on a body of 60,000 characters', () => {
    const own = routinesOf(90, mark => `title: { matches: "(feat|fix|p${mark})(\\\\(.+\\\\))?: .*" }`)
    const bodies = routinesOf(10, mark => `body: { matches: ".*#${mark}[0-9].*" }`)
    const { spent, matches } = meet([...own, ...own, ...bodies, ...bodies], 'What changed, and why. '.repeat(2600))
    expect(unasked(matches)).toEqual([])
    expect(spent).toBeLessThan(stepsOfEvent / 2)
  })

  it('covers globs too', () => {
    const globs = routinesOf(100, mark => `paths: ["**/ab*ab*${mark}/**"]`)
    const paths = Array.from({ length: 3000 }, (_, at) => `${'ab/ab'.repeat(30)}${at}`)
    const { spent, matches } = meet(globs, '', paths)
    expect(spent).toBeLessThan(stepsOfEvent * 1.1)
    expect(matches.at(-1)).toEqual({
      matched: false,
      because: expect.stringMatching(/^paths: not asked whether a changed file matches \*\*\/ab\*ab\*99\/\*\*: /),
    })
  })

  it('is one for questions that are asked together, and each has its own otherwise', () => {
    const ask = () => Array.from({ length: 30 }, (_, mark) => matchesWhole(heavy(mark), 'a'.repeat(380)))
    expect(ask()).not.toContain('not asked')
    expect(within(openEffort(), ask)).toContain('not asked')
    expect(ask()).not.toContain('not asked')
  })

  it('of the same question twice is spent once', () => {
    const effort = openEffort()
    const ask = () => within(effort, () => matchesWhole('.*a.{20}', 'a'.repeat(500)))
    const answer = ask()
    const { spent } = effort
    expect([ask(), effort.spent]).toEqual([answer, spent])
  })
})
