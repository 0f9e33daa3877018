// `watchbill eval`: real repositories, the real pipeline and a rehearsed model; figures, resuming, the cap, and what can not be measured.
import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { compareSaved, type EvalRequest, evaluate, exitOfEval, readEvalRequest } from '../../src/commands/eval.ts'
import { showCompared, showEval } from '../../src/commands/show-eval.ts'
import { readSettings } from '../../src/settings.ts'
import { blocks } from '../docs/pages.ts'
import { liftoff } from '../e2e/program.ts'
import { call, type ModelSimulator, type Reply, say, startModel } from '../simulators/model/index.ts'
import { compiled } from './cli.ts'
import { after, before, finding } from './price.ts'

const dir = mkdtempSync(join(tmpdir(), 'watchbill-eval-'))
const repository = join(dir, 'shop')
const git = (...args: string[]) =>
  execFileSync('git', ['-C', repository, '-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
    encoding: 'utf8',
  }).trim()
const commit = (text: string, name = 'price.ts') => {
  writeFileSync(join(repository, name), text)
  git('add', '.')
  git('commit', '-qm', 'change')
  return git('rev-parse', 'HEAD')
}

let model: ModelSimulator
let base: string
let head: string
let other: string
beforeAll(async () => {
  model = await startModel()
  mkdirSync(repository)
  git('init', '-q', '-b', 'main')
  base = commit(before)
  head = commit(after)
  other = commit('export const greeting = 1\n', 'greeting.ts')
})
afterAll(async () => {
  await model[Symbol.asyncDispose]()
  rmSync(dir, { recursive: true, force: true })
})
afterEach(() => {
  expect(model.refusals).toEqual([])
})

const floor = {
  path: 'price.ts',
  lines: 2,
  severity: 'high',
  category: 'correctness',
  text: 'Rounds down: loses a cent.',
}
const twoPulls = () => ({
  name: 'shop',
  items: [
    {
      id: 'floor',
      repository: './shop',
      base,
      head,
      known: [floor],
      rejected: [{ ...floor, lines: 1, text: 'The name is bad.' }],
    },
    {
      id: 'greeting',
      repository: './shop',
      base: head,
      head: other,
      known: [{ ...floor, path: 'greeting.ts', lines: 1, severity: 'low', text: 'Says nothing.' }],
    },
  ],
})

let sets = 0
function setOf(value: unknown): string {
  const path = join(dir, `set-${++sets}.json`)
  writeFileSync(path, JSON.stringify(value))
  return path
}

const settings = () =>
  readSettings({ ...model.environment(), WATCHBILL_REHEARSED: 'true', WATCHBILL_DATA: join(dir, 'data') })
const said: string[] = []
function run(path: string, more: Partial<EvalRequest> = {}) {
  said.length = 0
  return evaluate(settings(), {
    path,
    out: `${path}.jsonl`,
    resume: false,
    mode: 'review',
    match: 'lines',
    tolerance: 1,
    routines: [],
    usd: 5,
    version: '0.1.0',
    progress: sentence => said.push(sentence),
    signal: new AbortController().signal,
    ...more,
  })
}

/** Finds the planted defect where it is, and nothing in the other change. */
const reviewer: Reply = (request, context) =>
  JSON.stringify(request.messages[0]).includes('greeting.ts')
    ? request.messages.some(message => message.role === 'assistant')
      ? say('Looked.')
      : call('read', { path: 'greeting.ts' })
    : finding('high')(request, context)
const compares =
  (same: boolean): Reply =>
  (request, context) =>
    request.tools?.some(tool => 'name' in tool && tool.name === 'report_same')
      ? call('report_same', { same, because: 'Both are about Math.floor.' })
      : reviewer(request, context)

