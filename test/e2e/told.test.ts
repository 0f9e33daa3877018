// What each routine of a shared run is told: its own part, with the counts that its check shows.
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { call, type Reply, say } from '../simulators/model/index.ts'
import { type House, openHouse } from './house.ts'
import { answersIn, conclusions, finds, isReviewed, isVerifier, longer, openScene, quote } from './scene.ts'

// Patient, since the machine may be busy; undisturbed, each takes a second or two.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

/** The security agent makes a claim that nobody settles; the others find nothing, unless `finds` does. */
const unsettled =
  (others: Reply): Reply =>
  (request, context) => {
    const said = JSON.stringify(request.messages)
    if (isVerifier(request)) return said.includes('An open door') ? say('I can not tell.') : others(request, context)
    if (!/Lens: security/.test(said)) return others(request, context)
    if (answersIn(request) !== 1) return finds(request, context)
    return call('report_finding', {
      file: 'src/price.ts',
      quote,
      title: 'An open door',
      claim: 'Anybody may ask for a price.',
      severity: 'medium',
      confidence: 'low',
      origin: 'introduced',
      category: 'security',
    })
  }
const nothing: Reply = request =>
  answersIn(request) === 0 ? call('read', { path: 'src/price.ts' }) : say('Looked at src/price.ts.')

let house: House
beforeAll(async () => {
  house = await openHouse({ reply: nothing })
})
afterAll(() => house[Symbol.asyncDispose]())

/** Runs that earlier tests looked at. */
const seen = new Set<unknown>()

async function reviewed(reply: Reply) {
  house.model.setReply(reply)
  const { repository, head, number } = await openScene(house.github, { change: longer })
  await house.until(() => isReviewed(repository, head))
  const ended = await house.until(() =>
    house.lines.find(line => 'run' in line && 'end' in line && !('agent' in line) && !seen.has(line.run)),
  )
  seen.add(ended.run)
  const run = (await house.server.store.runs.get(String(ended.run)))!
  const occurrences = await house.server.store.occurrences.ofRun(run.id)
  const of = (name: string) => occurrences.find(one => one.routine === name)!.because
  const check = (name: string) => repository.checkRuns(head).find(one => one.name === `Watchbill / ${name}`)!.output
  return { repository, head, number, run, of, check }
}

it('a claim that nobody settles counts for the routine whose agent made it, and for the run', async () => {
  const { repository, head, run, of, check } = await reviewed(unsettled(nothing))
  expect(conclusions(repository.checkRuns(head))).toEqual({ 'code-review': 'success', 'security-review': 'neutral' })
  expect(check('code-review').title).toBe('Rehearsed: Nothing at or above nit')
  expect(check('code-review').summary).not.toContain('could not be verified')
  expect(check('security-review').title).toBe('Rehearsed: Not everything was looked at')
  expect(check('security-review').summary).toContain('1 claim could not be verified.')
  expect(of('code-review')).toContain('The run ended as done: 0 findings stand; every file to look at was looked at.')
  expect(of('security-review')).toContain('The run ended as partial: 0 findings stand, but not everything')
  expect(run).toMatchObject({ end: 'partial', because: expect.stringContaining('1 claim could not be verified.') })
})

it('a finding of one routine is none of the other, in the occurrence as on the check', async () => {
  const { run, of, check } = await reviewed(finds)
  expect(run.because).toContain('1 finding stands')
  expect(of('code-review')).toContain('The run ended as done: 1 finding stands;')
  expect(check('code-review').title).toContain('1 high')
  expect(of('security-review')).toContain('The run ended as done: 0 findings stand;')
  expect(check('security-review').title).toContain('Nothing at or above')
})

it('who starts a routine by a comment is told its end there, with a link to its check, and only once', async () => {
  const { repository, head, number } = await reviewed(nothing)
  repository.setCollaborator('wendy', 'write')
  repository.comment(number, '@watchbill run security-review', 'wendy')
  const answers = () => repository.pull(number).issueComments.filter(one => one.byApp)
  const answer = await house.until(() => answers().find(one => one.body.includes('has ended as')))
  const check = repository.checkRuns(head).findLast(one => one.name === 'Watchbill / security-review')!
  expect(answer.body).toContain('`security-review` has ended as done: 0 findings stand;')
  expect(answer.body).toContain(`[Its check](${house.github.url}/acme/${repository.name}/runs/${check.id})`)
  const [run] = await house.server.store.runs.list({ repositoryId: repository.id, limit: 1 })
  expect(answer.body).toContain(`watchbill explain ${run!.id}`)
  await house.until(() => house.lines.some(line => line.run === run!.id && 'end' in line && !('agent' in line)))
  expect(answers()).toHaveLength(1)
  expect((await house.server.store.effects.ofRun(run!.id)).filter(one => one.kind === 'answer')).toEqual([
    expect.objectContaining({ receipt: {} }),
  ])
})
