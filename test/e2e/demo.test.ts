// The demo: the whole job on this machine, and an exit code that is 0 only when what must stand stands.
import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { StoredFinding } from '../../src/domain/store.ts'
import { compiled } from '../commands/cli.ts'
import { usualDatabase } from '../databases.ts'
import { readArguments } from '../demo/arguments.ts'
import { faultsOfFirst, faultsOfSecond } from '../demo/expect.ts'
import type { Outcome } from '../demo/outcome.ts'
import { planted } from '../demo/repository.ts'
import { newDataDir } from './house.ts'
import { liftoff } from './program.ts'

const long = process.env.WATCHBILL_TEST_LONG === '1'
const main = fileURLToPath(new URL('../demo/main.ts', import.meta.url))

function demo(
  words: string[] = [],
  more: Record<string, string> = {},
): Promise<{ code: number | null; out: string; complaints: string }> {
  const { ANTHROPIC_API_KEY: _, ...environment } = process.env
  const env = { ...environment, NODE_COMPILE_CACHE: compiled, ...more }
  const child = spawn(process.execPath, [...liftoff, main, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { out: '', complaints: '' }
  child.stdout.setEncoding('utf8').on('data', text => (said.out += text))
  child.stderr.setEncoding('utf8').on('data', text => (said.complaints += text))
  return new Promise(resolve => child.once('close', code => resolve({ code, ...said })))
}

async function madeDatabase(): Promise<{ place: string } & AsyncDisposable> {
  const database = await usualDatabase()
  if (database) return { place: database.url, [Symbol.asyncDispose]: database.drop }
  const dataDir = await newDataDir()
  return {
    place: join(dataDir, 'database'),
    [Symbol.asyncDispose]: () => rm(dataDir, { recursive: true, force: true, maxRetries: 3 }),
  }
}

describe('npm run demo', () => {
  test('shows the review with all that was planted, says that it is rehearsed, and ends with 0', async () => {
    await using database = long ? undefined : await madeDatabase()
    const { code, out, complaints } = await demo([], database && { DEMO_DATABASE: database.place, DEMO_HURRIED: 'yes' })
    expect(complaints).toBe('')
    expect(code).toBe(0)
    expect(out).toContain('REHEARSED: a scripted model speaks')
    expect(out).toContain('Of 12 planted defects, 12 are visible on the pull request')
    expect(out).toContain('Refuted, and so not posted (5)')
    expect(out).toContain('Not verified: neither kept nor dropped (1)')
    expect(out).toContain('Text addressed to an automated reviewer')
    expect(out).toMatch(/<!-- watchbill: \{.*"rehearsed":true\} -->/)
    expect(out).toMatch(/Comments that stand as they stood: \d+, added: 0, changed: 1/)
    expect(out).toMatch(/changed: .*src\/export\/bookings\.ts[^\n]*\n\s*.*Fixed in /)
    expect(out).toMatch(/\d+ % of the input came from the prompt cache/)
  }, 300_000)

  test('--live without a key says what to set, and starts nothing', async () => {
    const { code, out, complaints } = await demo(['--live'])
    expect(code).toBe(2)
    expect(out).toBe('')
    expect(complaints).toMatch(/^--live .*ANTHROPIC_API_KEY is not set/)
  })

  test('--help says what it does and what the exit codes mean', () => {
    const asked = readArguments(['--help'], {})
    expect(asked).toMatchObject({ code: 0, words: expect.stringContaining('--live') })
    expect(asked).toMatchObject({ words: expect.stringContaining('Exit codes') })
  })

  test('a word it does not know is refused', () => {
    expect(readArguments(['--lively'], {})).toMatchObject({ code: 2, words: expect.stringContaining('--lively') })
  })

  test('asks the real model only when told to, with a key', () => {
    expect(readArguments([], { ANTHROPIC_API_KEY: 'key' })).toEqual({ live: false })
    expect(readArguments(['--live'], { ANTHROPIC_API_KEY: 'key' })).toEqual({ live: true })
  })
})

describe('what must stand', () => {
  test('stands in a review that has it all', () => {
    expect(faultsOfFirst(whole(), planted())).toEqual([])
    expect(faultsOfSecond(whole(), whole({ id: 'run-2', without: fixed }), planted())).toEqual([])
  })

  test('after the second push, a fixed defect whose comment keeps it, and a look that stopped short, are named', () => {
    const second = whole({ id: 'run-2', without: fixed })
    for (const comment of second.comments) comment.body = comment.body.replace('**Fixed in `aaaaaaa`.** ', '')
    second.run.end = 'partial'
    expect(faultsOfSecond(whole(), second, planted())).toEqual([
      `"${fixed}" was fixed, and its comment does not say so.`,
      expect.stringMatching(/^After the second push not all was looked at/),
    ])
  })

  test('a planted defect that nobody sees on the pull is named', () => {
    const outcome = whole()
    outcome.comments = outcome.comments.filter(comment => comment.path !== 'src/payments/money.ts')
    expect(faultsOfFirst(outcome, planted())).toEqual([
      'The planted defect "euros to cents" (src/payments/money.ts:9) is not visible on the pull request.',
    ])
  })

  test('a refuted claim that was posted all the same is named', () => {
    const outcome = whole()
    outcome.reviews[0]!.body += '\n- refuted 1'
    expect(faultsOfFirst(outcome, planted())).toEqual([
      '"refuted 1" was refuted and stands on the pull request all the same.',
    ])
  })

  test.each<[string, (outcome: Outcome) => unknown, RegExp]>([
    ['a second review', outcome => outcome.reviews.push(outcome.reviews[0]!), /2 reviews stand/],
    [
      'silence about the model',
      outcome => Object.assign(outcome.reviews[0]!, { body: 'hidden comment' }),
      /rehearsed one/,
    ],
    ['a check without an end', outcome => Object.assign(outcome.checks[0]!, { conclusion: null }), /has no conclusion/],
    ['a run that failed', outcome => Object.assign(outcome.run, { end: 'failed' }), /ended as "failed"/],
    ['a call that was not settled', outcome => Object.assign(outcome.ledger[0]!, { usd: undefined }), /not settled/],
    ['an obeyed comment', outcome => outcome.findings.pop(), /report nothing/],
  ])('%s is named', (_, spoil, sentence) => {
    const outcome = whole()
    spoil(outcome)
    expect(faultsOfFirst(outcome, planted()).join('\n')).toMatch(sentence)
  })

  test('after the second push, a comment that stands twice and a fixed defect that comes back are named', () => {
    const second = whole({ id: 'run-2' })
    const again = { ...second.comments[0]!, id: 999 }
    second.comments.push(again)
    const faults = faultsOfSecond(whole(), second, planted()).join('\n')
    expect(faults).toMatch(/stands twice/)
    expect(faults).toMatch(/A comment was added/)
    expect(faults).toMatch(/"order by from the query" was fixed, and is raised again/)
  })
})

const fixed = 'order by from the query'

/** Everything the demo asks for, each defect with an inline comment of its own. */
function whole({ id = 'run-1', without = '' } = {}): Outcome {
  const defects = planted().filter(defect => defect.name !== without)
  const posted = defects.map(({ name, file, line }) => findingOf(name, 'posted', file, line))
  const others = [
    ...[1, 2, 3, 4, 5].map(n => findingOf(`refuted ${n}`, 'refuted', 'src/a.ts', n)),
    findingOf('open claim', 'unverified', 'src/a.ts', 9),
    { ...findingOf('hidden comment', 'posted', 'src/settlement/settle.ts', 1), agents: ['text check'] },
  ]
  const comments = planted().map(({ name, file, line }, index) => ({
    id: index + 1,
    path: file,
    line,
    inReplyTo: null,
    body: `${name === without ? '**Fixed in `aaaaaaa`.** ' : ''}**High** · Correctness\n\n**${name}**`,
  }))
  return {
    head: 'a'.repeat(40),
    reviews: [{ body: 'Rehearsed. hidden comment' }],
    comments,
    checks: ['code-review', 'security-review'].map(name => ({ name, conclusion: 'neutral' })),
    run: { id, end: without === '' ? 'partial' : 'done' },
    occurrences: [],
    findings: [...posted, ...others],
    ledger: [{ usd: 0.1 }],
  } as unknown as Outcome
}

function findingOf(title: string, verdict: string, path: string, line: number): StoredFinding {
  return {
    title,
    fingerprint: `print of ${title}`,
    agents: ['correctness'],
    placement: { at: 'line', path, line },
    verification: { cited: [{ path, text: 'x' }] },
    verdict: { verdict },
  } as unknown as StoredFinding
}
