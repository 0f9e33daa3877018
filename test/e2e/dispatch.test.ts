// Who starts what, and what everybody is told: each event meets each routine, and leaves a sentence.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { SimulatedRepository } from '../simulators/github/index.ts'
import { type House, openHouse } from './house.ts'
import { conclusions, findsNothing, isReviewed, openScene } from './scene.ts'

// Patient, since the machine may be busy; undisturbed, each takes a second or two.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

let house: House
beforeAll(async () => {
  house = await openHouse({ reply: findsNothing })
})
afterAll(() => house[Symbol.asyncDispose]())

const seen = (repository: SimulatedRepository) =>
  house.server.store.occurrences.list({ repositoryId: repository.id, limit: 100 })
const runs = (repository: SimulatedRepository) =>
  house.server.store.runs.list({ repositoryId: repository.id, limit: 100 })

/** The latest delivery of this event about the repository, once the program has answered it. */
async function answered(repository: SimulatedRepository, event: string, action?: string) {
  return house.until(async () => {
    const sent = house.github.deliveries.findLast(
      delivery =>
        delivery.event === event &&
        delivery.payload.repository?.id === repository.id &&
        (action === undefined || delivery.action === action),
    )
    const stored = sent && (await house.server.store.deliveries.get(sent.id))
    if (!stored || stored.status === 'stored') return undefined
    return { ...stored, occurrences: await house.server.store.occurrences.ofEvent(stored.id) }
  })
}

/** Nothing was started, both routines say the same thing, and it stands on a skipped check for each. */
async function expectSkipped(repository: SimulatedRepository, head: string, sentence: RegExp, verdict = 'refused') {
  const { occurrences } = await answered(repository, 'pull_request')
  expect(occurrences.map(one => [one.routine, one.verdict])).toEqual([
    ['code-review', verdict],
    ['security-review', verdict],
  ])
  for (const one of occurrences) expect(one.because).toMatch(sentence)
  await house.until(() => isReviewed(repository, head))
  expect(conclusions(repository.checkRuns(head))).toEqual({ 'code-review': 'skipped', 'security-review': 'skipped' })
  for (const check of repository.checkRuns(head)) expect(check.output.summary).toMatch(sentence)
  expect(await runs(repository)).toEqual([])
}

