// What came after an earlier commit of a pull, in its history or pushed over by force.
import { expect, test } from 'vitest'
import { pullOf, setUp } from './open.ts'

test('the diff from an earlier commit, whether it is still in the history, and nothing of what is not here', async () => {
  const { origin, open } = await setUp()
  const before = { '.gitattributes': 'gen/** linguist-generated\n', 'a.txt': 'one\ntwo\n' }
  const { base, head } = pullOf(origin, before, { 'a.txt': 'one\n2\n' })
  await (await open(base, head))[Symbol.asyncDispose]()
  const next = origin.commit({ 'a.txt': 'one\n2\nthree\n', 'gen/x.txt': 'x\n' }, { parents: [head] })
  origin.setRef('refs/pull/1/head', next)
  await using checkout = await open(base, next)
  const since = await checkout.since(head)
  expect(since).toMatchObject({ commit: head, ancestor: true, change: { mergeBase: head, head: next } })
  expect(since?.change.files.map(file => [file.path, file.additions, file.generated])).toEqual([
    ['a.txt', 1, false],
    ['gen/x.txt', 1, true],
  ])

  const forced = origin.commit({ 'a.txt': 'one\n2\nthree\n' }, { parents: [base] })
  origin.setRef('refs/pull/1/head', forced)
  await using over = await open(base, forced)
  expect(await over.since(head)).toMatchObject({
    ancestor: false,
    change: { files: [{ path: 'a.txt', additions: 1 }] },
  })
  expect(await over.since('0'.repeat(40))).toBeUndefined()
  expect(await over.since('--output=/tmp/x')).toBeUndefined()

  await using closed = await over.without(['a.txt'])
  expect((await closed.since(head))?.change.files).toMatchObject([{ path: 'a.txt', hunks: [], private: true }])
})
