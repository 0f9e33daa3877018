// What a review's routine says beside its triggers: the language of comments, and agents and floors of folders.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, say } from '../simulators/model/index.ts'
import { type House, openHouse } from './house.ts'
import { answersIn, base, isVerifier } from './scene.ts'
import { claim, confirms, toldIn } from './tasks.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ reply: () => say('Nobody told me what to say.') })
})
afterAll(async () => {
  expect(house.github.refusals).toEqual([])
  expect(house.model.refusals).toEqual([])
  await house[Symbol.asyncDispose]()
})

const settings = 'disable: [code-review, security-review]\nlanguage: Français\n'
const routine = `---
description: Looks at each part with its own eyes
on: { pull_request: {} }
agents: [correctness]
language: Deutsch
paths:
  "pay/**": { agents: [security] }
  "docs/**": { floor: high }
---
Look.
`

describe('a review of a monorepo', () => {
  it('sends each folder its agents, shows each file above its floor, and is written in its language', async () => {
    const repository = await house.github.createRepository({
      ...{ owner: 'acme', name: 'mono', private: true },
      files: { ...base, '.github/watchbill.yml': settings, '.github/routines/mono.md': routine },
    })
    const line = (path: string) => `export const of = '${path}' // ${'x'.repeat(20)}`
    const paths = ['src/new.ts', 'pay/new.ts', 'docs/new.ts']
    // Seen by whoever covers the file, and reported there: a defect of medium weight in each.
    house.model.setReply(request => {
      if (isVerifier(request)) return confirms(request)
      const own = paths.filter(path => toldIn(request).split('## Files to cover')[1]?.includes(`- ${path}`))
      const turns = own.flatMap(path => [
        call('read', { path }),
        call(
          'report_finding',
          claim({ file: path, quote: line(path), title: `Wrong in ${path}`, origin: 'introduced' }),
        ),
      ])
      return turns[answersIn(request)] ?? say('Done.')
    })
    const head = await repository.commit({
      branch: 'feature',
      files: Object.fromEntries(paths.map(path => [path, `${line(path)}\n`])),
    })
    await repository.openPull({ head: 'feature' })
    const check = () => repository.checkRuns(head).find(one => one.name === 'Watchbill / mono')
    await house.until(() => check()?.status === 'completed')

    const first = house.model.requests.filter(one => answersIn(one.body) === 0).map(one => toldIn(one.body))
    const covering = (lens: string) =>
      first.filter(text => text.includes(`Lens: ${lens}\n`)).map(text => text.split('## Files to cover')[1])
    expect(covering('correctness')).toEqual([expect.stringMatching(/- docs\/new\.ts\n- src\/new\.ts$/)])
    expect(covering('security')).toEqual([expect.stringMatching(/:?\n\n- pay\/new\.ts$/)])
    for (const text of first) expect(text).toContain('in Deutsch.')
    expect(first.some(text => text.includes('Français'))).toBe(false)

    const comments = repository.pull(1).reviewComments.map(comment => comment.path)
    expect(comments.sort()).toEqual(['pay/new.ts', 'src/new.ts'])
    expect(check()).toMatchObject({ conclusion: 'neutral' })
    const [run] = await house.server.store.runs.list({ repositoryId: repository.id, limit: 1 })
    const findings = await house.server.store.findings.ofRun(run!.id)
    expect(findings.find(one => one.file === 'docs/new.ts')?.verdict.because).toBe(
      'Below the floor of the routines that reported it.',
    )
  })
})
