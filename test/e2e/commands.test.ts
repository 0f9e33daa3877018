// Commands in comments: each does what its word says, for those who may, and answers where it was given.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { SimulatedRepository } from '../simulators/github/index.ts'
import { type House, openHouse } from './house.ts'
import { changed, finds, isReviewed, openScene, quote } from './scene.ts'

// Patient, since the machine may be busy; undisturbed, each takes a second or two.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

let house: House
beforeAll(async () => {
  house = await openHouse({ reply: finds })
})
afterAll(() => house[Symbol.asyncDispose]())

const runs = (repository: SimulatedRepository) =>
  house.server.store.runs.list({ repositoryId: repository.id, limit: 100 })
const ours = (repository: SimulatedRepository, number: number) =>
  repository.pull(number).issueComments.filter(comment => comment.byApp)

/** A pull that was reviewed, and somebody who may write. */
async function reviewed() {
  const scene = await openScene(house.github)
  scene.repository.setCollaborator('wendy', 'write')
  scene.repository.setCollaborator('rita', 'read')
  await house.until(() => isReviewed(scene.repository, scene.head))
  await house.until(async () => (await runs(scene.repository))[0]?.status === 'ended')
  return scene
}

async function say(repository: SimulatedRepository, number: number, body: string, by = 'wendy') {
  const comment = repository.comment(number, body, by)
  await house.dispatched()
  return comment
}

describe('words about what was reviewed', () => {
  let repository: SimulatedRepository
  let number: number
  beforeAll(async () => {
    ;({ repository, number } = await reviewed())
  })

  it('`help` lists the words, to who may read', async () => {
    const asked = await say(repository, number, '@watchbill help', 'rita')
    expect(asked.reactions.map(reaction => reaction.content)).toEqual(['eyes'])
    const answer = ours(repository, number).at(-1)
    for (const word of ['review', 'stop', 'pause', 'resume', 'quiet', 'run', 'dismiss', 'why', 'help'])
      expect(answer?.body).toContain(word)
  })

  it('`why` tells every routine and its sentence, event by event', async () => {
    await say(repository, number, '@watchbill why', 'rita')
    const answer = ours(repository, number).at(-1)
    expect(answer?.body).toMatch(/\| code-review \| ran \| The pull request was opened/)
    expect(answer?.body).toMatch(/\| security-review \| ran \|/)
  })

  it('answers in the thread of a review comment, and the app’s own slug works as well', async () => {
    const before = ours(repository, number)
    const [finding] = repository.pull(number).reviewComments
    const thread = () => repository.pull(number).reviewComments.filter(comment => comment.inReplyTo === finding!.id)
    const earlier = thread().length
    const asked = repository.replyTo(finding!.id, `@${house.github.app.slug} help`, 'wendy')
    await house.dispatched()
    const answers = thread().slice(earlier)
    expect(answers.map(comment => comment.user.login)).toEqual(['wendy', `${house.github.app.slug}[bot]`])
    expect(answers[1]?.body).toContain('`@watchbill dismiss REASON`')
    expect(asked.reactions.map(reaction => reaction.content)).toEqual(['eyes'])
    expect(ours(repository, number)).toEqual(before)
  })

  it('`dismiss` asks for what is missing: a finding, and a reason', async () => {
    await say(repository, number, '@watchbill dismiss because')
    expect(ours(repository, number).at(-1)?.body).toContain('in reply to one of my inline comments')
    const [comment] = repository.pull(number).reviewComments
    repository.replyTo(comment!.id, '@watchbill dismiss', 'wendy')
    await house.dispatched()
    const thread = repository.pull(number).reviewComments.filter(one => one.inReplyTo === comment!.id)
    expect(thread.at(-1)?.body).toContain('Say why')
    expect((await house.server.store.findings.ofPull(repository.id, number))[0]?.state).toBe('open')
  })

  it('`run` starts the routine it names, and says so when there is none', async () => {
    await say(repository, number, '@watchbill run security-review')
    const second = await house.until(async () => (await runs(repository)).find(run => run.end && run.asked))
    expect(second.routines.map(part => part.routine.name)).toEqual(['security-review'])
    await say(repository, number, '@watchbill run')
    expect(ours(repository, number).at(-1)?.body).toContain('Say which routine')
  })
})

describe('words that change, from who may only read', () => {
  let repository: SimulatedRepository
  let number: number
  beforeAll(async () => {
    ;({ repository, number } = await openScene(house.github, { pull: { draft: true } }))
  })

  it.each(['review', 'stop', 'pause', 'resume', 'quiet', 'run code-review', 'dismiss no'])(
    '`%s` needs write permission',
    async words => {
      const [word] = words.split(' ')
      // Somebody else for each, who is told once on a pull.
      const reader = `reader-of-${word}`
      repository.setCollaborator(reader, 'read')
      const before = ours(repository, number).length
      const asked = await say(repository, number, `@watchbill ${words}`, reader)
      expect(asked.reactions.map(reaction => reaction.content)).toEqual(['-1'])
      expect(await runs(repository)).toEqual([])
      const answers = ours(repository, number).slice(before)
      expect(answers.map(({ body }) => body.split('\n')[0])).toEqual([
        `\`${word}\` needs write permission on this repository, and ${reader} has read.`,
      ])
    },
  )
})

