// Gates that ask GitHub: permission, forks, bots and searches, open and shut; and what was fetched is fetched once and kept with the event.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openStage, type Scene, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
beforeEach(() => {
  stage.github.requests.length = 0
})
afterAll(() => stage[Symbol.asyncDispose]())

const asked = (operation: string) => stage.github.requests.filter(request => request.operation === operation).length
const factsOf = async (scene: Scene, id: string) =>
  (await stage.store.events.since(scene.repository.id, '2020-01-01T00:00:00.000Z', 99)).find(one => one.event.id === id)
    ?.facts

async function pullIn(scene: Scene, author = 'ada') {
  await scene.repo.commit({ branch: `feature-${author}`, files: { 'docs/a.md': 'a\n' } })
  await scene.repo.openPull({ head: `feature-${author}`, author })
  return scene.last('pull_request', 'opened')
}

describe('permission', () => {
  it('of who opened the pull is asked once and kept; too little is refused in words', async () => {
    const scene = await stage.open({
      writers: 'kind: work\non: { pull_request: {} }\npermission: write',
      admins: 'kind: work\non: { pull_request: {} }\npermission: admin',
    })
    scene.repo.setCollaborator('ada', 'write')
    const { met, id } = await pullIn(scene)
    expect(met.writers?.verdict).toBe('queued')
    expect(met.admins).toMatchObject({
      verdict: 'refused',
      because: 'permission: ada has "write" on the repository, and at least "admin" is needed.',
    })
    expect(asked('repos/get-collaborator-permission-level')).toBe(1)
    expect(await factsOf(scene, id)).toMatchObject({ permission: 'write' })
  })

  it('is not asked where nobody needs it', async () => {
    const scene = await stage.open({ anyone: 'kind: work\non: { issues: {} }' })
    await scene.repo.openIssue({ title: 'It broke', author: 'mallory' })
    const { met, id } = await scene.last('issues', 'opened')
    expect(met.anyone?.verdict).toBe('queued')
    expect(asked('repos/get-collaborator-permission-level')).toBe(0)
    expect(await factsOf(scene, id)).toEqual({})
  })

  it("is asked of an issue in a public repository: a stranger's starts nothing by itself", async () => {
    const scene = await stage.open(
      { shut: 'kind: work\non: { issues: {} }', open: 'kind: work\non: { issues: {} }\npermission: read' },
      { private: false },
    )
    scene.repo.setCollaborator('wendy', 'write')
    await scene.repo.openIssue({ title: 'It broke', author: 'mallory' })
    const strange = (await scene.last('issues', 'opened')).met
    expect(strange.shut).toMatchObject({
      verdict: 'refused',
      because: expect.stringContaining('mallory has no write permission'),
    })
    expect(strange.open?.verdict).toBe('queued')
    await scene.repo.openIssue({ title: 'It broke', author: 'wendy' })
    expect((await scene.last('issues', 'opened')).met.shut?.verdict).toBe('queued')
  })

  it("counts for a task of its own too, where a public repository's pull is anybody's", async () => {
    const scene = await stage.open(
      {
        task: 'kind: work\non: { pull_request: {} }',
        open: 'kind: work\non: { pull_request: {} }\npermission: read',
      },
      { private: false },
    )
    const { met } = await pullIn(scene, 'stranger')
    expect(met.task).toMatchObject({
      verdict: 'refused',
      because: expect.stringContaining('stranger has no write permission'),
    })
    expect(met.open?.verdict).toBe('queued')
  })
})

describe('bots', () => {
  it('start nothing by issues unless the routine says so', async () => {
    const scene = await stage.open({
      people: 'kind: work\non: { issues: {} }',
      all: 'kind: work\non: { issues: {} }\nbots: true',
    })
    stage.github.createUser('helper[bot]', { type: 'Bot' })
    await scene.repo.openIssue({ title: 'It broke', author: 'helper[bot]' })
    const { met } = await scene.last('issues', 'opened')
    expect(met.people).toMatchObject({ verdict: 'refused', because: expect.stringContaining('helper[bot] is a bot') })
    expect(met.all?.verdict).toBe('queued')
  })
})

