// Check runs at the simulated GitHub: their limits, who may change them, and their buttons.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { asInstallation, refusalOf } from './github/clients.ts'
import { type GitHubSimulator, type SimulatedRepository, startGitHub } from './github/index.ts'

let github: GitHubSimulator
let repository: SimulatedRepository
let checks: ReturnType<typeof asInstallation>['rest']['checks']
const at = { owner: 'acme', repo: 'shop' }
const output = { title: 'Review', summary: 'fine' }

beforeAll(async () => {
  github = await startGitHub()
  repository = await github.createRepository({ owner: 'acme', name: 'shop' })
  checks = asInstallation(github, repository).rest.checks
})

afterAll(() => github[Symbol.asyncDispose]())

test('a run is opened, gathers annotations and is completed', async () => {
  const { data } = await checks.create({
    ...at,
    name: 'Review',
    head_sha: repository.sha(),
    status: 'in_progress',
    external_id: 'run-1',
  })
  const annotations = (from: number) => Array.from({ length: 50 }, (_, index) => annotation(from + index))
  await checks.update({ ...at, check_run_id: data.id, output: { ...output, annotations: annotations(1) } })
  await checks.update({ ...at, check_run_id: data.id, output: { ...output, annotations: annotations(51) } })
  await checks.update({ ...at, check_run_id: data.id, conclusion: 'neutral' })
  const [run] = repository.checkRuns(repository.sha())
  expect(run).toMatchObject({ status: 'completed', conclusion: 'neutral', externalId: 'run-1', output })
  expect(run!.annotations).toHaveLength(100)
})

test.each([
  ['completed without a conclusion', { status: 'completed' }, '"conclusion" wasn\'t supplied'],
  [
    'more than 50 annotations',
    { output: { ...output, annotations: Array.from({ length: 51 }, (_, line) => annotation(line + 1)) } },
    '50',
  ],
  ['a text of 65,536 characters', { output: { ...output, text: 'x'.repeat(65_536) } }, '65535'],
  ['four buttons', { actions: Array.from({ length: 4 }, () => action()) }, '3'],
  ['a label of 21 characters', { actions: [action({ label: 'x'.repeat(21) })] }, '20'],
  ['a description of 41 characters', { actions: [action({ description: 'x'.repeat(41) })] }, '40'],
  ['an identifier of 21 characters', { actions: [action({ identifier: 'x'.repeat(21) })] }, '20'],
])('a run with %s is refused', async (_, more, words) => {
  const refusal = await refusalOf(
    checks.create({ ...at, name: 'Review', head_sha: repository.sha(), ...(more as object) }),
  )
  expect(refusal).toMatchObject({ status: 422, message: expect.stringContaining(words) })
})

test('a run of another app is read and not changed', async () => {
  const foreign = repository.addForeignCheckRun({ name: 'build', sha: repository.sha() })
  const { data } = await checks.listForRef({ ...at, ref: 'main', check_name: 'build' })
  expect(data.check_runs).toMatchObject([{ id: foreign.id, app: { slug: 'another-app' } }])
  expect(await refusalOf(checks.update({ ...at, check_run_id: foreign.id, conclusion: 'success' }))).toMatchObject({
    status: 403,
  })
})

test('a commit that is not there takes no run', async () => {
  expect(await refusalOf(checks.create({ ...at, name: 'x', head_sha: 'f'.repeat(40) }))).toMatchObject({ status: 422 })
})

test('a button is pressed only where there is one', async () => {
  const { data } = await checks.create({ ...at, name: 'Buttons', head_sha: repository.sha(), actions: [action()] })
  repository.clickCheckButton(data.id, 'again', 'alice')
  expect(github.deliveries.at(-1)).toMatchObject({
    event: 'check_run',
    action: 'requested_action',
    payload: { requested_action: { identifier: 'again' } },
  })
  expect(() => repository.clickCheckButton(data.id, 'other')).toThrow('no button')
})

function annotation(line: number) {
  return { path: 'README.md', start_line: line, end_line: line, annotation_level: 'notice' as const, message: 'here' }
}

function action(more: object = {}) {
  return { label: 'Again', description: 'Look again', identifier: 'again', ...more }
}
