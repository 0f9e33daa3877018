// The first days of an installation: nothing open is reviewed, the first check says what runs, large ones wait to be asked, and a first file is printed.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { onboard, showOnboarding } from '../../src/commands/onboard.ts'
import { ask } from '../../src/commands/reach.ts'
import { dispatch } from '../../src/dispatch.ts'
import { readSettings } from '../../src/settings.ts'
import { keepApp } from '../../src/stored-app.ts'
import { databases } from '../databases.ts'
import { openStage, type Scene, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

const openPull = async ({ repo }: Pick<Scene, 'repo'>, branch: string) => {
  const head = await repo.commit({ branch, files: { [`src/${branch}.ts`]: 'export const b = 1\n' } })
  return { ...(await repo.openPull({ head: branch, title: branch })), head }
}
const summaries = ({ repo }: Scene, head: string) => repo.checkRuns(head).map(check => check.output.summary ?? '')
const isNew = (summary: string) => summary.includes('Watchbill is new here')

it('installing opens nothing, and reviews nothing that is open already', async () => {
  await stage.open({}, { owner: 'late' })
  const repo = await stage.github.createRepository({ owner: 'late', name: 'before', private: true, installed: false })
  const { number } = await openPull({ repo }, 'feature')
  await stage.github.settled()
  const [sent, asked] = [stage.github.deliveries.length, stage.github.requests.length]
  stage.github.putOn(repo)
  await stage.github.settled()
  for (const { id, event, payload } of stage.github.deliveries.slice(sent)) {
    await stage.store.deliveries.accept({ id, name: event, bodyHash: id, payload, at: new Date().toISOString() })
    await dispatch(stage.ports, { deliveryId: id })
    expect((await stage.store.deliveries.get(id))?.because).toContain('The installation holds 2 repositories.')
  }
  expect(stage.github.deliveries.slice(sent).map(one => one.event)).toEqual(['installation_repositories'])
  expect(await stage.store.runs.list({ repositoryId: repo.id, limit: 9 })).toEqual([])
  expect(repo.checkRuns()).toEqual([])
  const pull = repo.pull(number)
  expect([pull.reviews, pull.reviewComments, pull.issueComments]).toEqual([[], [], []])
  expect(repo.pulls()).toHaveLength(1)
  const writes = stage.github.requests.slice(asked).filter(one => one.method !== 'GET')
  expect(writes.filter(one => !one.path.endsWith('/access_tokens'))).toEqual([])
})

it("a repository's first check has the line, on one of its checks, and no later one has it", async () => {
  const scene = await stage.open({}, { owner: 'fresh' })
  const first = await openPull(scene, 'one')
  await scene.tell()
  expect(summaries(scene, first.head).length).toBeGreaterThan(1)
  expect(summaries(scene, first.head).filter(isNew)).toHaveLength(1)
  expect(summaries(scene, first.head).find(isNew)).toContain(`](${stage.github.url}/fresh/${scene.repo.name}/new/main?`)
  const second = await openPull(scene, 'two')
  await scene.tell()
  expect(summaries(scene, second.head).length).toBeGreaterThan(1)
  expect(summaries(scene, second.head).filter(isNew)).toEqual([])
})

describe('above 20 repositories', () => {
  let scene: Scene
  let opened: Awaited<ReturnType<typeof openPull>>
  beforeAll(async () => {
    scene = await stage.open({}, { owner: 'large' })
    const others = Array.from({ length: 20 }, (_, n) =>
      stage.github.createRepository({ owner: 'large', name: `other-${n}`, private: true, installed: false }),
    )
    for (const other of await Promise.all(others)) stage.github.putOn(other)
  })
  beforeEach(async () => {
    scene.repo.setCollaborator('ada', 'write')
    scene.repo.setCollaborator('rita', 'read')
    opened = await openPull(scene, `one-${++pulls}`)
    const { met } = await scene.last('pull_request', 'opened')
    expect(met['code-review']).toMatchObject({
      verdict: 'refused',
      because: expect.stringContaining('holds more than 20 repositories'),
    })
    expect(await runsOf()).toEqual([])
  })
  let pulls = 0
  const runsOf = async () => (await scene.runs()).filter(run => run.number === opened.number)
  const offered = () => scene.repo.checkRuns(opened.head).find(one => one.actions.length > 0)!

  it('the first check says that reviews wait for somebody to ask', () => {
    expect(summaries(scene, opened.head).find(isNew)).toContain('when somebody asks')
  })

  it('a comment starts one', async () => {
    scene.repo.comment(opened.number, '@watchbill review', 'ada')
    expect((await scene.last('issue_comment', 'created')).met['code-review']?.verdict).toBe('queued')
    expect(await runsOf()).toHaveLength(1)
  })

  it('a label starts one, of the routine that it belongs to', async () => {
    await scene.repo.label(opened.number, 'needs-review', 'ada')
    const { met } = await scene.last('pull_request', 'labeled')
    expect(met['code-review']).toMatchObject({ verdict: 'queued' })
    expect(met['code-review']?.because).toContain('The label "needs-review" was set.')
    expect(await runsOf()).toHaveLength(1)
  })

  it('the button on the check starts one, for who may write', async () => {
    expect(offered().actions.map(({ label }) => label)).toContain('Review now')
    scene.repo.clickCheckButton(offered().id, 'review', 'rita')
    const refused = await scene.last('check_run', 'requested_action')
    expect(refused.met['code-review']?.verdict).not.toBe('queued')
    expect(await runsOf()).toEqual([])
    scene.repo.clickCheckButton(offered().id, 'review', 'ada')
    expect((await scene.last('check_run', 'requested_action')).met['code-review']?.verdict).toBe('queued')
    expect(await runsOf()).toHaveLength(1)
  })

  it('until a file says otherwise', async () => {
    await scene.repo.commit({ branch: 'main', files: { '.github/watchbill.yml': 'automatic: true\n' } })
    await openPull(scene, 'by-the-file')
    expect((await scene.last('pull_request', 'opened')).met['code-review']?.verdict).toBe('queued')
  })
})

it('onboard prints the file with a preview: of the pulls that GitHub lists, then of the events that were stored', async () => {
  const scene = await stage.open({}, { owner: 'planned' })
  await stage.store.repositories.seen(scene.repository, new Date().toISOString())
  await openPull(scene, 'one')
  await openPull(scene, 'two')
  const repo = `planned/${scene.repo.name}`
  const listed = await onboard(stage.ports, { repo })
  expect(listed.preview[0]).toContain('From 2 pull requests opened in the last 30 days, as GitHub lists them')
  expect(listed.preview.join('\n')).toMatch(/- code-review: 2 runs, about \$\d/)
  expect(listed.link).toContain(`/${repo}/new/main?filename=.github%2Fwatchbill.yml&value=`)
  const shown = showOnboarding(listed)
  expect(shown.split('\n').filter(line => line !== '' && !line.startsWith('#'))).toEqual(['automatic: true'])

  await scene.tell()
  const stored = await onboard(stage.ports, { repo })
  expect(stored.preview[0]).toMatch(/From \d+ events that this server stored in the last 30 days\./)
  expect(stored.preview.join('\n')).toContain('- code-review: 2 runs')
  expect(await scene.runs()).toHaveLength(2)
  await scene.repo.commit({ branch: 'main', files: { '.github/watchbill.yml': 'private: ["keys/**"]\n' } })
  const late = await onboard(stage.ports, { repo })
  expect(late.preview[0]).toContain('There is one already')
  expect(late.link).toBe(`${stage.github.url}/${repo}/edit/main/.github/watchbill.yml`)
  await expect(onboard(stage.ports, { repo: 'nobody/nothing' })).rejects.toMatchObject({ code: 'not_found' })
})

const postgres = databases.some(({ name }) => name === 'PostgreSQL')

it.skipIf(!postgres)(
  'beside PostgreSQL onboard asks GitHub as the App that the environment or the file of set-up names',
  async () => {
    await using own = await openStage('PostgreSQL')
    const scene = await own.open({}, { owner: 'beside' })
    await own.store.repositories.seen(scene.repository, new Date().toISOString())
    await openPull(scene, 'one')
    const repo = `beside/${scene.repo.name}`
    const { GHE_HOST, GHE_PROTOCOL, ...app } = own.github.environment()
    const { databaseUrl, dataDir } = own.database
    const around = { GHE_HOST, GHE_PROTOCOL, DATABASE_URL: databaseUrl, WATCHBILL_DATA: dataDir }

    const without = await ask(readSettings(around), 'onboard', { repo })
    expect(without.link).toBeUndefined()
    expect(without.preview[0]).toContain('GitHub is not asked from here, since no App is configured.')

    const { id, privateKey, webhookSecret, clientId, clientSecret } = own.github.app
    const made = { id, name: 'watchbill', page: `${own.github.url}/apps/watchbill`, privateKey, webhookSecret }
    keepApp(dataDir, { ...made, clientId, clientSecret }, 'https://watch.test', own.github.url)
    for (const environment of [around, { ...around, ...app }]) {
      const { link, preview } = await ask(readSettings(environment), 'onboard', { repo })
      expect(link).toContain(`${own.github.url}/${repo}/new/main?filename=.github%2Fwatchbill.yml&value=`)
      expect(preview[0]).toContain('From 1 pull request opened in the last 30 days, as GitHub lists them')
    }
  },
)