describe('a data set in our own form', () => {
  it('is reviewed item by item, and measured', async () => {
    model.setReply(reviewer)
    const path = setOf(twoPulls())
    const result = await run(path)
    const { measured } = result
    expect(measured.pulls).toEqual({ done: 2, partly: 0, failed: [], left: 0 })
    expect(measured.precision).toMatchObject({ of: 1, in: 1 })
    expect(measured.recall).toMatchObject({ of: 1, in: 2, how: 'wilson' })
    expect(measured.bySeverity.map(row => [row.name, row.recall?.of, row.recall?.in])).toEqual([
      ['high', 1, 1],
      ['low', 0, 1],
    ])
    expect(measured.keptTrue).toMatchObject({ of: 1, in: 1 })
    const spent = model.spent()
    expect(measured.calls).toBe(spent.calls)
    expect(measured.tokens.reduce((sum, one) => sum + one.output, 0)).toBe(spent.output)
    expect(measured.usd).toBeGreaterThan(0)
    expect(exitOfEval(result)).toBe(0)

    const [about, money] = said
    expect(about).toContain('2 pull requests with 2 known and 1 rejected comments')
    expect(money).toMatch(/It may cost \$5\.00 in all \(--usd\), of which \$0\.00 is spent/)
    expect(said[2]).toMatch(/^\[1\/2\] floor: 1 comment, 1 of 1 known ones among them \(\$0\.\d+ of \$5\.00\)$/)

    const shown = showEval(result)
    expect(shown).toContain('Rehearsed')
    expect(shown).toMatch(/recall +50\.0 % .*1 of 2/)
    expect(shown).toMatch(/prompts [0-9a-f]{12}/)
    expect(shown).toContain('lower bound')
  })

  it('that was measured is not measured over again, and another one is not mixed with it', async () => {
    model.setReply(reviewer)
    const path = setOf(twoPulls())
    const first = await run(path, { limit: 1 })
    expect(first.measured.pulls).toMatchObject({ done: 1, left: 0 })
    await expect(run(path)).rejects.toThrow(/is there already.*--resume/)
    const asked = model.requests.length
    const second = await run(path, { resume: true })
    expect(second.measured.pulls).toMatchObject({ done: 2, left: 0 })
    expect(said[0]).toContain('1 measured before, 1 to go')
    expect(model.requests.slice(asked).every(one => JSON.stringify(one.body.messages[0]).includes('greeting'))).toBe(
      true,
    )
    await expect(run(path, { resume: true, tolerance: 5 })).rejects.toThrow(/lines, 1 lines and lines, 5 lines/)
  })

  it('asks a model whether both mean the same, where it is told to, and believes it', async () => {
    const path = setOf(twoPulls())
    model.setReply(compares(true))
    const yes = await run(path, { match: 'judge', limit: 1 })
    expect(yes.measured.recall).toMatchObject({ of: 1, in: 1 })
    const calls = readLines(`${path}.jsonl`).filter(line => line.kind === 'call')
    expect(calls.map(line => line.name)).toContainEqual(expect.stringMatching(/^same \S+ known-1$/))
    model.setReply(compares(false))
    const no = await run(path, { match: 'judge', limit: 1, out: `${path}.2` })
    expect(no.measured.recall).toMatchObject({ of: 0, in: 1 })
    expect(no.measured.precision).toMatchObject({ of: 0, in: 1 })
    const compared = showCompared(compareSaved(`${path}.jsonl`, `${path}.2`))
    expect(compared).toContain('measured alike')
    expect(compared).toMatch(/recall +100\.0 % +0\.0 % +-100\.0 % +– +too few pulls/)
  })

  it('with a model that gives no answer counts a pair as different, and says so', async () => {
    model.setReply((request, context) =>
      request.tools?.some(tool => 'name' in tool && tool.name === 'report_same')
        ? say('They look alike to me.')
        : reviewer(request, context),
    )
    const result = await run(setOf(twoPulls()), { match: 'judge', limit: 1 })
    expect(result.measured.recall).toMatchObject({ of: 0 })
    expect(showEval(result)).toMatch(/pairs got no answer/)
  })

  it('tells which item could not be measured and why, and tries it again when it goes on', async () => {
    model.setReply(reviewer)
    const value = twoPulls()
    value.items[0]!.repository = './elsewhere'
    const path = setOf(value)
    const result = await run(path)
    expect(result.measured.pulls).toMatchObject({ done: 1, failed: [{ item: 'floor' }] })
    expect(result.measured.recall).toMatchObject({ in: 1 })
    expect(exitOfEval(result)).toBe(2)
    expect(showEval(result)).toMatch(/floor: There is no directory .*elsewhere/)
    renameSync(repository, join(dir, 'elsewhere'))
    const again = await run(path, { resume: true }).finally(() => renameSync(join(dir, 'elsewhere'), repository))
    expect(again.measured.pulls).toMatchObject({ done: 2, failed: [] })
  })

  it('counts no pull at which no agent could look', async () => {
    model.setReply(() => ({ content: [], stop_reason: 'refusal' }))
    const result = await run(setOf(twoPulls()), { limit: 1 })
    expect(result.measured.pulls).toMatchObject({ done: 0, failed: [{ because: expect.stringContaining('No agent') }] })
    expect(result.measured.recall?.value).toBeUndefined()
  })
})

