// A finding over three pushes: found, mended, back again; each time the pull and the store say the same, and people see it.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { StoredFinding } from '../../src/domain/store.ts'
import { usualPermissions } from '../simulators/github/app.ts'
import { call, type Reply, say } from '../simulators/model/index.ts'
import { type House, openHouse } from './house.ts'
import { answersIn, base, isReviewed, isVerifier, openScene } from './scene.ts'

// Patient, since the machine may be busy; undisturbed, each takes a second or two.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

const floor = '  return Math.floor(Number(text) * 100)'
const name = 'const rounded_value = 1'
const faulty = (before = '') => `${before}export function cents(text: string): number {\n${floor}\n}\n${name}\n`

const defects = [
  { quote: floor, title: 'Rounding down loses a cent', severity: 'high' },
  { quote: name, title: 'The name breaks the rule on names', severity: 'low' },
]

/** Reports what the diff has of the two; verifiers confirm both. */
const reviewer: Reply = request => {
  const answers = answersIn(request)
  const said = JSON.stringify(request.messages)
  if (isVerifier(request)) {
    const about = defects.find(({ title }) => said.includes(title))!
    if (answers > 0) return say('Done.')
    if (!said.includes(`  ${about.quote}`)) {
      const cited = [{ path: 'src/price.ts', text: '  return Math.round(Number(text) * 100)' }]
      return call('report_verdict', { verdict: 'INVALID', because: 'The line is gone.', cited })
    }
    const cited = [{ path: 'src/price.ts', text: about.quote }]
    return call('report_verdict', { verdict: 'VALID', because: 'It is as the claim says.', cited })
  }
  if (answers === 0) return call('read', { path: 'src/price.ts' })
  const present = defects.filter(({ quote }) => said.includes(`+ ${quote}`))
  const next = present[answers - 1]
  if (!next) return say('Looked at src/price.ts.')
  return call('report_finding', {
    ...next,
    file: 'src/price.ts',
    claim: `${next.title}, whatever the input is.`,
    confidence: 'high',
    origin: 'introduced',
  })
}

let house: House
beforeAll(async () => {
  house = await openHouse({ reply: reviewer })
})
afterAll(() => house[Symbol.asyncDispose]())

it('is marked as fixed wherever it stood, and said anew where people look when it comes back', async () => {
  const { repository, number, head } = await openScene(house.github, { change: { 'src/price.ts': faulty() } })
  house.github.setPermissions('acme', { ...usualPermissions, contents: 'write' })
  const states = async () => {
    const all: StoredFinding[] = await house.server.store.findings.ofPull(repository.id, number)
    return Object.fromEntries(all.map(one => [one.severity, `${one.state}: ${one.stateBecause}`]))
  }
  const reviewed = async (sha: string) => {
    await house.until(() => isReviewed(repository, sha))
    await house.until(
      async () => (await house.server.store.runs.list({ repositoryId: repository.id, limit: 1 }))[0]?.endedAt,
    )
  }
  const push = async (text: string) => {
    const sha = await repository.commit({ branch: 'feature', files: { 'src/price.ts': text } })
    await reviewed(sha)
    return sha.slice(0, 7)
  }
  const pull = () => repository.pull(number)

  await reviewed(head)
  const [first] = pull().reviewComments
  expect(pull().reviewComments).toHaveLength(1)
  expect(first?.body).toContain('Rounding down loses a cent')
  expect(pull().reviews[0]?.body).toContain('The name breaks the rule on names')
  expect(await states()).toEqual({ high: 'open: It was found.', low: 'open: It was found.' })

  const fixed = await push(`${base['src/price.ts']}// done\n`)
  expect(first?.body).toMatch(new RegExp(`^\\*\\*Fixed in \`${fixed}\`\\.\\*\\*`))
  expect(pull().resolvedThreads.has(first!.id)).toBe(true)
  expect(await states()).toEqual({
    high: `fixed: Its lines are not there any more at ${fixed}. The line is gone.`,
    low: `fixed: Its lines are not there any more at ${fixed}. The line is gone.`,
  })

  const back = await push(faulty('// more\n'))
  const [, second, ...others] = pull().reviewComments
  expect(others).toEqual([])
  expect(second).toMatchObject({ path: 'src/price.ts', line: 3 })
  expect(second?.body).toContain(`Marked as fixed earlier, came back in \`${back}\``)
  expect(pull().resolvedThreads.has(second!.id)).toBe(false)
  expect(first?.body).toContain(`It came back in \`${back}\`, and is said again there.`)
  expect(pull().reviews.at(-1)?.body).toMatch(new RegExp(`The name breaks the rule on names.*came back in \`${back}\``))
  expect(await states()).toEqual({ high: `open: It came back in ${back}.`, low: `open: It came back in ${back}.` })

  const reviews = pull().reviews.length
  await push(faulty('// and more\n'))
  expect(pull().reviewComments).toHaveLength(2)
  expect(pull().reviews).toHaveLength(reviews)
  expect(house.github.refusals).toEqual([])
})
