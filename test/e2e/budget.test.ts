// Money: a run that reaches its cap keeps what it has and says what is missing, the server's day ends for everybody, and the ledger is what was billed.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { loadPrices } from '../../src/claude/index.ts'
import { costOf } from '../../src/domain/prices.ts'
import type { LedgerEntry } from '../../src/domain/store.ts'
import type { SimulatedRepository } from '../simulators/github/index.ts'
import { call, type RecordedRequest, type Reply } from '../simulators/model/index.ts'
import { type House, openHouse } from './house.ts'
import { answersIn, conclusions, finds, isReviewed, isVerifier, longer, openScene } from './scene.ts'

// Patient, since the machine may be busy; undisturbed, each takes a second or two.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

let house: House
beforeAll(async () => {
  house = await openHouse({ reply: finds })
})
afterAll(() => house[Symbol.asyncDispose]())

async function entriesOf(repository: SimulatedRepository): Promise<LedgerEntry[]> {
  return house.server.store.ledger.entries({ repositoryId: repository.id, limit: 1000 })
}
const endedRun = (repository: SimulatedRepository) => async () => {
  const [run] = await house.server.store.runs.list({ repositoryId: repository.id, limit: 1 })
  return run?.status === 'ended' ? run : undefined
}

const prices = loadPrices(undefined)
/** What the simulator would put on the bill for these calls. */
function billed(requests: RecordedRequest[]): number {
  return requests.reduce((sum, { model, usage }) => {
    if (!usage) return sum
    const { input_tokens: input, cache_read_input_tokens: cacheRead, output_tokens: output } = usage
    const cost = costOf({ input, cacheRead, output, cacheWrite: usage.cache_creation_input_tokens }, prices[model]!)
    return sum + cost
  }, 0)
}

describe('the ledger', () => {
  it('has a row for every call, failed ones included, and its sum is what was billed', async () => {
    const before = house.model.requests.length
    for (const kind of ['429', '529', '500', 'sse-error'] as const) house.model.faults.add({ kind, retryAfter: 0 })
    const { repository, head } = await openScene(house.github, { change: longer })
    await house.until(() => isReviewed(repository, head))
    const run = await house.until(endedRun(repository))
    const requests = house.model.requests.slice(before)
    const entries = await entriesOf(repository)
    expect(entries).toHaveLength(requests.length)
    expect(entries.filter(entry => entry.usd === undefined)).toEqual([])
    const statuses = entries.map(entry => entry.status)
    for (const status of ['429', '529', '500', 'overloaded_error', 'ok']) expect(statuses).toContain(status)
    const sum = (rows: LedgerEntry[]) => rows.reduce((total, entry) => total + (entry.usd ?? 0), 0)
    expect(sum(entries.filter(entry => entry.status === 'ok'))).toBeCloseTo(
      billed(requests.filter(request => request.answer)),
      9,
    )
    // Of an answer that broke off nobody says the end of the bill: it is counted by what was heard, never below.
    expect(sum(entries)).toBeGreaterThanOrEqual(billed(requests))
    expect(sum(entries)).toBeLessThan(billed(requests) * 1.05)
    expect(run.usd).toBeCloseTo(sum(entries), 9)
    expect(new Set(entries.map(entry => entry.kind))).toEqual(new Set(['finder', 'verifier']))
    expect(conclusions(repository.checkRuns(head))).toEqual({ 'code-review': 'neutral', 'security-review': 'success' })
  })
})

describe('a run that a second attempt brings to its end', () => {
  it('reports what both attempts cost, by agent and by routine', async () => {
    let hang = true
    house.model.setReply((request, context) => {
      const reply = finds(request, context)
      const slow = hang && answersIn(request) === 1 && !(reply instanceof Promise)
      return slow ? { ...reply, latencyMs: 60_000 } : reply
    })
    const asked = house.model.requests.length
    const { repository, head } = await openScene(house.github, { change: longer })
    await house.until(() => house.model.requests.slice(asked).filter(call => answersIn(call.body) === 1).length === 4)
    await house.restart(50)
    hang = false
    await house.until(() => isReviewed(repository, head))
    const run = await house.until(endedRun(repository))
    house.model.setReply(finds)
    expect(run.attempt).toBe(2)
    const parts = await house.server.store.ledger.parts(run.id)
    const entries = await entriesOf(repository)
    expect(new Set(entries.map(entry => entry.attempt))).toEqual(new Set([1, 2]))

    const checks = repository.checkRuns(head)
    const lines = checks.map(check => JSON.parse(/<!-- watchbill: (.*) -->/.exec(check.output.text ?? '')?.[1] ?? ''))
    for (const line of lines) expect(line.run_usd).toBeCloseTo(run.usd, 5)
    expect(lines.reduce((sum, line) => sum + line.usd, 0)).toBeCloseTo(run.usd, 5)
    for (const { name, kind, usd } of parts)
      if (kind === 'finder')
        expect(checks[0]?.output.text).toMatch(new RegExp(`- ${name}: .*\\$${usd.toFixed(usd < 0.1 ? 4 : 2)}`))
  })
})

