// Files that settings keep private: no look answers with a byte of them, whatever it is asked and however the path is spelled.
import { expect, test } from 'vitest'
import { lookTools } from '../../src/agents/index.ts'
import { readFile } from '../../src/claude/index.ts'
import { pullOf, setUp } from './open.ts'

const secret = 'MARKER7f3a'
const line = (name: string) => `${secret} of ${name}\n`

test('nothing of them is in the change, in any look, at any commit, under any spelling', async () => {
  const { origin, open } = await setUp()
  const before = {
    'secrets/key.txt': `${line('key')}one\ntwo\nthree\n`,
    'secrets/moves.txt': `${line('moves')}a\nb\nc\nd\n`,
    'secrets/a:3:b\nc"é.txt': line('an odd name'),
    'Secrets/upper.txt': line('upper case'),
    'deep/er/id.pem': line('pem'),
    'src/open.ts': 'open one\n',
  }
  const { base, head } = pullOf(origin, before, {
    'secrets/key.txt': `${line('key')}one\nTWO\nthree\n`,
    'secrets/moves.txt': undefined,
    'src/moved.txt': `${line('moves')}a\nb\nc\nD\n`,
    'src/open.ts': 'open two\n',
  })
  await using whole = await open(base, head)
  const checkout = await whole.without(['secrets/**', '**/*.pem'])

  const { files } = await checkout.change()
  expect(files.map(({ path, hunks, private: kept }) => [path, hunks.length, kept])).toEqual([
    ['secrets/key.txt', 0, true],
    ['src/moved.txt', 0, true],
    ['src/open.ts', 1, undefined],
  ])
  const tools = lookTools(checkout, readFile)
  const spellings = [
    ...Object.keys(before).filter(path => path !== 'src/open.ts'),
    'src/moved.txt',
    './secrets/key.txt',
    'src/../secrets/key.txt',
    'secrets//key.txt',
    'secrets/./key.txt',
    'SECRETS/KEY.TXT',
    'secrets\\key.txt',
  ]
  const asked: [string, object][] = [
    ...spellings.flatMap((path): [string, object][] => [
      ['read', { path }],
      ['read', { path, from: 1, to: 1 }],
      ['grep', { pattern: '.', path }],
      ['log', { path }],
      ['blame', { path, from: 1, to: 3 }],
      ...['HEAD', 'HEAD~1', head, base].map((at): [string, object] => ['show', { revision: `${at}:${path}` }]),
    ]),
    ['grep', { pattern: '.' }],
    ['grep', { pattern: secret, path: 'secrets' }],
    ['grep', { pattern: secret, path: 'src' }],
    ['glob', { pattern: '**' }],
    ['log', {}],
    ['show', { revision: head }],
    ['show', { revision: base }],
    ['show', { revision: 'HEAD~1' }],
    ['show', { revision: 'HEAD:secrets' }],
  ]
  const answers = new Map<string, string>()
  for (const [name, input] of asked) {
    const tool = tools.find(one => one.name === name)!
    const answer = await tool.run(input as never, new AbortController().signal).catch(String)
    expect(answer, `${name} ${JSON.stringify(input)}`).not.toContain(secret)
    answers.set(`${name} ${JSON.stringify(input)}`, answer)
  }
  // What is not private is seen as before, and what is says why it is not.
  expect(answers.get('read {"path":"secrets/key.txt"}')).toContain('private')
  expect(answers.get('grep {"pattern":"."}')).toContain('src/open.ts:1:open two')
  expect(answers.get('glob {"pattern":"**"}')).toMatch(/\nsrc\/open.ts\n/)
  const shown = answers.get(`show {"revision":"${head}"}`)
  expect(shown).toContain('+open two')
  expect(shown).toContain('private')
  expect(shown).not.toContain('secrets/key.txt')
  expect(await checkout.file('src/open.ts')).toBe('open two\n')
  await expect(checkout.file('secrets/key.txt', base)).rejects.toMatchObject({ code: 'forbidden' })
  // The marker is what the looks would show without the settings, so that this test can fail.
  expect(await whole.grep(secret)).toContain('secrets/key.txt:1:')
  expect(await whole.grep(secret)).toContain('"secrets/a:3:b\\nc\\"é.txt":1:')
  expect(await whole.show(base)).toContain(secret)
  expect(await whole.without([])).toBe(whole)
})

test('a commit that touches private files alone shows its message, and no line', async () => {
  const { origin, open } = await setUp()
  const { base, head } = pullOf(origin, { 'a.ts': 'a\n' }, { 'secrets/key.txt': line('key') })
  await using whole = await open(base, head)
  const checkout = await whole.without(['secrets/**'])
  const shown = await checkout.show('HEAD')
  expect(shown).toContain('change')
  expect(shown).toContain('private are not shown')
  expect(shown).not.toContain(secret)
  expect(await checkout.without(['a.ts']).then(one => [one.hides('a.ts'), one.hides('secrets/x')])).toEqual([
    true,
    true,
  ])
})

test('what a private file holds is private under every other name that the change gives it, at any commit', async () => {
  const { origin, open } = await setUp()
  const files = { 'secrets/key.txt': line('key'), 'secrets/other.txt': line('other'), 'secrets/empty.txt': '' }
  // What a change writes in a private place does not hide the same text elsewhere.
  const twice = { 'secrets/new.ts': 'the same\n', 'src/new.ts': 'the same\n' }
  const base = origin.commit({ ...files, 'src/open.ts': 'open one\n', 'src/known.txt': line('known before') })
  const first = origin.commit(
    {
      'src/copy.txt': line('key'),
      'src/empty.txt': '',
      'src/for-a-while.txt': line('other'),
      'src/open.ts': 'two\n',
      ...twice,
    },
    { parents: [base] },
  )
  const head = origin.commit({ 'src/for-a-while.txt': undefined, 'src/open.ts': 'three\n' }, { parents: [first] })
  origin.setRef('refs/heads/main', base)
  origin.setRef('refs/pull/1/head', head)
  await using whole = await open(base, head)
  expect(await whole.show(`${first}:src/for-a-while.txt`)).toContain(secret)
  expect(await whole.file('src/copy.txt')).toContain(secret)

  const checkout = await whole.without(['secrets'])
  const { files: changed } = await checkout.change()
  expect(changed.map(({ path, private: kept }) => [path, kept])).toEqual([
    ['secrets/new.ts', true],
    ['src/copy.txt', true],
    ['src/empty.txt', undefined],
    ['src/new.ts', undefined],
    ['src/open.ts', undefined],
  ])
  const looks = [
    () => checkout.file('src/copy.txt'),
    () => checkout.show(`${first}:src/for-a-while.txt`),
    () => checkout.show(`${head}:src/copy.txt`),
    () => checkout.file('secrets/key.txt'),
  ]
  for (const look of looks) await expect(look()).rejects.toMatchObject({ code: 'forbidden' })
  for (const look of [() => checkout.show(first), () => checkout.grep(`${secret} of (key|other)`)])
    expect(await look()).not.toContain(`${secret} of`)
  // What lay open before the change is not what it brings.
  expect(await checkout.file('src/known.txt')).toContain('known before')
  expect(await checkout.show(`${first}:src/open.ts`)).toBe('two\n')
})