describe('words that change', () => {
  it('`pause` holds automatic reviews of this pull, `review` still works, `resume` goes on', async () => {
    const { repository, number } = await reviewed()
    await say(repository, number, '@watchbill pause')
    const held = await repository.commit({ branch: 'feature', files: { 'a.ts': 'export const a = 1\n' } })
    await house.until(() => isReviewed(repository, held))
    expect(repository.checkRuns(held).map(check => [check.conclusion, check.output.summary])).toEqual([
      ['action_required', expect.stringMatching(/wendy paused the automatic reviews/)],
      ['action_required', expect.stringMatching(/wendy paused the automatic reviews/)],
    ])
    expect(await runs(repository)).toHaveLength(1)
    await say(repository, number, '@watchbill review')
    await house.until(async () => (await runs(repository)).filter(run => run.end === 'done').length === 2)
    await say(repository, number, '@watchbill resume')
    expect(ours(repository, number).at(-1)?.body).toContain('Automatic reviews go on')
    await repository.commit({ branch: 'feature', files: { 'b.ts': 'export const b = 1\n' } })
    await house.until(async () => (await runs(repository)).filter(run => run.end === 'done').length === 3)
  })

  it('`quiet` keeps findings below high on the checks, without comments', async () => {
    house.model.setReply((request, context) =>
      JSON.parse(JSON.stringify(finds(request, context)).replace('"severity":"high"', '"severity":"medium"')),
    )
    const { repository, number } = await openScene(house.github, { pull: { draft: true } })
    repository.setCollaborator('wendy', 'write')
    await say(repository, number, '@watchbill quiet')
    await repository.setDraft(number, false)
    const run = await house.until(async () => (await runs(repository)).find(one => one.end === 'done'))
    const pull = repository.pull(number)
    expect([pull.reviews, pull.reviewComments]).toEqual([[], []])
    const checks = repository.checkRuns(run.head!).filter(check => check.conclusion !== 'skipped')
    expect(checks.some(check => check.annotations.length > 0)).toBe(true)
    expect(checks[0]?.output.summary).toContain('asked for quiet')
    await say(repository, number, '@watchbill resume')
    await say(repository, number, '@watchbill review')
    await house.until(() => repository.pull(number).reviewComments.length === 1)
    house.model.setReply(finds)
  })

  it('`quiet` lets high findings through', async () => {
    const { repository, number } = await openScene(house.github, { pull: { draft: true } })
    repository.setCollaborator('wendy', 'write')
    await say(repository, number, '@watchbill quiet')
    await repository.setDraft(number, false)
    await house.until(() => repository.pull(number).reviewComments.length === 1)
  })

  it('`review full` sends everybody once, whatever the size', async () => {
    const { repository, number } = await reviewed()
    const agents = async (id: string) =>
      new Set((await house.server.store.ledger.entries({ runId: id, limit: 500 })).map(entry => entry.name))
    const [small] = await runs(repository)
    expect(await agents(small!.id)).toContain('generalist')
    await say(repository, number, '@watchbill review full')
    const full = await house.until(async () => (await runs(repository)).find(run => run.id !== small!.id && run.end))
    expect([...(await agents(full.id))]).toEqual(
      expect.arrayContaining(['correctness', 'correctness-again', 'security']),
    )
    await say(repository, number, '@watchbill review')
    const after = await house.until(async () =>
      (await runs(repository)).find(run => ![small!.id, full.id].includes(run.id) && run.end),
    )
    expect(await agents(after.id)).toContain('generalist')
  })

  it('`dismiss` in reply to a finding keeps it from coming back, with the reason and a row in the audit', async () => {
    const { repository, number } = await reviewed()
    const [comment] = repository.pull(number).reviewComments
    repository.replyTo(comment!.id, '@watchbill dismiss cents are rounded by the caller', 'wendy')
    await house.dispatched()
    const thread = repository.pull(number).reviewComments.filter(one => one.inReplyTo === comment!.id)
    expect(thread.at(-1)?.body).toContain('Dismissed. It does not come back')
    const [finding] = await house.server.store.findings.ofPull(repository.id, number)
    expect(finding).toMatchObject({
      state: 'dismissed',
      stateBecause: 'dismissed by wendy: cents are rounded by the caller',
    })
    const [row] = await house.server.store.audit.list(1)
    expect(row).toMatchObject({ who: 'wendy', what: 'finding dismissed', about: finding!.rowId })
    await repository.commit({
      branch: 'feature',
      files: { 'src/price.ts': `// moved\n${changed['src/price.ts'].replace(quote, quote)}` },
    })
    await house.until(async () => (await runs(repository)).filter(run => run.end === 'done').length === 2)
    expect(repository.pull(number).reviewComments.filter(one => one.inReplyTo === null)).toHaveLength(1)
  })
})
