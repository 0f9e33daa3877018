// What gates and filters ask of GitHub beside the event: how much a search finds, and which paths a push changed.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openStage, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
  const { repo, github } = stage
  await repo.openIssue({ title: 'The release is frozen', labels: ['freeze'] })
  await repo.openIssue({ title: 'A typo' })
  const other = await github.createRepository({ owner: 'acme', name: 'other', files: { a: '1\n' } })
  await other.openIssue({ title: 'Frozen elsewhere', labels: ['freeze'] })
})
afterAll(() => stage[Symbol.asyncDispose]())

const count = (query: string) => stage.host.search(stage.repository, query)

it('counts issues and pulls of its own repository alone', async () => {
  expect(await count('is:issue label:freeze')).toBe(1)
  expect(await count('is:issue is:open -label:freeze')).toBe(1)
  expect(await count('is:pr feature')).toBe(1)
  expect(await count('is:issue label:nothing')).toBe(0)
})

it('asks for issues and for pulls where the search does not say which', async () => {
  expect(await count('is:open')).toBe(3)
  const asked = stage.github.requests
    .filter(request => request.operation === 'search/issues-and-pull-requests')
    .slice(-2)
  expect(asked.map(request => new URL(request.path, 'http://x').searchParams.get('q'))).toEqual([
    'repo:acme/app is:issue is:open',
    'repo:acme/app is:pull-request is:open',
  ])
})

it.each(['repo:acme/other is:issue', 'is:issue (repo:acme/other OR is:open)', 'is:issue org:acme'])(
  'does not look elsewhere: %s',
  async query => {
    const before = stage.github.requests.length
    await expect(count(query)).rejects.toMatchObject({ code: 'bad_input', message: expect.stringContaining('`repo:`') })
    expect(stage.github.requests).toHaveLength(before)
  },
)

it('says what GitHub does not take', async () => {
  stage.github.faults.add({ match: { operation: 'search/issues-and-pull-requests' }, kind: '422' })
  await expect(count('is:issue label:freeze')).rejects.toMatchObject({ code: 'bad_input' })
})

it('a push is compared with what was there before, a new branch with the default branch', async () => {
  const { repo, host, repository } = stage
  const before = repo.sha('feature')
  const after = await repo.commit({ branch: 'feature', files: { 'docs/a.md': 'a\n', 'src/new.ts': null } as never })
  expect(await host.pushedPaths(repository, { before, after })).toEqual(['docs/a.md', 'src/new.ts'])
  const fresh = await repo.commit({ branch: 'fresh', files: { 'x.md': 'x\n' } })
  expect(await host.pushedPaths(repository, { before: '0'.repeat(40), after: fresh })).toEqual(['x.md'])
})

it('paths past what GitHub lists, or since a commit that is gone, are not known', async () => {
  const { repo, host, repository } = stage
  const files = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`many/${index}.txt`, `${index}\n`]))
  const after = await repo.commit({ branch: 'many', files })
  expect(await host.pushedPaths(repository, { before: repo.sha(), after })).toBeUndefined()
  expect(await host.pushedPaths(repository, { before: 'f'.repeat(40), after })).toBeUndefined()
})
