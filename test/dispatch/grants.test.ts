// What the App was not granted holds back the routine that needs it, by itself and in a sentence; people may ask for it all the same. Reactions go by the permission of the place.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { usualPermissions } from '../simulators/github/app.ts'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

const logs = 'kind: work\non: { push: {} }\nreads: [workflow_logs]'
const routines = { logs, plain: 'kind: work\non: { push: {} }\nreads: [issues, changes]' }

it('a routine that reads what the App may not is refused with where to grant it, and no other is', async () => {
  const { repo, last, tell } = await stage.open(routines, { owner: 'bare' })
  await tell()
  await repo.commit({ branch: 'main', files: { 'src/a.ts': 'export const a = 2\n' } })
  const { met } = await last('push')
  const { url, app } = stage.github
  expect(met.plain?.verdict).toBe('queued')
  expect(met.logs).toMatchObject({
    verdict: 'refused',
    because: expect.stringContaining(
      `\`logs\` reads \`workflow_logs\`, for which the App needs the permission \`actions: read\`: add it at ${url}`,
    ),
  })
  expect(met.logs?.because).toContain(`/apps/${app.slug}/permissions, then accept it at ${url}/settings/installations/`)
  expect(met.logs?.because).toMatch(/Until then it answers what people ask for, and nothing else\.$/)

  const head = await repo.commit({ branch: 'feature', files: { 'src/a.ts': 'export const a = 3\n' } })
  const pull = await repo.openPull({ head: 'feature' })
  repo.setCollaborator('wendy', 'write')
  await tell()
  repo.comment(pull.number, '@watchbill run logs', 'wendy')
  expect((await last('issue_comment')).met.logs).toMatchObject({ verdict: 'queued' })
  expect(head).toHaveLength(40)
})

it('it answers once that was granted', async () => {
  stage.github.createUser('granted', { type: 'Organization' })
  const { repo, last, tell } = await stage.open(routines, { owner: 'granted' })
  stage.github.setPermissions('granted', { ...usualPermissions, actions: 'read' })
  await tell()
  await repo.commit({ branch: 'main', files: { 'src/a.ts': 'export const a = 2\n' } })
  expect((await last('push')).met.logs).toMatchObject({ verdict: 'queued' })
})

it.each([
  ['issues: write', { issues: 'write' }, ['eyes']],
  ['pull_requests: write alone', {}, []],
] as const)('a command on an issue is seen with %s', async (name, more, reactions) => {
  const owner = `on-issues-${name.length}`
  const { repo, tell } = await stage.open({}, { owner })
  stage.github.setPermissions(owner, { ...usualPermissions, ...more })
  repo.setCollaborator('wendy', 'write')
  const { number } = await repo.openIssue({ title: 'It broke' })
  await tell()
  const asked = stage.github.refusals.length
  const comment = repo.comment(number, '@watchbill help', 'wendy')
  await tell()
  expect(comment.reactions.map(one => one.content)).toEqual(reactions)
  expect(stage.github.refusals.slice(asked)).toEqual([])
})

it('who asks on an issue for what can not be started is told so there, with issues: write', async () => {
  const owner = 'refused-on-issues'
  const { repo, last, tell } = await stage.open({}, { owner })
  stage.github.setPermissions(owner, { ...usualPermissions, issues: 'write' })
  repo.setCollaborator('wendy', 'write')
  const { number } = await repo.openIssue({ title: 'It broke' })
  await tell()
  repo.comment(number, '@watchbill run nothing', 'wendy')
  expect((await last('issue_comment')).met.nothing?.verdict).toBe('refused')
  const answers = repo.issue(number).issueComments.filter(one => one.byApp)
  expect(answers.map(one => one.body)).toEqual([expect.stringContaining('There is no routine called `nothing` here')])
})
