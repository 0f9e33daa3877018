// Bytes of files at head, many at once: whatever their names are, and whatever the tree says about them.
import { expect, test } from 'vitest'
import type { Blob } from '../../src/domain/workspace.ts'
import { pullOf, setUp } from './open.ts'

const all = { eachBytes: 1024 ** 2, allBytes: 64 * 1024 ** 2 }

test('files are their bytes in the order asked, attributes or not, and what is not there says so', async () => {
  const { origin, open } = await setUp()
  const id = '0'.repeat(40)
  const names = {
    '-rf.ts': 'dash\n',
    'two\nlines missing\n.ts': 'lines\n',
    [`x\n${id} blob 3\n`]: 'forged\n',
    'sp ace "q" \\ \t.ts': 'odd\n',
    'ü.ts': Buffer.from([0xfc, 0x00, 0x0a]),
    'a.min.js': 'crlf\r\n',
    empty: '',
  }
  const { base, head } = pullOf(origin, {}, { ...names, '.gitattributes': '* -diff text eol=crlf filter=x\n' })
  await using checkout = await open(base, head)
  const paths = [...Object.keys(names), 'not\nthere', 'gone.ts', 'empty']
  const found = await collect(checkout.blobs(paths, all))
  expect(found.map(blob => blob.path)).toEqual(paths)
  expect(found.map(blob => ('bytes' in blob ? blob.bytes.toString('latin1') : blob.because))).toEqual([
    ...Object.values(names).map(value => value.toString('latin1')),
    'there is no such file at this commit',
    'there is no such file at this commit',
    '',
  ])
})

test('what is too large is named and not read, each and all together', async () => {
  const { origin, open } = await setUp()
  const { base, head } = pullOf(origin, {}, { a: 'a'.repeat(2000), b: 'b'.repeat(600), c: 'c'.repeat(600), d: 'd' })
  await using checkout = await open(base, head)
  const found = await collect(checkout.blobs(['a', 'b', 'c', 'd'], { eachBytes: 1024, allBytes: 1000 }))
  expect(found.map(blob => ('bytes' in blob ? blob.bytes.length : blob.because))).toEqual([
    'larger than 1 KiB',
    600,
    'the files before it were as much as is read of one change',
    1,
  ])
})

test('a name that leads out of the repository is named, and takes no other file with it', async () => {
  const { origin, open } = await setUp()
  const { base, head } = pullOf(origin, {}, { a: 'a\n' })
  await using checkout = await open(base, head)
  const found = await collect(checkout.blobs(['../escaped', './a', '..', '../two\nlines', 'a'], all))
  expect(found.map(blob => ('bytes' in blob ? blob.bytes.toString() : blob.because))).toEqual([
    ...Array(4).fill('its name leads out of the repository'),
    'a\n',
  ])
})

async function collect(blobs: AsyncIterable<Blob>): Promise<Blob[]> {
  const out: Blob[] = []
  for await (const blob of blobs) out.push(blob)
  return out
}
