// What people say about findings: dismissed in their thread or by their short id, and why one stands there.
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Judged } from '../../src/domain/finding.ts'
import { shortIdOf } from '../../src/domain/finding.ts'
import { newFinding, newRun, now } from '../store/samples.ts'
import { openStage, type Scene, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

const print = (start: string) => start.padEnd(64, '0')

/** A draft pull with a comment of a person, which stands for one of ours with the first finding; the others have none. */
async function found(...findings: Judged[]) {
  const scene = await stage.open({})
  const { repo, repository } = scene
  repo.setCollaborator('wendy', 'write')
  repo.setCollaborator('rita', 'read')
  await repo.commit({ branch: 'feature', files: { 'src/a.ts': 'export const a = 2\n' } })
  const { number } = await repo.openPull({ head: 'feature', draft: true })
  const comment = await repo.commentOnLine(number, { path: 'src/a.ts', line: 1 }, 'High', 'olive')
  const { id } = await stage.store.runs.request(newRun({ repository, number }))
  const run = (await stage.store.runs.claim(id, now()))!
  await stage.store.findings.save(run, run.attempt, findings, now())
  await stage.store.findings.placed(`${id}-${findings[0]!.id}`, 'inline', comment.id)
  await scene.tell()
  return { ...scene, number, comment, run }
}

async function say({ repo, last }: Scene, number: number, body: string, by = 'wendy') {
  repo.comment(number, body, by)
  await last('issue_comment')
  return repo.pull(number).issueComments.findLast(one => one.byApp)!.body
}

const state = async (repositoryId: number, number: number, id: string) =>
  (await stage.store.findings.ofPull(repositoryId, number)).find(one => one.id === id)

const inline = newFinding('f1', { fingerprint: print('aaaa1111') })
const onCheck = newFinding('f2', {
  fingerprint: print('bbbb2222'),
  severity: 'low',
  title: 'A name says nothing',
  verdict: { verdict: 'held', because: 'More than 3 nits.', shown: 'check' },
})

it('one without a comment is dismissed by its short id and a reason, in a plain comment', async () => {
  const scene = await found(inline, onCheck)
  const { repository, number } = scene
  const answer = await say(scene, number, `@watchbill dismiss ${shortIdOf(onCheck)} the name is that of the protocol`)
  expect(answer).toContain('Dismissed. It does not come back on this pull request.')
  expect(await state(repository.id, number, 'f2')).toMatchObject({
    state: 'dismissed',
    stateBecause: 'dismissed by wendy: the name is that of the protocol',
  })
  expect(await state(repository.id, number, 'f1')).toMatchObject({ state: 'open' })
  const [row] = await stage.store.audit.list(1)
  expect(row).toMatchObject({ who: 'wendy', what: 'finding dismissed', about: `${scene.run.id}-f2` })
  expect(await say(scene, number, '@watchbill dismiss bbbb2222 again')).toContain('It was dismissed already')
})

it('an id that none has, or several have, is answered with what there is', async () => {
  const sibling = newFinding('f3', { fingerprint: print('bbbb2222f'), title: 'Another one' })
  const gone = newFinding('f4', {
    fingerprint: print('cccc'),
    title: 'Refuted and no longer open',
    verdict: { verdict: 'refuted', because: 'It is not so.', shown: 'check' },
  })
  const scene = await found(inline, onCheck, sibling, gone)
  const { repository, number } = scene
  const unknown = await say(scene, number, '@watchbill dismiss dddd4444 because')
  expect(unknown).toContain('No finding of this pull request has an id that begins with `dddd4444`.')
  expect(unknown).toContain('- `aaaa1111` High: Finding f1 (`src/a.ts:3`)')
  expect(unknown).toContain('`bbbb2222` Low: A name says nothing')
  expect(unknown).not.toContain('Refuted')
  const several = await say(scene, number, '@watchbill dismiss bbbb because')
  expect(several).toContain('`bbbb` begins the ids of 2 findings; give more of it.')
  expect(several).toContain('`bbbb2222f0000000` High: Another one')
  expect(several).not.toContain('Finding f1')
  expect(await say(scene, number, '@watchbill dismiss')).toContain('name the finding: `@watchbill dismiss ID REASON`')
  expect(await say(scene, number, '@watchbill dismiss bbbb22220')).toContain('Say why')
  expect((await stage.store.findings.ofPull(repository.id, number)).map(one => one.state)).not.toContain('dismissed')
})

it('in reply to a finding the whole text is the reason, whatever it begins with', async () => {
  const scene = await found(inline, onCheck)
  const { repo, repository, number, comment } = scene
  repo.replyTo(comment.id, '@watchbill dismiss dead code anyway', 'wendy')
  await scene.last('pull_request_review_comment')
  expect(await state(repository.id, number, 'f1')).toMatchObject({
    state: 'dismissed',
    stateBecause: 'dismissed by wendy: dead code anyway',
  })
})

it("`why` in reply to a finding tells that finding's story, elsewhere the pull's", async () => {
  const scene = await found(inline, onCheck)
  const { repo, number, comment, run } = scene
  repo.replyTo(comment.id, '@watchbill why', 'rita')
  await scene.last('pull_request_review_comment')
  const story = repo.pull(number).reviewComments.findLast(one => one.inReplyTo === comment.id)!.body
  expect(story).toContain('**High: Finding f1** (`src/a.ts:3`)')
  expect(story).toContain(`- Reported by correctness in run \`${run.id}\`.`)
  expect(story).toContain('- Placed: It stands there once.')
  expect(story).toContain('- Verified: valid. It holds.\n  - `src/a.ts:3`: `secret code`')
  expect(story).toContain('- Verdict: posted. It is valid.')
  expect(story).toContain('- Now: open. It was found.')
  expect(story).toContain(`watchbill explain ${run.id}-f1`)
  expect(story).not.toContain('| routine |')
  expect(await say(scene, number, '@watchbill why', 'rita')).toContain('| code-review | skipped |')
})
