// Opening a commit by itself: what came since an earlier one, every file of it, and what it says when one is gone.
import { expect, test } from 'vitest'
import { repository, setUp } from './open.ts'
import { token } from './origin.ts'

async function place() {
  const { origin, workspaces } = await setUp()
  const request = { repository, cloneUrl: origin.url, token: async () => token, signal: new AbortController().signal }
  const first = origin.commit({ 'a.txt': 'one\n', 'gen/b.ts': 'x\n', '.gitattributes': 'gen/** linguist-generated\n' })
  const second = origin.commit({ 'a.txt': 'two\n' }, { parents: [first] })
  origin.setRef('refs/heads/main', second)
  return { origin, workspaces, request, first, second }
}

test('a commit without an earlier one has no change, and all of its files', async () => {
  const { workspaces, request, second } = await place()
  await using checkout = await workspaces.openCommit({ ...request, commit: second })
  expect((await checkout.change()).files).toEqual([])
  expect(await checkout.file('a.txt')).toBe('two\n')
  expect(await checkout.log()).toContain('change')
  expect(await checkout.files()).toEqual({
    files: [
      { path: '.gitattributes', bytes: 26, generated: false, vendored: false },
      { path: 'a.txt', bytes: 4, generated: false, vendored: false },
      { path: 'gen/b.ts', bytes: 2, generated: true, vendored: false },
    ],
    cut: false,
  })
})

test('a commit since an earlier one has what came between', async () => {
  const { workspaces, request, first, second } = await place()
  await using checkout = await workspaces.openCommit({ ...request, commit: second, since: first })
  expect((await checkout.change()).files).toMatchObject([{ path: 'a.txt', additions: 1, deletions: 1 }])
})

test('symbolic links and submodules are no files', async () => {
  const { origin, workspaces, request } = await place()
  const odd = origin.commit({
    'link.ts': { mode: '120000', content: '/etc/passwd' },
    sub: { mode: '160000', id: 'a'.repeat(40) },
    'real file.ts': 'x\n',
  })
  origin.setRef('refs/heads/odd', odd)
  await using checkout = await workspaces.openCommit({ ...request, commit: odd })
  expect((await checkout.files()).files.map(file => file.path)).toEqual(['real file.ts'])
})

test('a server that gives no commit by its name is asked for its branches and tags', async () => {
  const { origin, workspaces, request, first } = await place()
  const tagged = origin.commit({ 'a.txt': 'three\n' }, { parents: [first] })
  origin.setRef('refs/tags/v1', tagged)
  origin.git('config', 'uploadpack.allowAnySHA1InWant', 'false')
  origin.fault.protocol = 0
  await using checkout = await workspaces.openCommit({ ...request, commit: tagged })
  expect(await checkout.file('a.txt')).toBe('three\n')
})

test('a commit that is gone is said to be so', async () => {
  const { workspaces, request, second } = await place()
  await expect(workspaces.openCommit({ ...request, commit: 'd'.repeat(40) })).rejects.toMatchObject({
    code: 'not_found',
    message: 'Commit dddddddddddd is not in o/r; it was probably replaced by a force push.',
  })
  await expect(workspaces.openCommit({ ...request, commit: 'main' })).rejects.toMatchObject({ code: 'bad_input' })
  expect(await workspaces.holds(repository)).toBe(true)
  await workspaces.fetchCommit({ ...request, commit: second })
})