it('the example of docs/eval.md is one, and is measured', async () => {
  const example = blocks('docs/eval.md').find(block => block.mark === 'file=set.json')!
  const path = join(dir, 'example.json')
  writeFileSync(path, example.text.replace('1'.repeat(40), base).replace('2'.repeat(40), head))
  model.setReply(reviewer)
  const { measured } = await run(path)
  expect(measured.recall).toMatchObject({ of: 1, in: 1 })
  expect(measured.bySeverity.map(row => row.name)).toContain('high')
})

describe('the cap', () => {
  it('ends the evaluation in front of a call that it does not hold; that item is not counted, and a higher one goes on', async () => {
    model.setReply(reviewer)
    const path = setOf(twoPulls())
    const short = await run(path, { usd: 0.001 })
    expect(short.stopped).toMatch(/cap of \$0\.0010 .*--resume/)
    expect(short.measured.pulls).toEqual({ done: 0, partly: 0, failed: [], left: 2 })
    expect(short.measured.usd).toBeLessThanOrEqual(0.001)
    expect(exitOfEval(short)).toBe(2)
    const whole = await run(path, { resume: true })
    expect(whole.measured.pulls).toMatchObject({ done: 2, left: 0 })
    expect(whole.measured.usd).toBeGreaterThanOrEqual(short.measured.usd)
  })
  it('holds for earlier parts too, those whose answer nobody lived to see included', async () => {
    model.setReply(reviewer)
    const path = setOf(twoPulls())
    await run(path, { limit: 1 })
    const open = { kind: 'begun', id: 'lost', item: 'greeting', usd: 4.999 }
    writeFileSync(`${path}.jsonl`, `${readFileSync(`${path}.jsonl`, 'utf8')}${JSON.stringify(open)}\n`)
    const asked = model.requests.length
    const result = await run(path, { resume: true })
    expect(result.stopped).toMatch(/cap of \$5\.00/)
    expect(model.requests.length).toBe(asked)
  })
})

