// The main job, end to end: a signed delivery arrives, and one review with inline comments and each routine's check stands on the pull request.
import { describe, expect, it } from 'vitest'
import { call, type Reply, say } from '../simulators/model/index.ts'
import { openHouse } from './house.ts'

const base = {
  'src/price.ts': 'export function cents(text: string): number {\n  return Math.round(Number(text) * 100)\n}\n',
}
const changed = {
  'src/price.ts': 'export function cents(text: string): number {\n  return Math.floor(Number(text) * 100)\n}\n',
}
const quote = '  return Math.floor(Number(text) * 100)'

/** One finder reads the file and reports the planted defect; its verifier confirms it. */
export const finds: Reply = request => {
  const text = JSON.stringify(request.messages)
  const answers = request.messages.filter(message => message.role === 'assistant').length
  if (request.tools?.some(tool => 'name' in tool && tool.name === 'report_verdict')) {
    if (answers > 0) return say('Done.')
    return call('report_verdict', {
      verdict: 'VALID',
      because: '0.29 * 100 is 28.999999999999996, and floor makes 28 of it.',
      cited: [{ path: 'src/price.ts', line: 2, text: quote }],
    })
  }
  if (!/Lens: (generalist|correctness)/.test(text))
    return answers === 0 ? call('read', { path: 'src/price.ts' }) : say('Looked at src/price.ts; nothing.')
  if (answers === 0) return call('read', { path: 'src/price.ts' })
  if (answers === 1)
    return call('report_finding', {
      file: 'src/price.ts',
      quote,
      title: 'Rounding down loses a cent',
      claim: 'cents("0.29") is 28, since 0.29 * 100 is 28.999999999999996.',
      severity: 'high',
      confidence: 'high',
      origin: 'introduced',
      category: 'correctness',
      fix: 'Use Math.round.',
    })
  return say('Looked at src/price.ts.')
}

describe('a pull request is opened', () => {
  it('one review with an inline comment and a check for each routine stand on it', async () => {
    await using house = await openHouse({ reply: finds })
    const repository = await house.github.createRepository({ owner: 'acme', name: 'shop', private: true, files: base })
    await repository.commit({ branch: 'feature', files: changed })
    const { number } = await repository.openPull({ head: 'feature', title: 'Floor the price' })
    await house.github.waitFor(
      () => repository.checkRuns().filter(check => check.status === 'completed').length === 2,
      25_000,
    )

    const pull = repository.pull(number)
    expect(pull.reviews).toHaveLength(1)
    expect(pull.reviewComments).toHaveLength(1)
    expect(pull.reviewComments[0]).toMatchObject({ path: 'src/price.ts', line: 2, side: 'RIGHT' })
    expect(pull.reviewComments[0]?.body).toContain('Rounding down loses a cent')
    expect(pull.reviews[0]?.body).toMatch(/rehearsed/i)
    const checks = repository.checkRuns()
    expect(checks.map(check => [check.name, check.conclusion]).sort()).toEqual([
      ['Watchbill / code-review', 'neutral'],
      ['Watchbill / security-review', 'neutral'],
    ])
    expect(house.github.refusals).toEqual([])
    expect(house.model.refusals).toEqual([])
  })
})