describe('a pull request that no review follows', () => {
  it('a draft is skipped, and reviewed once it is ready', async () => {
    const { repository, number, head } = await openScene(house.github, { pull: { draft: true } })
    await expectSkipped(repository, head, /draft: the pull request is a draft/, 'skipped')
    await repository.setDraft(number, false)
    await house.until(async () => (await runs(repository))[0]?.end === 'done')
    expect(repository.checkRuns(head)).toHaveLength(4)
  })

  it('of a dependency bot, which only counts when GitHub says that it is one', async () => {
    house.github.createUser('dependabot[bot]', { type: 'Bot' })
    const { repository, head } = await openScene(house.github, { pull: { author: 'dependabot[bot]' } })
    await expectSkipped(repository, head, /updates dependencies/)
  })

  it('of a coding agent is reviewed: a bot may write what people merge', async () => {
    house.github.createUser('coder[bot]', { type: 'Bot' })
    const { repository, head } = await openScene(house.github, { pull: { author: 'coder[bot]' } })
    await house.until(() => isReviewed(repository, head))
    expect(conclusions(repository.checkRuns(head))).toEqual({ 'code-review': 'success', 'security-review': 'success' })
  })

  it('from a fork, of somebody without write permission, in a public repository: until a maintainer asks', async () => {
    const files = { 'src/price.ts': 'export const cents = 1\n' }
    const repository = await house.github.createRepository({ owner: 'acme', name: 'open', private: false, files })
    const fork = await house.github.createRepository({
      owner: 'stranger',
      name: 'open',
      private: false,
      fork: { owner: 'acme', name: 'open' },
    })
    const head = await fork.commit({ branch: 'feature', files: { 'src/price.ts': 'export const cents = 2\n' } })
    repository.setCollaborator('maria', 'maintain')
    const { number } = await repository.openPull({
      head: 'feature',
      author: 'stranger',
      fork: { owner: 'stranger', name: 'open' },
    })
    await expectSkipped(repository, head, /public and stranger has no write permission/)

    repository.comment(number, '@watchbill review', 'stranger')
    expect((await answered(repository, 'issue_comment')).because).toMatch(/stranger asked for "review" without write/)
    expect(await runs(repository)).toEqual([])
    repository.comment(number, '@watchbill review', 'maria')
    await house.until(async () => (await runs(repository))[0]?.end === 'done')
    expect(repository.checkRuns(head)).toHaveLength(4)

    const [old] = repository.checkRuns(head)
    repository.requestCheckRerun(old!.id, 'maria')
    await house.until(async () => (await runs(repository)).filter(run => run.end === 'done').length === 2)
  })

  it('from a fork, until a maintainer presses "Re-run all checks", which names neither the pull nor a check', async () => {
    const files = { 'src/price.ts': 'export const cents = 1\n' }
    const of = { owner: 'acme', name: 'suites' }
    const repository = await house.github.createRepository({ ...of, private: false, files })
    const fork = await house.github.createRepository({ owner: 'passer-by', name: 'suites', private: false, fork: of })
    const head = await fork.commit({ branch: 'feature', files: { 'src/price.ts': 'export const cents = 2\n' } })
    repository.setCollaborator('maria', 'maintain')
    const from = { owner: 'passer-by', name: 'suites' }
    const { number } = await repository.openPull({ head: 'feature', author: 'passer-by', fork: from })
    await expectSkipped(repository, head, /public and passer-by has no write permission/)

    repository.requestSuiteRerun(head, 'maria')
    const pressed = await answered(repository, 'check_suite', 'rerequested')
    expect(pressed.payload).toMatchObject({ check_suite: { pull_requests: [], head_sha: head } })
    expect(pressed.occurrences.map(one => [one.verdict, one.number])).toEqual([
      ['queued', number],
      ['queued', number],
    ])
    await house.until(async () => (await runs(repository))[0]?.end === 'done')
    // By now a run is on record too, and stands for the pull as well as the skipped checks did.
    repository.requestSuiteRerun(head, 'maria')
    await house.until(async () => (await runs(repository)).filter(run => run.end === 'done').length === 2)

    repository.requestSuiteRerun(repository.sha(), 'maria')
    const elsewhere = await house.until(async () => {
      const last = await answered(repository, 'check_suite', 'rerequested')
      return JSON.stringify(last.payload).includes(head) ? undefined : last
    })
    expect(elsewhere.occurrences.filter(one => one.verdict !== 'skipped')).toEqual([])
    expect(await runs(repository)).toHaveLength(2)
  })

  it('with paths that a filter does not take, in its own words', async () => {
    const { repository, head } = await openScene(house.github, {
      files: {
        '.github/routines/code-review.md': [
          '---',
          'description: only documents',
          'extends: code-review',
          'on:',
          '  pull_request: { paths: ["docs/**"] }',
          '---',
          'Read documents.',
        ].join('\n'),
      },
    })
    await house.until(() => isReviewed(repository, head))
    expect(conclusions(repository.checkRuns(head))).toEqual({ 'code-review': 'skipped', 'security-review': 'success' })
    const { occurrences } = await answered(repository, 'pull_request')
    expect(Object.fromEntries(occurrences.map(one => [one.routine, one.because]))['code-review']).toBe(
      'paths: the one changed file does not match docs/**.',
    )
  })
})

describe('labels and words', () => {
  it('a label starts the routine it belongs to and is taken off; the other says why it did not run', async () => {
    const { repository, number } = await openScene(house.github, { pull: { draft: true } })
    await answered(repository, 'pull_request')
    repository.setCollaborator('wendy', 'write')
    await repository.label(number, 'needs-review', 'wendy')
    // Told after the run has its end.
    const { occurrences } = await house.until(async () => {
      const told = await answered(repository, 'pull_request', 'labeled')
      return told.occurrences.some(one => one.verdict === 'ran') && told
    })
    const said = Object.fromEntries(occurrences.map(one => [one.routine, [one.verdict, one.because]]))
    expect(said['code-review']).toEqual(['ran', expect.stringContaining('The label "needs-review" was set.')])
    expect(said['security-review']).toEqual([
      'skipped',
      expect.stringContaining('The label set is "needs-review", not "needs-security-review".'),
    ])
    expect((await runs(repository))[0]?.routines.map(part => part.routine.name)).toEqual(['code-review'])
    expect(repository.pull(number).labels).toEqual([])
  })

  it('`@watchbill review` reviews a commit again, with 👀; without write permission it gets 👎', async () => {
    const { repository, number, head } = await openScene(house.github)
    await house.until(() => isReviewed(repository, head))
    repository.setCollaborator('wendy', 'write')
    repository.setCollaborator('rita', 'read')
    const denied = repository.comment(number, '@watchbill review', 'rita')
    await answered(repository, 'issue_comment')
    expect(denied.reactions.map(reaction => reaction.content)).toEqual(['-1'])
    expect(await runs(repository)).toHaveLength(1)

    const asked = repository.comment(number, '@watchbill review please', 'wendy')
    await house.until(async () => (await runs(repository)).filter(run => run.end === 'done').length === 2)
    expect(asked.reactions.map(reaction => reaction.content)).toEqual(['eyes'])
    expect(repository.checkRuns(head)).toHaveLength(4)
  })

  it('`@watchbill stop` ends what runs, and says so when nothing does', async () => {
    let hang = true
    house.model.setReply((request, context) => {
      const reply = findsNothing(request, context)
      return hang && !(reply instanceof Promise) ? { ...reply, latencyMs: 60_000 } : reply
    })
    const calls = house.model.requests.length
    const { repository, number, head } = await openScene(house.github)
    repository.setCollaborator('wendy', 'write')
    await house.until(() => house.model.requests.length > calls)
    repository.comment(number, '@watchbill stop', 'wendy')
    await house.until(() => isReviewed(repository, head))
    hang = false
    expect(conclusions(repository.checkRuns(head))).toEqual({
      'code-review': 'cancelled',
      'security-review': 'cancelled',
    })
    expect(repository.checkRuns(head)[0]?.output.summary).toContain('Stopped by wendy.')
    await house.until(async () => (await runs(repository))[0]?.status === 'ended')
    repository.comment(number, '@watchbill stop', 'wendy')
    await house.until(() =>
      repository.pull(number).issueComments.some(comment => /Nothing is under way/.test(comment.body)),
    )
  })
})