describe('searches', () => {
  it('hold back or let go by what they find, each asked once for all routines, and kept', async () => {
    const search = '{ search: "is:issue is:open label:freeze" }'
    const scene = await stage.open({
      careful: `kind: work\non: { push: {} }\nskip_if: ${search}`,
      thaw: `kind: work\non: { push: {} }\nonly_if: ${search}`,
    })
    await scene.repo.commit({ branch: 'main', files: { a: '1\n' } })
    const before = await scene.last('push')
    expect(before.met.careful?.verdict).toBe('queued')
    expect(before.met.thaw).toMatchObject({
      verdict: 'skipped',
      because: 'only_if: the search "is:issue is:open label:freeze" finds 0, and at least 1 are needed.',
    })
    expect(asked('search/issues-and-pull-requests')).toBe(1)
    expect(await factsOf(scene, before.id)).toEqual({ searches: { 'is:issue is:open label:freeze': 0 } })

    await scene.repo.openIssue({ title: 'Frozen', labels: ['freeze'] })
    await scene.tell()
    await scene.repo.commit({ branch: 'main', files: { a: '2\n' } })
    const after = await scene.last('push')
    expect(after.met.careful).toMatchObject({ verdict: 'skipped', because: expect.stringContaining('finds 1') })
    expect(after.met.thaw?.verdict).toBe('queued')
  })

  it('are not asked for a routine that its filters rule out', async () => {
    const scene = await stage.open({
      release: 'kind: work\non: { push: { branches: ["release/*"] } }\nskip_if: { search: "is:issue label:freeze" }',
    })
    await scene.repo.commit({ branch: 'main', files: { a: '1\n' } })
    expect((await scene.last('push')).met.release?.verdict).toBe('skipped')
    expect(asked('search/issues-and-pull-requests')).toBe(0)
  })

  it('that GitHub does not take hold back their own routine alone, with what GitHub said', async () => {
    const scene = await stage.open({
      odd: 'kind: work\non: { push: {} }\nskip_if: { search: "is:issue created:>yesterday" }',
      plain: 'kind: work\non: { push: {} }',
    })
    stage.github.faults.add({ match: { operation: 'search/issues-and-pull-requests' }, kind: '422' })
    await scene.repo.commit({ branch: 'main', files: { a: '1\n' } })
    const { met, status } = await scene.last('push')
    expect(status).toBe('dispatched')
    expect(met.plain?.verdict).toBe('queued')
    expect(met.odd?.verdict).toBe('refused')
    expect(met.odd?.because).toContain('is not known')
    expect(met.odd?.because).toContain('GitHub refused the request (422)')
  })
})

describe('changed paths', () => {
  const routines = {
    docs: 'kind: work\non: { push: { branches: ["**"], paths: ["docs/**"] } }',
    code: 'kind: work\non: { push: { branches: ["**"], paths: ["src/**"] } }',
  }

  it('that the event names are not asked for', async () => {
    const scene = await stage.open(routines)
    await scene.repo.commit({ branch: 'main', files: { 'docs/a.md': 'a\n' } })
    const { met } = await scene.last('push')
    expect([met.docs?.verdict, met.code?.verdict]).toEqual(['queued', 'skipped'])
    expect(asked('repos/compare-commits')).toBe(0)
  })

  it('of a new branch, which names none, are asked for once and kept', async () => {
    const scene = await stage.open(routines)
    await scene.repo.commit({ branch: 'fresh', files: { 'docs/a.md': 'a\n' } })
    const { met, id } = await scene.last('push')
    expect([met.docs?.verdict, met.code?.verdict]).toEqual(['queued', 'skipped'])
    expect(met.code?.because).toContain('paths: the one changed file does not match src/**')
    expect(asked('repos/compare-commits')).toBe(1)
    expect(await factsOf(scene, id)).toEqual({ paths: ['docs/a.md'] })
  })

  it('of a pull are asked for once, for reviews and tasks alike', async () => {
    const scene = await stage.open({
      docs: 'on: { pull_request: { paths: ["docs/**"] } }',
      code: 'kind: work\non: { pull_request: { paths: ["src/**"] } }',
    })
    const { met, id } = await pullIn(scene)
    expect([met.docs?.verdict, met.code?.verdict]).toEqual(['queued', 'skipped'])
    expect(asked('pulls/list-files')).toBe(1)
    expect(await factsOf(scene, id)).toMatchObject({ paths: ['docs/a.md'] })
  })
})

describe('a pause', () => {
  it('of the repository queues all that would have run, and says who paused', async () => {
    const scene = await stage.open({ task: 'kind: work\non: { push: {} }' })
    await stage.store.pauses.set(`repository:${scene.repository.id}`, 'acme/x', 'olive', '2026-11-21T10:00:00.000Z')
    await scene.repo.commit({ branch: 'main', files: { a: '1\n' } })
    const shut = await scene.last('push')
    expect(shut.met.task).toMatchObject({
      verdict: 'queued',
      because: expect.stringContaining('Paused by olive since 2026-11-21T10:00:00.000Z (acme/x); it is queued'),
    })
    expect(shut.met.task?.because).not.toContain('It starts now')
    await stage.store.pauses.clear(`repository:${scene.repository.id}`)
    await scene.repo.commit({ branch: 'main', files: { a: '2\n' } })
    const open = await scene.last('push')
    expect(open.met.task?.verdict).toBe('queued')
    expect(open.met.task?.because).not.toContain('Paused')
    expect(open.met.task?.because).toMatch(/It (starts now|waits for run)/)
  })
})
