// Anchors: over real changes, every comment that is placed stands on a line that GitHub takes, and every finding is accounted for.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seeded } from '../github/examples.ts'
import { type Account, add, emptyAccount, endings, refusalsOf, words } from './account.ts'
import { findingOf } from './claims.ts'
import { commitHardCases, commitThousands, commitUnnameable } from './hard-cases.ts'
import { commitRelease, importCommit, ownHistory, releases } from './material.ts'
import { openPullOf, publishAll } from './publishing.ts'
import { openScene, type Scene } from './scene.ts'
import { checkOut, tryOut } from './trial.ts'

const long = process.env.WATCHBILL_TEST_LONG === '1'
const seed = Number(process.env.WATCHBILL_TEST_SEED ?? 20_261_121)
const patience = long ? 20 * 60_000 : 60_000
const history = await ownHistory()
const total = emptyAccount()

/** Each test draws from its own beginning, so that one can be run alone. */
const chance = () => seeded(seed)

let scene: Scene
beforeAll(async () => {
  scene = await openScene()
})
afterAll(async () => {
  await scene[Symbol.asyncDispose]()
  console.log(`anchors, seed ${seed}: ${words(total)}`)
})

function expectAllWell(account: Account): void {
  add(total, account)
  expect(account.complaints).toEqual([])
  expect(account.counts.refusals).toBe(0)
  expect(endings.reduce((sum, ending) => sum + account.counts[ending], 0)).toBe(account.counts.findings)
  expect(scene.github.refusals).toEqual([])
}

describe('every finding is accounted for, and every comment stands on a line that GitHub takes', {
  timeout: patience,
}, () => {
  test('in the changes that break parsers', async () => {
    const pair = await commitHardCases(scene.repo)
    const { account, oracle } = await tryOut(scene, pair, chance(), long ? {} : { quotes: 1, strays: 1 })
    expectAllWell(account)
    expect(oracle.files.length).toBeGreaterThan(70)
  })

  test('in a file whose lines GitHub does not show, and in one that it can not be told the name of', async () => {
    const pair = await commitUnnameable(scene.repo)
    const pull = await openPullOf(scene, pair)
    await using checkout = await checkOut(scene, pull)
    const change = await checkout.change()
    const quotes = [
      { file: 'nul.ts', quote: 'export const other = 2' },
      { file: 'nul.ts', quote: 'const separator = "\uFFFD"\nexport const other = 2' },
      { file: '"caf\\351.ts"', quote: 'a line of it' },
      { file: '"caf\\351.ts"', quote: 'line' },
      { file: '"caf\\351.ts"', quote: 'nothing of it' },
    ]
    const findings = quotes.map((quoted, index) => findingOf({ ...quoted, kind: 'near' }, index))
    const [batch] = await publishAll(scene, pair, { pull, checkout, change }, findings)
    const shown = (id: string) => batch!.judged.find(one => one.id === id)?.verdict.shown
    expect(findings.map(({ id }) => shown(id))).toEqual(['file', 'file', 'body', 'body', 'body'])
    expect(pull.reviewComments.map(({ path, subjectType }) => [path, subjectType])).toEqual([
      ['nul.ts', 'file'],
      ['nul.ts', 'file'],
    ])
    const said = pull.reviews.map(({ body }) => body).join('\n')
    for (const { title } of findings.slice(2)) expect(said).toContain(title)
    expect(refusalsOf(scene.github)).toEqual([])
  })

  test('in a change of thousands of files', async () => {
    const pair = await commitThousands(scene.repo, 2_000)
    const { account, change } = await tryOut(scene, pair, chance(), { hunks: long ? 200 : 5, quotes: 3, strays: 1 })
    expectAllWell(account)
    expect(change.files).toHaveLength(2_000)
  })

  test.each(long ? releases : releases.slice(0, 2))('between releases: $name $from → $to', async release => {
    const pair = await commitRelease(scene.repo, release)
    const { account } = await tryOut(scene, pair, chance(), {
      hunks: long ? Infinity : 12,
      quotes: long ? 5 : 3,
      strays: 1,
    })
    expectAllWell(account)
    expect(account.counts.inline).toBeGreaterThan(0)
  })

  const mine = history.length === 0 ? 'no history here to try: a tarball, or a shallow clone' : 'in our own history'
  test.skipIf(history.length === 0)(mine, async () => {
    for (const commit of spread(history, long ? 40 : 2)) {
      const pair = await importCommit(scene.repo, commit)
      const { account } = await tryOut(scene, pair, chance(), { hunks: long ? 20 : 6, quotes: 3, strays: 1 })
      expectAllWell(account)
    }
  })
})

/** So many of them, from the first to the last. */
function spread<T>(from: T[], most: number): T[] {
  const step = Math.max(1, from.length / most)
  return from.filter((_, at) => Math.floor(at / step) > Math.floor((at - 1) / step))
}
