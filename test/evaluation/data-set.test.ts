// Data sets: both forms come to the same items, and everything that is wrong is said at once, each with its place.
import { describe, expect, it } from 'vitest'
import { readDataSet } from '../../src/evaluation/index.ts'

const base = 'a'.repeat(40)
const head = 'b'.repeat(40)

const comment = (more: object = {}) => ({
  is_ai_comment: true,
  note: 'The index runs one too far.\n',
  path: 'src/a.go',
  side: 'right',
  source_model: '',
  from_line: 3,
  to_line: 5,
  category: 'Code Defect',
  context: 'Diff Level',
  ...more,
})
const aacrPull = (more: object = {}) => ({
  change_line_count: 4,
  project_main_language: 'Go',
  source_commit: base,
  target_commit: head,
  githubPrUrl: 'https://github.com/o/r/pull/7',
  comments: [comment()],
  category: 'Bug Fix',
  ...more,
})
const aacr = (known: unknown, rejected: unknown) =>
  readDataSet([
    { name: 'positive_samples.json', text: JSON.stringify(known) },
    { name: 'negative_samples.json', text: JSON.stringify(rejected) },
  ])
const own = (value: unknown) => readDataSet([{ name: 'set.json', text: JSON.stringify(value) }])
const ownItem = (more: object = {}) => ({ repository: './r', base, head, known: [], ...more })

describe("AACR-Bench's files", () => {
  it('are joined by pull request; the source commit is the base and the target commit the head', () => {
    const set = aacr(
      [aacrPull()],
      [aacrPull({ comments: [comment({ side: 'left', category: 'Security Vulnerability' })] })],
    )
    expect(set).toMatchObject({ name: 'AACR-Bench', format: 'aacr-bench', notes: [] })
    expect(set.items).toMatchObject([
      {
        id: 'o/r#7',
        repository: 'https://github.com/o/r',
        pull: 7,
        base,
        head,
        known: [{ id: 'known-1', path: 'src/a.go', side: 'RIGHT', from: 3, to: 5, category: 'code defect' }],
        rejected: [{ id: 'rejected-1', side: 'LEFT', category: 'security vulnerability' }],
      },
    ])
    expect(set.items[0]?.known[0]?.text).toBe('The index runs one too far.')
  })
  it('keep a pull request that only one of them has', () => {
    const set = aacr([aacrPull()], [aacrPull({ githubPrUrl: 'https://github.com/o/r/pull/8' })])
    expect(set.items.map(item => [item.id, item.known.length, item.rejected.length])).toEqual([
      ['o/r#7', 1, 0],
      ['o/r#8', 0, 1],
    ])
  })
  it('with lines the wrong way round are read, and it is said', () => {
    const set = aacr([aacrPull({ comments: [comment({ from_line: 1153, to_line: 1144 })] })], [aacrPull()])
    expect(set.items[0]?.known).toMatchObject([{ from: 1144, to: 1153 }])
    expect(set.notes).toEqual([expect.stringMatching(/o\/r#7: the lines of known-1 .* 1144 to 1153/)])
  })
  it('that name different commits for one pull are refused', () => {
    expect(() => aacr([aacrPull()], [aacrPull({ target_commit: base })])).toThrow(
      /pull\/7: the two files name different/,
    )
  })
  it('are told by their list when only one is given, and what is missing is said', () => {
    const one = readDataSet([{ name: 'negative_samples.json', text: JSON.stringify([aacrPull()]) }])
    expect(one.items).toMatchObject([{ known: [], rejected: [{ id: 'rejected-1' }] }])
    expect(one.notes).toEqual([expect.stringContaining('recall can not be told')])
  })
  it('have every complaint said at once, with the file and the place in it', () => {
    const wrong = aacrPull({ source_commit: 'main', comments: [comment({ from_line: 0 }), comment({ side: 'both' })] })
    expect(() => aacr([wrong], [aacrPull({ githubPrUrl: 'http://github.com/o/r/pull/7' })])).toThrow(
      /positive_samples\.json\.0\.source_commit[\s\S]*0\.comments\.0\.from_line[\s\S]*0\.comments\.1\.side[\s\S]*negative_samples\.json\.0\.githubPrUrl/,
    )
  })
})

describe('our own form', () => {
  it('names an item by its repository and head, or its pull, unless it is named', () => {
    const set = own({
      name: 'mine',
      items: [
        ownItem(),
        ownItem({ repository: 'https://github.com/o/r.git', pull: 3 }),
        ownItem({
          id: 'third',
          known: [{ path: 'a.ts', lines: 4, severity: 'high', category: 'Security', text: 'x' }],
        }),
      ],
    })
    expect(set.items.map(item => item.id)).toEqual([`r@${head.slice(0, 12)}`, 'r#3', 'third'])
    expect(set.items[2]?.known).toEqual([
      { id: 'known-1', path: 'a.ts', side: 'RIGHT', from: 4, to: 4, severity: 'high', category: 'security', text: 'x' },
    ])
  })
  it('has every complaint said at once, and knows no other keys', () => {
    const label = { path: '../up', lines: [5, 3], text: '' }
    const items = [
      ownItem({ known: [label], colour: 'red' }),
      ownItem({ base: 'main' }),
      ownItem({ repository: 'ssh://h/r' }),
    ]
    expect(() => own({ name: 'mine', items })).toThrow(
      /items\.0\.known\.0\.path[\s\S]*items\.0\.known\.0\.text[\s\S]*items\.0: [\s\S]*colour[\s\S]*items\.1\.base[\s\S]*items\.2\.repository/,
    )
  })
  const wrong: [string, object[], RegExp][] = [
    ['two items of one name', [ownItem(), ownItem()], /items\.1: is called r@b+ like item 0/],
    [
      'lines that end before they begin',
      [ownItem({ known: [{ path: 'a', lines: [5, 3], text: 'x' }] })],
      /known\.0\.lines: ends before/,
    ],
    ...['http://host/r', 'ssh://host/r', 'file:///r', 'https://', 'https://me:secret@host/r', 'https://host/r?a'].map(
      (repository): [string, object[], RegExp] => [
        repository,
        [ownItem({ repository })],
        /items\.0\.repository: .*https/,
      ],
    ),
    ['no items', [], /no item/],
  ]
  it('says of a key what it is: missing, or not known', () => {
    expect(() => own({ items: [{ repo: 1 }] })).toThrow(/\.name: is missing\n.*\.base: is missing/s)
    expect(() => own({ items: [{ repo: 1 }] })).toThrow(/items\.0: "repo": not known here/)
  })

  it.each(wrong)('refuses %s', (_, items, sentence) => {
    expect(() => own({ name: 'mine', items })).toThrow(sentence)
  })
  it('has a digest that says what is asked, not how it is written', () => {
    const a = own({ name: 'a', items: [ownItem({ known: [{ path: 'a', lines: 3, text: 'x' }] })] })
    const b = own({
      items: [{ known: [{ text: ' x ', lines: [3, 3], path: 'a', side: 'right' }], head, base, repository: './r' }],
      name: 'b',
    })
    const c = own({ name: 'a', items: [ownItem({ known: [{ path: 'a', lines: 4, text: 'x' }] })] })
    expect(b.digest).toBe(a.digest)
    expect(c.digest).not.toBe(a.digest)
  })
  it('that is no JSON is said to be none', () => {
    expect(() => readDataSet([{ name: 'set.json', text: '{' }])).toThrow(/set\.json is not JSON/)
  })
})
