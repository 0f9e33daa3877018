// What `@watchbill` and `@watchbill run` say when nothing follows them, and a name that is none.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openStage, type Scene, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

async function say({ repo, last }: Scene, number: number, body: string, by = 'wendy') {
  const comment = repo.comment(number, body, by)
  await last('issue_comment')
  const on = repo.pulls().some(pull => pull.number === number) ? repo.pull(number) : repo.issue(number)
  const answer = on.issueComments.findLast(one => one.byApp)?.body
  return { answer, reactions: comment.reactions.map(one => one.content) }
}

async function opened() {
  const scene = await stage.open({ mine: 'kind: work\non: { api: true }', broken: 'kind: nothing' })
  const { repo } = scene
  repo.setCollaborator('wendy', 'write')
  repo.setCollaborator('rita', 'read')
  await repo.commit({ branch: 'feature', files: { 'src/a.ts': 'export const a = 2\n' } })
  const { number } = await repo.openPull({ head: 'feature', draft: true })
  return { scene, number }
}

it('the name alone gets a reaction and the words', async () => {
  const { scene, number } = await opened()
  const { answer, reactions } = await say(scene, number, '@watchbill', 'rita')
  expect(reactions).toEqual(['eyes'])
  expect(answer).toContain('| `@watchbill help` | this |')
})

it('`run` alone lists what can be started there: no reviews on an issue, nothing that is broken', async () => {
  const { scene, number } = await opened()
  const { answer } = await say(scene, number, '@watchbill run')
  expect(answer).toContain('Say which routine')
  expect(answer).toContain('| `mine` | mine |')
  expect(answer).toContain('| `code-review` |')
  expect(answer).toContain('| `docs-drift` (on standby) |')
  expect(answer).not.toContain('`broken`')
  const issue = await scene.repo.openIssue({ title: 'It broke' })
  const there = await say(scene, issue.number, '@watchbill run')
  expect(there.answer ?? '').not.toContain('`code-review`')
})

it('`run` with a wrong name offers the nearest one', async () => {
  const { scene, number } = await opened()
  const { answer } = await say(scene, number, '@watchbill run code-reveiw')
  expect(answer).toContain('There is no routine called `code-reveiw` here; did you mean `code-review`?')
})

it('`run` with a name hands all of the text on, in as many lines as it has', async () => {
  const { scene, number } = await opened()
  const text = `Look at:\n\n- prices, ${'and then '.repeat(200)}\n- dates`
  scene.repo.comment(number, `@watchbill: run mine ${text}\n`, 'wendy')
  await scene.last('issue_comment')
  const [run] = await scene.runs()
  expect(run?.kind === 'work' && run.event.text).toBe(text)
})

it('who lacks the permission is told so once; strangers in a public repository get the reaction alone', async () => {
  const { scene, number } = await opened()
  const ours = () => scene.repo.pull(number).issueComments.filter(one => one.byApp)
  for (const word of ['stop', 'quiet']) {
    const { answer, reactions } = await say(scene, number, `@watchbill ${word}`, 'rita')
    expect(reactions).toEqual(['-1'])
    expect(answer).toContain('`stop` needs write permission on this repository, and rita has read.')
  }
  expect(ours()).toHaveLength(1)

  const open = await stage.open({}, { private: false })
  await open.repo.commit({ branch: 'feature', files: { 'src/a.ts': 'export const a = 2\n' } })
  const pull = await open.repo.openPull({ head: 'feature', draft: true })
  open.repo.setCollaborator('tina', 'triage')
  stage.github.createUser('stranger')
  const stranger = await say(open, pull.number, '@watchbill stop', 'stranger')
  expect(stranger).toEqual({ answer: undefined, reactions: ['-1'] })
  const known = await say(open, pull.number, '@watchbill stop', 'tina')
  expect(known.answer).toContain('tina has triage.')
})