describe('words and labels on a draft, none of which starts anything', () => {
  let repository: SimulatedRepository
  let number: number
  beforeAll(async () => {
    ;({ repository, number } = await openScene(house.github, { pull: { draft: true } }))
    await answered(repository, 'pull_request')
    repository.setCollaborator('wendy', 'write')
    repository.setCollaborator('rita', 'read')
  })
  const ours = () => repository.pull(number).issueComments.filter(comment => comment.byApp)

  it('a label set by somebody who may only read starts nothing and stays', async () => {
    await repository.label(number, 'needs-review', 'rita')
    const { occurrences } = await answered(repository, 'pull_request', 'labeled')
    expect(occurrences.find(one => one.routine === 'code-review')).toMatchObject({
      verdict: 'refused',
      because: 'rita has no write permission on the repository.',
    })
    expect(repository.pull(number).labels).toEqual(['needs-review'])
    expect(await runs(repository)).toEqual([])
  })

  it('permission is what GitHub says when asked, not what the payload claims', async () => {
    repository.comment(number, 'a word to copy', 'mallory')
    await house.dispatched()
    const payload = structuredClone(house.github.deliveries.findLast(one => one.event === 'issue_comment')!.payload)
    payload.comment.body = '@watchbill review'
    payload.comment.author_association = 'OWNER'
    payload.sender = { ...payload.sender, site_admin: true }
    const { id } = await house.github.deliver('issue_comment', payload)
    const delivery = await house.until(async () => {
      const stored = await house.server.store.deliveries.get(id)
      return stored?.status === 'ignored' ? stored : undefined
    })
    expect(delivery.because).toMatch(/mallory asked for "review" without write permission/)
  })

  it('an unknown word is answered once with the nearest known one, even when delivered twice', async () => {
    const before = ours().length
    repository.comment(number, '@watchbill revue', 'wendy')
    const sent = house.github.deliveries.findLast(one => one.event === 'issue_comment')!
    await house.until(async () => (await house.server.store.deliveries.get(sent.id))?.status === 'ignored')
    expect((await house.github.redeliver(sent)).status).toBe(200)
    const replies = ours().slice(before)
    expect(replies).toHaveLength(1)
    expect(replies[0]?.body).toContain('Did you mean `@watchbill review`?')
    await house.dispatched()
    expect((await house.server.store.deliveries.get(sent.id))?.because).toMatch(/starts no run/)
  })

  it('talk is not answered but by a puzzled look, nor are the slips of those who could give no command', async () => {
    const before = ours()
    const thanks = repository.comment(number, '@watchbill thanks a lot', 'wendy')
    const slip = repository.comment(number, '@watchbill revue', 'rita')
    await house.dispatched()
    const [puzzled, ignored] = [thanks, slip].map(({ reactions }) => reactions.map(({ content }) => content))
    expect({ puzzled, ignored }).toEqual({ puzzled: ['confused'], ignored: [] })
    expect(ours()).toEqual(before)
  })

  it('words in quotes, in code, in the middle, or to somebody else are no commands', async () => {
    const before = ours()
    for (const body of ['> @watchbill review', '`@watchbill review`', 'please @watchbill review', '@watchbills review'])
      repository.comment(number, body, 'wendy')
    await house.dispatched()
    expect(await runs(repository)).toEqual([])
    expect(ours()).toEqual(before)
  })

  it('bots give no commands, and what the app itself did is ignored', async () => {
    house.github.createUser('helper[bot]', { type: 'Bot' })
    repository.setCollaborator('helper[bot]', 'admin')
    repository.comment(number, '@watchbill review', 'helper[bot]')
    await house.dispatched()
    expect((await answered(repository, 'issue_comment')).because).toBe('Bots give no commands.')
    repository.comment(number, '@watchbill review', `${house.github.app.slug}[bot]`)
    await house.until(
      async () => (await answered(repository, 'issue_comment')).because === 'Caused by this app itself.',
    )
    expect(await runs(repository)).toEqual([])
  })
})