/** The finder of the defect goes on for ever after it, at eight cents a turn. */
const spendthrift: Reply = (request, context) => {
  const reply = finds(request, context)
  if (isVerifier(request) || !/Lens: correctness/.test(JSON.stringify(request.messages)) || reply instanceof Promise)
    return reply
  return {
    ...(answersIn(request) < 2 ? reply : call('read', { path: 'src/price.ts' })),
    usage: { output_tokens: 8000 },
  }
}

describe('a run that reaches its cap', () => {
  it('stops asking, verifies and posts what it has, names what was not looked at, and is no success', async () => {
    house.model.setReply(spendthrift)
    const { repository, number, head } = await openScene(house.github, {
      change: longer,
      files: { '.github/watchbill.yml': 'budget: { run: 0.6 }\n' },
    })
    await house.until(() => isReviewed(repository, head))
    house.model.setReply(finds)
    const run = await house.until(endedRun(repository))
    expect(run.end).toBe('over budget')
    expect(run.usd).toBeLessThanOrEqual(0.6)
    expect(repository.pull(number).reviewComments.map(comment => comment.path)).toEqual(['src/price.ts'])
    expect(repository.pull(number).reviews[0]?.body).toContain('did not finish')
    for (const check of repository.checkRuns(head)) {
      expect(check.conclusion).toBe('neutral')
      expect(check.output.title).toMatch(/not everything was looked at/i)
      expect(check.output.summary).toMatch(
        /correctness did not finish: Finders have used \\?\$0\.\d\d of the \\?\$0\.60/,
      )
    }
  })

  it('goes on with what remains when it is asked again, once there is money, and buys no look a second time', async () => {
    house.model.setReply(spendthrift)
    const files = { '.github/watchbill.yml': 'budget: { run: 0.6 }\n' }
    const { repository, number, head } = await openScene(house.github, { change: longer, files })
    await house.until(() => isReviewed(repository, head))
    const first = await house.until(endedRun(repository))
    const [body] = repository.pull(number).reviews.map(review => review.body)
    expect(body).toMatch(/2 of 2 files remain for some or all agents; `@watchbill review` goes on with them/)
    const checks = repository.checkRuns(head).map(check => check.output.text)
    expect(checks[0]).toMatch(/### What remains[\s\S]*`src\/table.ts`: correctness/)

    house.model.setReply(finds)
    const asked = house.model.requests.length
    await repository.commit({ branch: 'main', files: { '.github/watchbill.yml': 'budget: { run: 5 }\n' } })
    repository.setCollaborator('wendy', 'write')
    repository.comment(number, '@watchbill review', 'wendy')
    const ended = endedRun(repository)
    const second = await house.until(async () => {
      const run = await ended()
      return run && run.id !== first.id && run
    })
    const sent = house.model.requests.slice(asked).filter(call => !isVerifier(call.body))
    const lenses = sent.map(call => /Lens: ([a-z-]+)/.exec(JSON.stringify(call.body.messages))?.[1])
    expect(new Set(lenses)).toEqual(new Set(['correctness']))
    expect(second).toMatchObject({ end: 'done' })
    expect(repository.pull(number).reviewComments).toHaveLength(1)
    for (const check of repository.checkRuns(head).filter(one => one.output.text?.includes(second.id)))
      expect(check.output.summary).toContain(`Goes on with what run \`${first.id}\` left at this commit`)
  })

  it('lets a panel of three share a purse that holds what two of them set aside', async () => {
    house.model.setReply((request, context) => {
      const reply = finds(request, context)
      if (reply instanceof Promise) return reply
      const content = reply.content.map(block =>
        block.type === 'tool_use' && block.name === 'report_finding'
          ? { ...block, input: { ...(block.input as object), category: 'security', cwe: 'CWE-682' } }
          : block,
      )
      return { ...reply, content }
    })
    const { repository, number, head } = await openScene(house.github)
    await house.until(() => isReviewed(repository, head))
    house.model.setReply(finds)
    const run = await house.until(endedRun(repository))
    expect(run).toMatchObject({ end: 'done' })
    expect(repository.pull(number).reviewComments).toHaveLength(1)
    const [finding] = await house.server.store.findings.ofRun(run.id)
    expect(finding?.verification.panel?.map(member => member.state)).toEqual(['valid', 'valid', 'valid'])
  })
})

describe('a trivial review', () => {
  it('with a prompt of 20,000 tokens, which the verifier has too, ends as done and under its $0.25', async () => {
    // Thinking counts as output, and there is some in every turn.
    const thoughtful: Reply = (request, context) => {
      const answers = answersIn(request)
      const looking = !isVerifier(request) && answers > 0 && answers < 3
      const reply = looking ? call('grep', { pattern: `cents${answers}` }) : finds(skipLooks(request), context)
      return reply instanceof Promise ? reply : { ...reply, usage: { output_tokens: 800 } }
    }
    /** Two more looks between the first one and the report. */
    const skipLooks = (request: Parameters<Reply>[0]) =>
      isVerifier(request) || answersIn(request) < 3
        ? request
        : { ...request, messages: [request.messages[0]!, ...request.messages.slice(5)] }
    house.model.setReply(thoughtful)
    const before = house.model.requests.length
    const rule = 'Amounts are whole cents; a floating-point amount is a defect.\n'
    const { repository, number, head } = await openScene(house.github, {
      // As much as is shown of one file of rules, thrice.
      files: Object.fromEntries(
        ['REVIEW.md', 'CLAUDE.md', 'AGENTS.md'].map(name => [name, rule.repeat(Math.floor(30_000 / rule.length))]),
      ),
    })
    await house.until(() => isReviewed(repository, head))
    const run = await house.until(endedRun(repository))
    house.model.setReply(finds)
    const requests = house.model.requests.slice(before)
    expect(requests[0]?.usage?.cache_creation_input_tokens).toBeGreaterThan(20_000)
    expect(requests.filter(({ body }) => !isVerifier(body))).toHaveLength(5)
    expect(run).toMatchObject({ end: 'done', because: expect.stringContaining('1 finding stands') })
    expect(run.usd).toBeLessThan(0.25)
    expect(repository.pull(number).reviewComments).toHaveLength(1)
  })
})

describe('a budget that outlives the run', () => {
  const warned = (repository: SimulatedRepository) =>
    house.lines.filter(
      line => line.warning !== undefined && String(line.pull).startsWith(`${repository.owner}/${repository.name}#`),
    )

  it('is warned of at 50, 80 and 100 %, once each in the log, and on the checks of the run that passed it', async () => {
    house.model.setReply(spendthrift)
    const { repository, head } = await openScene(house.github, {
      change: longer,
      files: { '.github/watchbill.yml': 'budget: { pull: 0.6, day: 40 }\n' },
    })
    await house.until(() => isReviewed(repository, head))
    await house.until(endedRun(repository))
    expect(warned(repository).map(line => line.warning)).toEqual(['pull 50 %', 'pull 80 %', 'pull 100 %'])
    for (const check of repository.checkRuns(head))
      expect(check.output.summary).toMatch(/his pull request's \$0\.60 .*\$0\.\d\d is spent\./)

    const newer = await repository.commit({ branch: 'feature', files: { 'src/more.ts': 'export const more = 1\n' } })
    await house.until(() => isReviewed(repository, newer))
    house.model.setReply(finds)
    await house.until(endedRun(repository))
    expect(warned(repository)).toHaveLength(3)
    for (const check of repository.checkRuns(newer)) expect(check.output.summary).not.toMatch(/ % of | holds no /)
  })

  it('is not warned of while less than half of it is spent', async () => {
    const { repository, head } = await openScene(house.github)
    await house.until(() => isReviewed(repository, head))
    await house.until(endedRun(repository))
    expect(warned(repository)).toEqual([])
    for (const check of repository.checkRuns(head)) expect(check.output.summary).not.toMatch(/ % of | holds no /)
  })
})

describe("the server's day", () => {
  it('ends for every run of every repository once it is spent', async () => {
    await using poor = await openHouse({ reply: spendthrift, environment: { WATCHBILL_BUDGET_USD_DAY: '1' } })
    const scenes = await Promise.all([1, 2, 3].map(() => openScene(poor.github, { change: longer })))
    for (const { repository, head } of scenes) await poor.until(() => isReviewed(repository, head))
    const runs = await poor.until(async () => {
      const all = await poor.server.store.runs.list({ limit: 10 })
      return all.length === 3 && all.every(run => run.status === 'ended') ? all : undefined
    })
    expect(runs.map(run => run.end)).toEqual(['over budget', 'over budget', 'over budget'])
    expect((await poor.server.store.ledger.spent({})).usd).toBeLessThanOrEqual(1)
    expect(runs.map(run => run.because).join()).toContain('for the whole server today')
    const told = poor.lines.flatMap(line => (String(line.warning).startsWith('serverDay') ? [line.warning] : []))
    expect(told).toEqual(['serverDay 50 %', 'serverDay 80 %', 'serverDay 100 %'])
    for (const { repository, head } of scenes)
      for (const check of repository.checkRuns(head)) expect(check.conclusion).toBe('neutral')
  })
})
