// A routine's own task with the real program: what it reports, how it ends, and what of GitHub it changes, which is one check.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, say } from '../simulators/model/index.ts'
import { type House, openHouse } from './house.ts'
import { answersIn, base, isVerifier } from './scene.ts'
import { ended, result, routineFrom, startTask } from './tasks.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ reply: () => say('Nobody told me what to say.') })
})
afterAll(() => house[Symbol.asyncDispose]())

const frontOf = (more = '') =>
  `---\ndescription: Looks after prices\nkind: work\non: { schedule: nightly }\n${more}---\nSee whether prices are rounded as the README says.\n`

let repositories = 0
const open = (files: Record<string, string> = base) =>
  house.github.createRepository({ owner: 'acme', name: `till-${++repositories}`, private: true, files })

describe('a task over the repository', () => {
  it('is done when its agent looked and handed in a result: the check is green and says what it would do', async () => {
    const repository = await open()
    house.model.setReply(request => {
      if (answersIn(request) === 0) return call('read', { path: 'src/price.ts' })
      if (answersIn(request) === 1)
        return call(
          'report_result',
          result({
            summary: 'Prices are rounded to the nearest cent.',
            would_do: [
              { action: 'Say so in the README', what: 'Add a sentence on rounding.', why: 'It says nothing of it.' },
            ],
            evidence: [{ path: 'src/price.ts', quote: 'return Math.round(Number(text) * 100)' }],
          }),
        )
      return say('Done.')
    })
    const run = await ended(house, await startTask(house, repository, routineFrom('prices', frontOf())))
    expect(run).toMatchObject({ end: 'done', head: repository.sha(), attempt: 1 })
    const [check, ...others] = repository.checkRuns()
    expect(others).toEqual([])
    expect(check).toMatchObject({ name: 'Watchbill / prices', headSha: repository.sha(), conclusion: 'success' })
    expect(check?.output.title).toBe('Rehearsed: 1 change proposed')
    expect(check?.output.text).toContain('1. **Say so in the README**: Add a sentence on rounding.')
    expect(run.report).toContain('Prices are rounded to the nearest cent.')
    expect(house.github.refusals).toEqual([])
    expect(house.model.refusals).toEqual([])
    expect(isVerifier(house.model.requests[0]!.body)).toBe(false)
  })
})