describe('a pull request that was closed', () => {
  it('is reviewed to its end by a review that answers the close', async () => {
    const { repository, number, head } = await openScene(house.github, {
      pull: { draft: true },
      files: {
        '.github/routines/late.md':
          '---\ndescription: Once more\non: { pull_request: { types: [closed], draft: true } }\n---\nLook.\n',
      },
    })
    await answered(repository, 'pull_request')
    await repository.closePull(number)
    await house.until(async () => (await runs(repository))[0]?.status === 'ended')
    expect((await runs(repository))[0]).toMatchObject({ end: 'done', head })
    const late = repository.checkRuns(head).filter(check => check.name === 'Watchbill / late')
    expect(late.at(-1)).toMatchObject({ status: 'completed', conclusion: 'success' })
  })
})

describe('buttons on a check', () => {
  it('Re-run and "Review again" review the commit once more, each on a check of its own', async () => {
    const { repository, head } = await openScene(house.github)
    await house.until(() => isReviewed(repository, head))
    repository.setCollaborator('wendy', 'write')
    const [check] = repository.checkRuns(head)
    repository.requestCheckRerun(check!.id, 'wendy')
    await house.until(async () => (await runs(repository)).filter(run => run.end === 'done').length === 2)
    repository.clickCheckButton(check!.id, 'review', 'wendy')
    await house.until(async () => (await runs(repository)).filter(run => run.end === 'done').length === 3)
    expect(repository.checkRuns(head)).toHaveLength(6)
  })
})

describe('configuration', () => {
  it('a broken routine file is told on the checks, its own does not pass, and the others run', async () => {
    const { repository, head } = await openScene(house.github, {
      files: { '.github/routines/docs.md': '---\ndescription: x\non: { pull_requests: {} }\n---\nRead.\n' },
    })
    await house.until(() => repository.checkRuns(head).filter(check => check.status === 'completed').length === 3)
    expect(conclusions(repository.checkRuns(head))).toEqual({
      'code-review': 'success',
      'security-review': 'success',
      docs: 'action_required',
    })
    for (const check of repository.checkRuns(head))
      expect(`${check.output.summary}\n${check.output.text}`).toContain('unknown key `pull_requests`; did you mean')
  })
})

describe('what starts nothing on a pull request that was reviewed', () => {
  let repository: SimulatedRepository
  let number: number
  let head: string
  beforeAll(async () => {
    ;({ repository, number, head } = await openScene(house.github))
    await house.until(() => isReviewed(repository, head))
    repository.setCollaborator('wendy', 'write')
    repository.setCollaborator('rita', 'read')
  })

  it('pressed by somebody who may only read, Re-run starts nothing', async () => {
    repository.requestCheckRerun(repository.checkRuns(head)[0]!.id, 'rita')
    const { occurrences } = await answered(repository, 'check_run', 'rerequested')
    expect(occurrences.map(one => [one.verdict, one.because])).toEqual([
      ['refused', 'rita has no write permission on the repository.'],
      ['refused', 'rita has no write permission on the repository.'],
    ])
    expect(await runs(repository)).toHaveLength(1)
  })

  it('every routine has an occurrence with a sentence for every event that is about a pull', async () => {
    await repository.updatePull(number, { title: 'Another title' })
    const { occurrences } = await answered(repository, 'pull_request', 'edited')
    expect(occurrences.map(one => [one.routine, one.verdict])).toEqual([
      ['code-review', 'skipped'],
      ['security-review', 'skipped'],
    ])
    for (const one of await seen(repository)) expect(one.because).toMatch(/^\S.*[.!?]$/s)
    expect(repository.checkRuns(head)).toHaveLength(2)
  })
})
