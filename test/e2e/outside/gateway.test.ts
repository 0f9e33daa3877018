// A gateway in front of the model: another address with a path of its own, other names of models, and prices from a file.
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, request as send } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { expect, it, vi } from 'vitest'
import { tierModels } from '../../../src/domain/models.ts'
import { startModel } from '../../simulators/model/index.ts'
import { openHouse } from '../house.ts'
import { finds, isReviewed, openScene } from '../scene.ts'

// Patient, since the machine may be busy; undisturbed, each takes a second or two.
vi.setConfig({ testTimeout: 90_000 })

/** Its own names for the models of the three tiers. */
const names = { fast: 'house/small', standard: 'house/usual', deep: 'house/large' }
const price = { input: 1, cacheWrite: 2, cacheRead: 3, output: 4 }

/** Answers under /anthropic only, and passes on under the names that the model behind it has. */
async function openGateway(target: string) {
  const asked: string[] = []
  const server = createServer(async (request, response) => {
    const body = (await buffer(request)).toString()
    const model = (JSON.parse(body || '{}') as { model?: string }).model ?? ''
    asked.push(`${request.url?.replace(/\?.*/, '')} ${model}`)
    const tier = Object.entries(names).find(([, name]) => name === model)?.[0] as keyof typeof names | undefined
    if (!request.url?.startsWith('/anthropic/') || !tier) return void response.writeHead(404).end()
    const inner = body.replaceAll(`"model":"${model}"`, `"model":"${tierModels[tier]}"`)
    const headers = {
      ...request.headers,
      host: new URL(target).host,
      'content-length': String(Buffer.byteLength(inner)),
    }
    const passed = send(new URL(request.url.replace('/anthropic', ''), target), { method: request.method, headers })
    passed.on('response', answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    response.on('close', () => passed.destroy())
    passed.on('error', () => response.destroy())
    passed.end(inner)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/anthropic`
  return {
    url,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

it('is asked under its own address and names, and paid by the prices of the file', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'watchbill-prices-'))
  try {
    const prices = join(dir, 'prices.json')
    writeFileSync(prices, JSON.stringify(Object.fromEntries(Object.values(names).map(name => [name, price]))))
    await using behind = await startModel({ reply: finds })
    await using gateway = await openGateway(behind.url)
    await using house = await openHouse({
      reply: finds,
      environment: {
        ANTHROPIC_API_KEY: behind.apiKey,
        ANTHROPIC_BASE_URL: gateway.url,
        WATCHBILL_PRICES: prices,
        WATCHBILL_MODEL_FAST: names.fast,
        WATCHBILL_MODEL_STANDARD: names.standard,
        WATCHBILL_MODEL_DEEP: names.deep,
      },
    })
    const { repository, number, head } = await openScene(house.github)
    await house.until(() => isReviewed(repository, head))
    expect(repository.pull(number).reviewComments).toHaveLength(1)
    expect(gateway.asked.length).toBeGreaterThan(0)
    for (const line of gateway.asked) expect(line).toMatch(/^\/anthropic\/v1\/messages(\/count_tokens)? house\//)
    expect(behind.refusals).toEqual([])
    expect(house.model.requests).toEqual([])

    const entries = await house.server.store.ledger.entries({ repositoryId: repository.id, limit: 100 })
    expect(entries.length).toBeGreaterThan(0)
    for (const { model, usage, usd } of entries) {
      expect(Object.values(names)).toContain(model)
      const { input, cacheWrite, cacheRead, output } = usage
      expect(usd).toBeCloseTo((input + 2 * cacheWrite + 3 * cacheRead + 4 * output) / 1e6, 10)
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
})

it('whose models have no price starts no run, and says which variable is missing', async () => {
  await using house = await openHouse({ reply: finds, environment: { WATCHBILL_MODEL_STANDARD: names.standard } })
  const { repository, number, head } = await openScene(house.github)
  await house.until(() => isReviewed(repository, head))
  expect(house.model.requests).toEqual([])
  expect(repository.pull(number).reviewComments).toEqual([])
  const said = repository
    .checkRuns(head)
    .map(check => check.output.summary ?? '')
    .join('\n')
  expect(said).toContain('The price of "house/usual" is not known')
  expect(said).toContain('WATCHBILL_PRICES')
})