describe('the verifier alone', () => {
  it('judges each labelled comment by itself, with its lines as the quote, and no finder is sent', async () => {
    const briefs: string[] = []
    model.setReply(request => {
      if (request.messages.some(message => message.role === 'assistant')) return say('Done.')
      const brief = JSON.stringify(request.messages[0])
      briefs.push(brief)
      const cited = [{ path: 'price.ts', line: 2, text: '  return Math.floor(Number(text) * 100)' }]
      const verdict = brief.includes('The name is bad') ? 'INVALID' : 'VALID'
      return call('report_verdict', { verdict, because: 'So it is.', cited })
    })
    const value = twoPulls()
    value.items.length = 1
    value.items[0]!.known.push({ ...floor, lines: 99, text: 'Beyond the end.' })
    const path = setOf(value)
    const result = await run(path, { mode: 'verifier' })
    expect(result.measured.keptTrue).toMatchObject({ of: 1, in: 1 })
    expect(result.measured.refutedFalse).toMatchObject({ of: 1, in: 1 })
    expect(result.measured.recall).toBeUndefined()
    expect(result.measured.pulls.partly).toBe(1)
    expect(briefs).toHaveLength(2)
    expect(briefs.find(brief => brief.includes('loses a cent'))).toContain('Math.floor(Number(text) * 100)')
    expect(readLines(`${path}.jsonl`).at(-1)).toMatchObject({
      incomplete: ['1 labelled comment could not be quoted, and nobody was asked.'],
    })
  })
  it('shows no model a secret, or a file that is private', async () => {
    git('checkout', '-q', '-b', 'private', base)
    const secret = `ghp_${'aB3dE5gH7jK9mN1pQ3rS5tU7vW9xY1zA3bC5'}`
    mkdirSync(join(repository, '.github'))
    const from = commit("private: ['hidden/**']\n", '.github/watchbill.yml')
    mkdirSync(join(repository, 'hidden'))
    writeFileSync(join(repository, 'hidden/plan.ts'), 'export const plan = 1\n')
    const to = commit(`export const rate = 1\nexport const token = '${secret}'\n`, 'rate.ts')
    git('checkout', '-q', 'main')
    const known = [
      { ...floor, path: 'rate.ts', lines: [1, 2] },
      { ...floor, path: 'hidden/plan.ts', lines: 1 },
    ]
    model.setReply(request =>
      request.messages.some(message => message.role === 'assistant')
        ? say('Done.')
        : call('report_verdict', { verdict: 'AMBIGUOUS', because: 'It depends.', cited: [] }),
    )
    const before = model.requests.length
    const path = setOf({ name: 'shop', items: [{ repository: './shop', base: from, head: to, known }] })
    const result = await run(path, { mode: 'verifier' })
    const sent = model.requests
      .slice(before)
      .map(one => one.raw)
      .join('\n')
    expect(sent).toContain('export const rate')
    expect(sent).not.toContain(secret)
    expect(sent).not.toContain('hidden/plan')
    expect(result.measured.keptTrue.in).toBe(1)
    const [, hidden] = readLines(`${path}.jsonl`).at(-1)!.known as unknown as { because: string }[]
    expect(hidden?.because).toMatch(/Not asked: hidden\/plan\.ts is private/)
  })
  it('puts a security comment before the panel', async () => {
    const value = twoPulls()
    value.items.length = 1
    value.items[0]!.known = [{ ...floor, category: 'Security Vulnerability' }]
    value.items[0]!.rejected = []
    model.setReply(request =>
      request.messages.some(message => message.role === 'assistant')
        ? say('Done.')
        : call('report_verdict', { verdict: 'AMBIGUOUS', because: 'It depends.', cited: [] }),
    )
    const path = setOf(value)
    const result = await run(path, { mode: 'verifier' })
    expect(result.measured.keptTrue).toMatchObject({ of: 0, in: 1 })
    const names = readLines(`${path}.jsonl`).flatMap(line => (line.kind === 'call' ? [line.name] : []))
    expect(new Set(names)).toEqual(new Set(['reachability', 'impact', 'defences'].map(lens => `panel ${lens} known-1`)))
  })
})

describe("AACR-Bench's directory", () => {
  it('is read with clones that are here, by their names', async () => {
    const set = join(dir, 'dataset')
    const clones = join(dir, 'clones')
    mkdirSync(set)
    mkdirSync(join(clones, 'o'), { recursive: true })
    execFileSync('git', ['clone', '-q', '--bare', repository, join(clones, 'o', 'shop.git')])
    const pull = (note: string, line: number) => ({
      change_line_count: 2,
      project_main_language: 'TypeScript',
      source_commit: base,
      target_commit: head,
      githubPrUrl: 'https://github.com/o/shop/pull/1',
      category: 'Bug Fix',
      comments: [
        {
          is_ai_comment: false,
          note,
          path: 'price.ts',
          side: 'right',
          source_model: '',
          from_line: line,
          to_line: line,
          category: 'Code Defect',
          context: 'Diff Level',
        },
      ],
    })
    writeFileSync(join(set, 'positive_samples.json'), JSON.stringify([pull('Rounds down.', 2)]))
    writeFileSync(join(set, 'negative_samples.json'), JSON.stringify([pull('Bad name.', 1)]))
    model.setReply(reviewer)
    const result = await run(set, { repos: clones, out: join(dir, 'aacr.jsonl') })
    expect(result.measured.pulls).toMatchObject({ done: 1, failed: [] })
    expect(result.measured.recall).toMatchObject({ of: 1, in: 1 })
    expect(result.measured.byCategory.map(row => row.name)).toContain('code defect')
  })
})

