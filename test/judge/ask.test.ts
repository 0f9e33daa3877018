// What a verifier's failure is, and what is not: the one leaves a claim unverified, the other is thrown, and stops the rest.
import { describe, expect, test } from 'vitest'
import type { Journal, Model } from '../../src/domain/conversation.ts'
import { Problem } from '../../src/domain/problem.ts'
import type { Checkout } from '../../src/domain/workspace.ts'
import { judge } from '../../src/judge/index.ts'
import { rememberInProcess } from '../../src/runs/journal.ts'
import { checkoutOf, findingOf } from './findings.ts'
import { judging, longText } from './judging.ts'

const silent: Model = {
  converse: async () => ({ end: 'done', because: 'The agent finished.', turns: 1, text: '', usd: 0 }),
}
const bug = new TypeError('x is not a function')

function run(more: Partial<Parameters<typeof judge>[0]> = {}) {
  return judge(
    judging({
      findings: [findingOf('a-f1')],
      model: silent,
      ...more,
    }),
  )
}

const reading = (fails: (path: string) => unknown): Checkout => ({
  ...checkoutOf({}),
  file: async path => {
    const thrown = fails(path)
    if (thrown) throw thrown
    return path === 'src/a.ts' ? longText : undefined
  },
})

describe('a claim is left unverified', () => {
  test.each([
    ['throws a mistake', bug],
    ['says that its money is spent', new Problem('over_budget', 'Too dear.')],
    ['was stopped', new Problem('stopped', 'Stopped.')],
  ])('when the model %s', async (_, thrown) => {
    const [one] = await run({ model: { converse: () => Promise.reject(thrown) } })
    expect(one?.verification).toMatchObject({
      state: 'unverified',
      because: expect.stringContaining('gave no verdict'),
    })
  })

  test('not for a path that an agent made up: it is asked about all the same', async () => {
    const refusing = reading(path =>
      path === '../etc/passwd' ? new Problem('bad_input', 'A path does not lead out of the repository.') : undefined,
    )
    let asked = 0
    const model: Model = {
      converse: conversation => {
        asked++
        return silent.converse(conversation)
      },
    }
    const claims = [findingOf('a-f1', { file: '../etc/passwd', quote: 'root:x:0:0' })]
    expect(await run({ findings: claims, checkout: refusing, model })).toHaveLength(1)
    expect(asked).toBe(1)
  })
})

describe('what is no model’s failure is thrown', () => {
  const problems = (['lost', 'unavailable', 'conflict'] as const).map(code => new Problem(code, 'x'))

  test.each(problems)('$code, from within the conversation', async problem => {
    await expect(run({ model: { converse: () => Promise.reject(problem) } })).rejects.toBe(problem)
  })

  test.each([...problems, bug])('%s, from turns that can not be read', async thrown => {
    const journal = (name: string): Journal => ({
      ...rememberInProcess().journal(name),
      stored: () => Promise.reject(thrown),
    })
    await expect(run({ journal })).rejects.toBe(thrown)
  })

  test.each([...problems, new Problem('internal', 'git failed.'), bug])('%s, from the checkout', async thrown => {
    const checkout = reading(() => thrown)
    await expect(run({ checkout })).rejects.toBe(thrown)
  })

  test('by a panel of three too, and the other claims’ verifiers are stopped first', async () => {
    const [lost] = problems
    let stopped = 0
    const model: Model = {
      async converse({ name, signal }) {
        if (name === 'panel impact security-f1') throw lost
        if (!signal.aborted) await new Promise<void>(resolve => signal.addEventListener('abort', () => resolve()))
        stopped++
        return { end: 'stopped', because: 'Stopped.', turns: 0, text: '', usd: 0 }
      },
    }
    const findings = [
      findingOf('a-f1', { quote: 'const value9 = 9' }),
      findingOf('security-f1', { security: true, routines: ['security-review'] }),
    ]
    await expect(run({ findings, model })).rejects.toBe(lost)
    expect(stopped).toBe(3)
  })
})
