// The judge where there is no pull to comment on: quotes are placed in the files, and what is found stands on the check; floors of folders.
import { describe, expect, it } from 'vitest'
import { planWork } from '../../src/agents/index.ts'
import { scriptedModel } from '../../src/claude/index.ts'
import type { Finding } from '../../src/domain/finding.ts'
import { judge } from '../../src/judge/index.ts'
import { rememberInProcess } from '../../src/runs/journal.ts'
import { agents, routineOf, settings } from '../agents/cast.ts'
import { changeOf, fileOf } from '../agents/change-of.ts'
import { toolsThatAnswer } from '../agents/looks.ts'
import { words } from '../agents/words.ts'
import { checkoutOf, findingOf, stored } from './findings.ts'

const routine = routineOf('sweep', { kind: 'work', severity: { inline: 'medium', floor: 'low', gate: 'none' } })
const texts = { 'src/a.ts': 'const one = 1\nconst value3 = 3\nconst four = 4\n', 'docs/a.md': 'twice\ntwice\n' }

function run(findings: Partial<Finding>[], more: Partial<Parameters<typeof judge>[0]> = {}, verdict = 'VALID') {
  const change = more.change ?? changeOf()
  const cited = [{ path: 'src/a.ts', text: 'const value3 = 3' }]
  return judge({
    findings: findings.map((one, index) => findingOf(`sweep-f${index + 1}`, { routines: ['sweep'], ...one })),
    change,
    checkout: checkoutOf(texts),
    plan: planWork({ routine, agents, settings, change, serverRunUsd: 5 }),
    routines: [routine],
    rules: [],
    words,
    tools: toolsThatAnswer(),
    model: scriptedModel((_, turn) =>
      turn === 0
        ? { calls: [{ name: 'report_verdict', input: { verdict, because: 'So.', cited } }] }
        : { text: 'Done.' },
    ),
    journal: rememberInProcess().journal,
    earlier: [],
    firstReview: true,
    tree: true,
    signal: new AbortController().signal,
    ...more,
  })
}

describe('without a pull to comment on', () => {
  it('a quote is placed in its file, and what is verified stands on the check', async () => {
    const [one] = await run([{}])
    expect(one?.placement).toEqual({
      at: 'file',
      path: 'src/a.ts',
      line: 2,
      because: 'The quote stands at line 2 of the file.',
    })
    expect(one?.verdict).toMatchObject({ verdict: 'posted', shown: 'check' })
  })

  it('a quote that stands more than once is placed at the first, and says so', async () => {
    const [one] = await run([{ file: 'docs/a.md', quote: 'twice' }])
    expect(one?.placement).toMatchObject({
      line: 1,
      because: 'The quote stands at line 1 of the file, and 1 times more.',
    })
  })

  it.each([
    ['src/a.ts', 'const five = 5', 'The quote does not stand in the file.'],
    ['src/none.ts', 'const five = 5', 'The quote does not stand in the file, which does not exist.'],
    ['src/a.ts', ' ', 'The quote does not stand in the file.'],
  ])('a quote from %s that stands nowhere is placed nowhere (%s)', async (file, quote, because) => {
    const [one] = await run([{ file, quote }])
    expect(one?.placement).toMatchObject({ at: 'nowhere', because })
  })

  it('a line that the change removed has its place in the change', async () => {
    const change = changeOf(fileOf('src/a.ts', [' const one = 1', '-const gone = 2', ' const value3 = 3']))
    const [one] = await run([{ quote: 'const gone = 2' }], { change })
    expect(one?.placement).toMatchObject({ at: 'line', side: 'LEFT', line: 2 })
  })

  it('a grave claim that nobody settled stands on the check too, there being no review', async () => {
    const [one] = await run([{ severity: 'high' }], {}, 'AMBIGUOUS')
    expect(one?.verdict).toMatchObject({ verdict: 'held', shown: 'check' })
  })

  it('is recognised again by its fingerprint, in other words and with more lines quoted', async () => {
    const [before] = await run([{}])
    const again = { quote: 'const value3 = 3\nconst four = 4', title: 'Title of sweep-f1 again' }
    const [now] = await run([again], { earlier: [stored(before!, { number: 0 })] })
    expect(now?.fingerprint).toBe(before?.fingerprint)
  })
})

describe('a floor of a folder', () => {
  const floors = {
    floorAt: (_: unknown, path: string) => (path.startsWith('docs') ? ('nit' as const) : ('high' as const)),
  }

  it("takes the place of the routine's floor, above it and below", async () => {
    const findings = [{ severity: 'medium' as const }, { file: 'docs/a.md', quote: 'twice', severity: 'nit' as const }]
    const judged = await run(findings, floors)
    const verdicts = Object.fromEntries(judged.map(one => [one.id, one.verdict.because]))
    expect(verdicts['sweep-f1']).toBe('Below the floor of the routines that reported it.')
    expect(verdicts['sweep-f2']).toContain('Verified.')
    const [without] = await run([findings[1]!])
    expect(without?.verdict.because).toBe('Below the floor of the routines that reported it.')
  })
})