describe('a process that is killed in the middle', () => {
  it('leaves what it measured, and the next one goes on with the rest', { timeout: 60_000 }, async () => {
    const path = setOf(twoPulls())
    const out = `${path}.jsonl`
    // Nobody answers about the second change: it is being looked at when the process dies.
    const asked = new Promise<void>(resolve =>
      model.setReply((request, context) => {
        if (!JSON.stringify(request.messages[0]).includes('greeting.ts')) return reviewer(request, context)
        resolve()
        return new Promise((_, reject) => context.signal.addEventListener('abort', reject))
      }),
    )
    const child = spawn(
      process.execPath,
      [...liftoff, join(import.meta.dirname, '../../bin/watchbill.js'), 'eval', path, '--out', out],
      {
        env: {
          PATH: process.env.PATH,
          NODE_COMPILE_CACHE: compiled,
          ...model.environment(),
          WATCHBILL_REHEARSED: 'true',
          WATCHBILL_DATA: join(dir, 'data'),
        },
        stdio: 'ignore',
      },
    )
    const ended = new Promise(resolve => child.once('close', resolve))
    await asked
    child.kill('SIGKILL')
    await ended
    const left = readLines(out)
    expect(left.filter(line => line.kind === 'item').map(line => line.item)).toEqual(['floor'])
    expect(left.at(-1)).toMatchObject({ kind: 'begun', item: 'greeting' })
    // What it was writing is torn off.
    writeFileSync(out, `${readFileSync(out, 'utf8')}{"kind":"item","at`)

    model.setReply(reviewer)
    const result = await run(path, { out, resume: true })
    expect(result.measured.pulls).toMatchObject({ done: 2, left: 0 })
    const lines = readLines(out)
    expect(lines.filter(line => line.kind === 'item').map(line => line.item)).toEqual(['floor', 'greeting'])
    const open = lines.find(
      line => line.kind === 'begun' && !lines.some(one => one.kind === 'call' && one.id === line.id),
    )
    expect(result.measured.usd).toBeGreaterThanOrEqual(open?.usd ?? Number.POSITIVE_INFINITY)
  })
})

describe('what is asked for', () => {
  const options = { usd: 5, match: 'lines' } as const
  it.each([
    ['nothing', undefined, {}, /Name a data set/],
    ['one result to compare', undefined, { compare: ['a'] }, /takes two/],
    ['a comparison of a data set', 'set.json', { compare: ['a', 'b'] }, /takes two saved results and no data set/],
    ['a matching of nothing', 'set.json', { verifierOnly: true, match: 'judge' as const }, /nothing is matched/],
  ])('is refused when it is %s', (_, path, more, sentence) => {
    expect(() => readEvalRequest(path, { ...options, ...more })).toThrow(sentence)
  })
  it('is saved under the name of the data set, unless said otherwise', () => {
    expect(readEvalRequest('sets/mine.json', options)).toMatchObject({
      out: 'mine.results.jsonl',
      mode: 'review',
      tolerance: 1,
    })
    expect(readEvalRequest('sets/mine.json', { ...options, out: 'x', verifierOnly: true })).toMatchObject({
      out: 'x',
      mode: 'verifier',
    })
  })
  it('without a key is refused before anything is written', async () => {
    const path = setOf(twoPulls())
    const request = { ...options, path, out: `${path}.jsonl`, resume: false, mode: 'review' } as const
    const others = { tolerance: 1, version: '0', progress: () => {}, signal: new AbortController().signal }
    await expect(evaluate(readSettings({}), { ...request, ...others, routines: [] })).rejects.toThrow(
      /ANTHROPIC_API_KEY/,
    )
    expect(existsSync(`${path}.jsonl`)).toBe(false)
  })
  it('of a data set or a result that is not there is said', async () => {
    await expect(run(join(dir, 'none.json'))).rejects.toThrow(/no data set at/)
    await expect(run(dir)).rejects.toThrow(/neither positive_samples.json/)
    expect(existsSync(join(dir, 'none.json.jsonl'))).toBe(false)
    expect(() => compareSaved(join(dir, 'a'), join(dir, 'b'))).toThrow(/can not be read/)
    writeFileSync(join(dir, 'a'), '{"kind":"item"}\n')
    expect(() => compareSaved(join(dir, 'a'), join(dir, 'a'))).toThrow(/Line 1 of .*a is none of a results file/)
  })
})

function readLines(path: string): Record<string, never>[] {
  return readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
}
