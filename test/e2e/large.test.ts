// A pull too large for a prompt, through the whole product: complete, or honestly not, and to be gone on with.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { explain } from '../../src/commands/explain.ts'
import { showExplanation } from '../../src/commands/show-explanation.ts'
import { type Coverage, readCoverage } from '../../src/runs/reading/unfinished.ts'
import type { SimulatedRepository } from '../simulators/github/index.ts'
import { type House, openHouse } from './house.ts'
import { became, budgetOf, givenTo, looksOnce, openLarge, plenty, reviewLarge } from './large-pull.ts'
import { isReviewed } from './scene.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 90_000 })

let house: House
beforeAll(async () => {
  house = await openHouse({ reply: looksOnce, environment: plenty })
})
afterAll(() => house[Symbol.asyncDispose]())

/** GitHub takes no more of either, in characters; counted in bytes to be safe. */
const limit = 65_535

async function ended(repository: SimulatedRepository, count: number) {
  const runs = await house.until(async () => {
    const all = await house.server.store.runs.list({ repositoryId: repository.id, limit: 9 })
    return all.length === count && all.every(run => run.status === 'ended') && all
  }, 110_000)
  const [run] = runs
  return { run: run!, coverage: (await readCoverage(house.server.store.steps, run!.id)) as Coverage }
}

const files = 300
it(`of ${files} files and 10,000 lines, what the money was not enough for is named, is no success, and is gone on with`, async () => {
  const { repository, number, head } = await openLarge(house.github, { name: 'large', files, lines: 34, usd: 0.5 })
  const first = await ended(repository, 1)
  await house.until(() => isReviewed(repository, head))
  expect(first.run).toMatchObject({ end: 'over budget' })
  expect(first.run.usd).toBeLessThanOrEqual(0.5)
  expect(first.run.because?.length).toBeLessThan(6_000)
  expect(first.coverage.manifest).toHaveLength(files)
  expect(first.coverage.remaining.length).toBeGreaterThan(0)
  expect(first.coverage.unfinished?.looked).not.toEqual({})
  for (const { conclusion, output } of repository.checkRuns(head)) {
    expect(conclusion).toBe('neutral')
    expect(Buffer.byteLength(output.text ?? '')).toBeLessThan(limit)
    expect(Buffer.byteLength(output.summary ?? '')).toBeLessThan(limit)
    expect(output.summary).toContain(`${first.coverage.remaining.length} of ${files} files remain`)
    expect(output.text).toMatch(/and \d+ more files; the run has them all/)
    expect(output.text?.trimEnd()).toMatch(/<!-- watchbill: .*"complete":false.* -->$/)
  }

  const asked = house.model.requests.length
  await repository.commit({ branch: 'main', files: budgetOf(400) })
  repository.setCollaborator('wendy', 'write')
  repository.comment(number, '@watchbill review', 'wendy')
  const second = await ended(repository, 2)
  expect(second.run).toMatchObject({ end: 'done' })
  expect(became(second.coverage)).toEqual({ full: files, partial: 0, skipped: 0, notYet: 0, remaining: 0 })
  await house.until(() => repository.checkRuns(head).filter(check => check.conclusion === 'success').length >= 2)

  // Whoever was given a part and looked was not given it again; all of it was given once at least.
  for (const lens of ['correctness', 'security']) {
    const seats = lens === 'correctness' ? [lens, 'correctness-again'] : [lens]
    const by = seats.map(seat => new Set(first.coverage.unfinished?.looked[seat]))
    const looked = new Set([...by[0]!].filter(path => by.every(files => files.has(path))))
    const again = givenTo(house.model.requests.slice(asked), lens)
    expect([...again.keys()].filter(path => looked.has(path))).toEqual([])
    const all = givenTo(house.model.requests, lens)
    expect(all.size).toBe(files)
  }
  const explained = await explain(house.server.store, first.run.id)
  expect(explained.runs[0]?.coverage?.manifest).toHaveLength(files)
  const shown = showExplanation(explained)
  for (const { path, agents } of first.coverage.remaining) expect(shown).toContain(`${path} remains for ${agents[0]}`)
  const across = house.model.requests.filter(({ body }) =>
    JSON.stringify(body.messages[0]).includes('## Between the parts'),
  )
  expect(across.length).toBeGreaterThan(0)
})

const long = process.env.WATCHBILL_TEST_LONG === '1'
const sizes = [
  { name: '3,000 files', files: 3_000, lines: 10, usd: 500 },
  { name: '100,000 lines', files: 1_000, lines: 100, usd: 500 },
  { name: '100,000 lines and little money', files: 1_000, lines: 100, usd: 3 },
]
it.runIf(long).each(sizes)(
  'of $name, the program says what it looked at, under a gigabyte',
  { timeout: 900_000 },
  async size => {
    const seen = await reviewLarge({ ...size, name: 'large' })
    console.log(`${size.name}: ${JSON.stringify({ ...seen, run: seen.run.end })}`)
    const { full, partial, skipped, notYet, remaining } = seen.became
    expect(full + partial + skipped + notYet).toBe(size.files)
    expect(seen.run.end).toBe(partial + remaining === 0 ? 'done' : 'over budget')
    expect(seen.conclusions).toEqual(Array(2).fill(partial + remaining === 0 ? 'success' : 'neutral'))
    expect(seen.run.end).toBe(size.usd === 3 ? 'over budget' : 'done')
    expect(seen.checkBytes).toBeLessThan(limit)
    expect(Math.max(seen.peakMb, seen.allMb)).toBeLessThan(1_024)
  },
)
