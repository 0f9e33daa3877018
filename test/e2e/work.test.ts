// A routine's own task with the real program: how it ends, what it reports, and what of GitHub it changes, which is one check.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, say } from '../simulators/model/index.ts'
import { type House, openHouse } from './house.ts'
import { answersIn, base } from './scene.ts'
import { claim, done, ended, result, routineFrom, startTask, worker, workFile } from './tasks.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ reply: () => say('Nobody told me what to say.') })
})
afterAll(async () => {
  expect(house.github.refusals).toEqual([])
  expect(house.model.refusals).toEqual([])
  await house[Symbol.asyncDispose]()
})

let repositories = 0
const open = (files: Record<string, string> = base) =>
  house.github.createRepository({ owner: 'acme', name: `till-${++repositories}`, private: true, files })
const prices = (more = '') => routineFrom('prices', workFile(more))

describe('a task over the repository', () => {
  it('is done when its agent looked and handed in a result: the check is green and says what it would do', async () => {
    const repository = await open()
    const proposal = {
      action: 'Say so in the README',
      what: 'Add a sentence on rounding.',
      why: 'It says nothing of it.',
    }
    house.model.setReply(
      worker({
        summary: 'Prices are rounded to the nearest cent, cc @everybody.',
        would_do: [proposal],
        evidence: [{ path: 'src/price.ts', quote: 'return Math.round(Number(text) * 100)' }],
      }),
    )
    const run = await done(house, repository, prices())
    expect(run).toMatchObject({ end: 'done', head: repository.sha(), attempt: 1 })
    const [check, ...others] = repository.checkRuns()
    expect(others).toEqual([])
    expect(check).toMatchObject({ name: 'Watchbill / prices', headSha: repository.sha(), conclusion: 'success' })
    expect(check?.output.title).toBe('Rehearsed: 1 change proposed')
    expect(check?.output.text).toContain('1. **Say so in the README**: Add a sentence on rounding.')
    expect(check?.output.text).toContain('- Opened: `src/price.ts`')
    expect(check?.output.text?.split('\n').at(-1)).toMatch(
      /^<!-- watchbill: \{"run":.*"end":"done","conclusion":"success"/,
    )
    // Text of a model can call nobody.
    expect(run.report).toContain('Prices are rounded to the nearest cent, cc `@everybody`.')
    const [occurrence] = await house.server.store.occurrences.ofRun(run.id)
    expect(occurrence).toMatchObject({ verdict: 'ran' })
    expect(occurrence?.because).toContain('The run ended as done')
  })

  it('is green with nothing to do when it looked and there was nothing', async () => {
    const repository = await open()
    house.model.setReply(worker({ did: 'nothing to do', summary: 'The README says nothing of prices.' }))
    expect(await done(house, repository, prices())).toMatchObject({ end: 'nothing to do' })
    expect(repository.checkRuns()).toMatchObject([
      { conclusion: 'success', output: { title: 'Rehearsed: Nothing to do' } },
    ])
  })

  it('failed when no result was handed in, however well its agent ended', async () => {
    const repository = await open()
    house.model.setReply(request =>
      answersIn(request) === 0 ? call('read', { path: 'src/price.ts' }) : say('All good!'),
    )
    const run = await done(house, repository, prices())
    expect(run).toMatchObject({ end: 'failed' })
    expect(run.because).toBe(
      'The task was not done: no agent handed in a result. prices ended without handing in a result.',
    )
    expect(repository.checkRuns()).toMatchObject([{ conclusion: 'neutral' }])
    expect(repository.checkRuns()[0]?.output.title).toBe('Rehearsed: The task was not done')
  })

  it('is done in part when the result came from an agent that looked at nothing', async () => {
    const repository = await open()
    house.model.setReply(request => (answersIn(request) === 0 ? call('report_result', result()) : say('Done.')))
    const run = await done(house, repository, prices())
    expect(run).toMatchObject({ end: 'partial' })
    expect(run.because).toContain('prices ended without looking at its files.')
    expect(repository.checkRuns()).toMatchObject([{ conclusion: 'neutral' }])
    expect(run.report).toContain('Named by agents, and not opened with their tools: `src/price.ts`')
  })

  it('ends over its budget when a call does not fit any more', async () => {
    const repository = await open()
    house.model.setReply(worker())
    const run = await done(house, repository, prices('budget: { usd: 0.0001 }'))
    expect(run).toMatchObject({ end: 'over budget', usd: 0 })
    expect(repository.checkRuns()).toMatchObject([{ conclusion: 'neutral' }])
    expect(repository.checkRuns()[0]?.output.summary).toContain('over the cap of')
  })

  it('is stopped by whoever asks, with its check completed', async () => {
    const repository = await open()
    house.model.setReply(async () => ({ ...say('Late.'), latencyMs: 60_000 }))
    const asked = house.model.requests.length
    const id = await startTask(house, repository, prices())
    await house.until(() => house.model.requests.length > asked)
    await house.server.store.runs.stop(id, { end: 'stopped', because: 'olive said so.' }, new Date().toISOString())
    expect(await ended(house, id)).toMatchObject({ end: 'stopped', because: 'olive said so.' })
    expect(repository.checkRuns()).toMatchObject([{ conclusion: 'cancelled', output: { title: 'Rehearsed: Stopped' } }])
    expect(house.model.inFlight).toBe(0)
  })
})

describe('evidence', () => {
  it('that does not stand where it says is refused, and can be mended', async () => {
    const repository = await open()
    const wrong = result({ evidence: [{ path: 'src/price.ts', quote: 'return Math.floor' }] })
    const nowhere = result({ evidence: [{ path: 'src/none.ts', quote: 'return Math.round' }] })
    const right = result({ evidence: [{ path: 'src/price.ts', quote: 'return Math.round' }] })
    const turns = [
      call('read', { path: 'src/price.ts' }),
      ...[wrong, nowhere, right].map(one => call('report_result', one)),
    ]
    house.model.setReply(request => turns[answersIn(request)] ?? say('Done.'))
    const run = await done(house, repository, prices())
    expect(run.end).toBe('done')
    expect(run.report).toContain('- `src/price.ts`: `return Math.round`')
    expect(run.report).not.toContain('Math.floor')
    const last = JSON.stringify(house.model.requests.at(-1)?.body.messages)
    expect(last).toContain('The evidence from src/price.ts does not stand there; copy it verbatim.')
    expect(last).toContain('There is nothing called src/none.ts to quote')
  })
})

describe('findings of a task', () => {
  it('are verified, stand as annotations on their lines, and make the check neutral, or fail it by the gate', async () => {
    const repository = await open()
    house.model.setReply(worker({}, [claim()]))
    expect(await done(house, repository, prices())).toMatchObject({ end: 'done' })
    const [check] = repository.checkRuns()
    expect(check).toMatchObject({ conclusion: 'neutral', output: { title: 'Rehearsed: 1 medium new' } })
    expect(check?.annotations).toMatchObject([
      { path: 'src/price.ts', start_line: 2, end_line: 2, annotation_level: 'warning' },
    ])
    const gated = await open()
    await done(house, gated, prices('severity: { gate: medium }'))
    expect(gated.checkRuns()).toMatchObject([{ conclusion: 'failure' }])
  })

  it('are new once: the next run says what is known, and what is gone when its lines are', async () => {
    const repository = await open({ ...base, 'src/tax.ts': 'export const tax = 19\n' })
    const other = claim({ file: 'src/tax.ts', quote: 'export const tax = 19', title: 'The tax is out of date' })
    house.model.setReply(worker({}, [claim(), other]))
    await done(house, repository, prices())
    expect(repository.checkRuns()[0]?.annotations).toHaveLength(2)

    await repository.commit({ branch: 'main', files: { 'src/tax.ts': 'export const tax = 20\n' } })
    house.model.setReply(worker({ did: 'nothing to do', summary: 'Nothing new.' }))
    const second = await done(house, repository, prices())
    const [check] = repository.checkRuns(repository.sha())
    expect(check).toMatchObject({ conclusion: 'neutral', annotations: [] })
    expect(check?.output.title).toBe('Rehearsed: Nothing to do; 1 known')
    expect(second.because).toBe('It was looked at, and there was nothing to do that is not known already.')
    expect(check?.output.text).toMatch(/### Known, and still there\n\n.*\n.*\n.*Text that is no number/)
    expect(check?.output.text).toMatch(
      /### Gone since last time\n\n- Medium: The tax is out of date .*Its lines are gone at/,
    )
    const stored = await house.server.store.findings.ofPull(repository.id, 0)
    expect(Object.fromEntries(stored.map(one => [one.title, one.state]))).toEqual({
      'Text that is no number becomes NaN cents': 'open',
      'The tax is out of date': 'fixed',
    })
    // The agents are told, so that they do not spend their time on it again.
    expect(JSON.stringify(house.model.requests.at(-1)?.body.messages)).toContain('Known from earlier runs')

    house.model.setReply(worker({}, [claim()]))
    await repository.commit({ branch: 'main', files: { 'README.md': 'Prices.\n' } })
    await done(house, repository, prices())
    const [third] = repository.checkRuns(repository.sha())
    expect(third).toMatchObject({ annotations: [], output: { title: 'Rehearsed: 1 known' } })
  })
})
