// What is paused or over a cap leaves a check that does not pass where it is required; what a filter leaves out is skipped; what the organisation requires runs.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { routineFile } from '../routines/samples.ts'
import { openStage, type Scene, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
  const audit = routineFile('audit', 'description: Audits\non: { pull_request: {} }\nrequired: true', 'Audit.')
  await stage.github.createRepository({ owner: 'careful', name: '.github', files: { 'routines/audit.md': audit.text } })
})
afterAll(() => stage[Symbol.asyncDispose]())

async function openPull(scene: Scene) {
  const head = await scene.repo.commit({ branch: 'feature', files: { 'docs/a.md': 'a\n' } })
  const { number } = await scene.repo.openPull({ head: 'feature', author: 'wendy' })
  await scene.tell()
  return { head, number }
}

async function push(scene: Scene, text: string) {
  const head = await scene.repo.commit({ branch: 'feature', files: { 'docs/a.md': text } })
  const { met } = await scene.last('pull_request', 'synchronize')
  return { head, met, checks: Object.fromEntries(scene.repo.checkRuns(head).map(check => [check.name, check])) }
}

it('a pause holds what a repository chose and not what its organisation requires, and says so', async () => {
  const scene = await stage.open(
    {
      mine: 'on: { pull_request: {} }',
      code: 'on: { pull_request: { paths: ["src/**"] } }',
    },
    { owner: 'careful' },
  )
  scene.repo.setCollaborator('wendy', 'write')
  const { number } = await openPull(scene)
  scene.repo.comment(number, '@watchbill pause', 'wendy')
  await scene.tell()
  expect(scene.repo.pull(number).issueComments.at(-1)?.body).toContain('except those that the organisation requires')
  const { met, checks } = await push(scene, 'b\n')
  expect([met.audit?.verdict, met.mine?.verdict, met.code?.verdict]).toEqual(['coalesced', 'refused', 'skipped'])
  expect(checks['Watchbill / audit']).toMatchObject({ status: 'queued' })
  expect(checks['Watchbill / mine']).toMatchObject({
    conclusion: 'action_required',
    output: { summary: expect.stringContaining('wendy paused the automatic reviews') },
    actions: [
      { label: 'Review now', identifier: 'review' },
      { label: 'Explain', identifier: 'why' },
    ],
  })
  expect(checks['Watchbill / code']).toMatchObject({ conclusion: 'skipped' })
})

it('a routine over its own cap leaves a check that does not pass', async () => {
  const scene = await stage.open({ rare: 'on: { pull_request: {} }\nruns: { day: 1 }' })
  await openPull(scene)
  for (const run of await scene.runs()) {
    await stage.store.runs.stop(run.id, { end: 'stopped', because: 'Enough.' }, new Date().toISOString())
  }
  const { met, checks } = await push(scene, 'c\n')
  expect(met.rare).toMatchObject({ verdict: 'refused', retryAt: expect.any(String) })
  expect(checks['Watchbill / rare']).toMatchObject({ conclusion: 'action_required' })
})

it('a routine whose file has a problem leaves a check that does not pass and says it once; switched off, it holds nothing up', async () => {
  const broken = {
    mine: 'on: { pull_request: {} }\nseverty: { floor: low }',
    other: 'on: { pull_request: {} }\nagnets: []',
  }
  const scene = await stage.open(broken)
  await openPull(scene)
  const { checks } = await push(scene, 'd\n')
  const check = checks['Watchbill / mine']
  expect(check).toMatchObject({ conclusion: 'action_required', output: { title: 'Not done: its file has a problem' } })
  const summary = check?.output?.summary ?? ''
  expect(summary.split('severty')).toHaveLength(2)
  expect(summary).toContain('.github/routines/other.md')

  const off = await stage.open({}, { files: filesWith(broken, 'disable: [mine]') })
  await openPull(off)
  const after = (await push(off, 'e\n')).checks
  expect(after['Watchbill / mine']).toMatchObject({ conclusion: 'skipped' })
  expect(after['Watchbill / mine']?.output?.summary).toContain('switched off by `disable`')
  expect(after['Watchbill / other']).toMatchObject({ conclusion: 'action_required' })
})

function filesWith(routines: Record<string, string>, settings: string): Record<string, string> {
  const written = Object.entries(routines).map(([name, yaml]) => routineFile(name, `description: ${name}\n${yaml}`))
  return {
    ...Object.fromEntries(written.map(({ path, text }) => [path, text])),
    '.github/watchbill.yml': `${settings}\n`,
  }
}
