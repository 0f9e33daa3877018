// What is said of a configuration file that is not right: every problem at once, each at its line and column.
import { describe, expect, it } from 'vitest'
import { parseAgent, parseRepositorySettings, parseRoutine } from '../../src/routines/index.ts'
import { agentFile, load, messages, routineFile, settingsFile } from './samples.ts'

const said = (yaml: string, body?: string) => messages(load([routineFile('x', yaml, body)]))

describe('a routine file', () => {
  it('gets all its complaints together, in the order of its lines', () => {
    expect(
      said(`description: ''
agnets: [security]
on:
  pull_request:
    types: [openend]
    paths: ["src/"]
    draft: "no"
  label: { nam: x }
  comment: reviews
model: 5
agents: [Security, { name: api, modle: deep }]
severity: { inline: hihg }
budget: { usd: -1, minutes: 1000 }
can: [review, push]`),
    ).toEqual([
      '.github/routines/x.md:2:1 description: is empty.',
      '.github/routines/x.md:3:1 agnets: unknown key `agnets`; did you mean `agents`?',
      '.github/routines/x.md:6:13 on.pull_request.types[0]: "openend" is not known here; did you mean `opened`?',
      '.github/routines/x.md:7:13 on.pull_request.paths[0]: `src/` names a folder; write `src/**` for what is in it.',
      '.github/routines/x.md:8:5 on.pull_request.draft: is "no", where true or false belongs.',
      '.github/routines/x.md:9:3 on.label.name: is missing.',
      '.github/routines/x.md:9:12 on.label.nam: unknown key `nam`; did you mean `name`?',
      '.github/routines/x.md:10:3 on.comment: "reviews" is not known here; did you mean `review`? Only review is known.',
      '.github/routines/x.md:11:1 model: 5 is not known here; it is one of fast, standard, deep.',
      '.github/routines/x.md:12:10 agents[0]: "Security" does not fit: it is lower-case letters, digits and hyphens.',
      '.github/routines/x.md:12:33 agents[1].modle: unknown key `modle`; did you mean `model`?',
      '.github/routines/x.md:13:13 severity.inline: "hihg" is not known here; did you mean `high`? It is one of critical, high, medium, low, nit.',
      '.github/routines/x.md:14:11 budget.usd: is not more than 0.',
      '.github/routines/x.md:14:20 budget.minutes: is more than 360.',
      '.github/routines/x.md:15:15 can[1]: "push" is not known here; it is one of review, check, label.',
    ])
  })

  it('is held to what a schema can not say', () => {
    expect(
      said(`description: x
on:
  pull_request:
    title: { matches: "(?=a)" }
    paths: ["src/", "**"]
    types: [opened, opened]
    size: { min: 5, max: 1 }
agents: [security, security, { name: tests, paths: ["!a"] }]`).map(one => one.replace('.github/routines/x.md:', '')),
    ).toEqual([
      '5:14 on.pull_request.title.matches: is not a regular expression of RE2: invalid or unsupported Perl syntax: `(?=`.',
      '6:13 on.pull_request.paths[0]: `src/` names a folder; write `src/**` for what is in it.',
      '7:21 on.pull_request.types[1]: `opened` is given twice.',
      '8:5 on.pull_request.size: has a `min` of 5 above its `max` of 1.',
      '9:20 agents[1]: `security` is given twice.',
      '9:45 agents[2].paths: takes every file out; give at least one glob without "!", e.g. `**`.',
    ])
  })

  it.each([
    ['no front matter', 'Just text', 'needs front matter'],
    ['front matter that does not end', '---\ndescription: x\n', 'needs front matter'],
    ['broken YAML', '---\ndescription: "x\n---\nb', 'is not YAML here'],
    [
      'a second colon on a line',
      '---\ndescription: Prices: cents\n---\nb',
      'put quotes around a text that has one in it.',
    ],
    ['a tab', '---\ndescription: x\non:\n\tlabel: x\n---\nb', 'YAML takes spaces alone.'],
    ['a tag', '---\ndescription: x\non: { push: { paths: [!docs/**] } }\n---\nb', 'put quotes around the text.'],
    [
      'a star',
      '---\ndescription: x\non: { push: { paths: [*.md] } }\n---\nb',
      'put quotes around a text that begins with `*`',
    ],
    [
      'a list of labels',
      '---\ndescription: x\non: { label: [a] }\n---\nb',
      'is a list, where text or a group of keys belongs.',
    ],
    ['a list of paths', '---\ndescription: x\npaths: [a]\n---\nb', 'is a list, where a group of keys belongs.'],
    ['a key twice', '---\ndescription: x\ndescription: y\n---\nb', '`description` is given twice.'],
    ['a list at the top', '---\n- a\n---\nb', 'is a list, where a group of keys belongs.'],
    ['an anchor', '---\ndescription: &a x\nmodel: *a\n---\nb', 'uses an anchor or alias'],
    [
      'an alias bomb',
      `---\na: &a [x]\n${[...'bcdefghij'].map((key, index) => `${key}: &${key} [${`*${'abcdefghij'[index]},`.repeat(9)}]`).join('\n')}\n---\nb`,
      'uses an anchor or alias',
    ],
    ['keys that are collections', '---\n? [a, b]\n: c\n---\nb', 'a key that is not a word'],
    ['keys within keys', `---\n${'? '.repeat(7000)}\n---\nb`, ''],
    ['deep nesting', `---\na: ${'['.repeat(500)}${']'.repeat(500)}\n---\nb`, 'nested more than 12 levels'],
    ['much YAML', `---\na: ${'x'.repeat(17_000)}\n---\nb`, 'more than 16000 characters of YAML'],
    ['no instructions', '---\ndescription: x\n---\n \n', 'has no instructions below'],
    ['more than 64 kB', `---\ndescription: x\n---\n${'ü'.repeat(40_000)}`, 'larger than 64 kB'],
  ])('with %s is refused with a sentence, at once', (_, text, sentence) => {
    const began = performance.now()
    const { value, problems } = parseRoutine({ path: '.github/routines/x.md', text })
    expect(performance.now() - began).toBeLessThan(1000)
    expect(value).toBeUndefined()
    expect(problems).not.toEqual([])
    expect(problems.map(problem => problem.message).join('\n')).toContain(sentence)
  })

  it('is named by its file', () => {
    expect(messages(load([routineFile('My Routine', 'description: x\non: { comment: review }')]))[0]).toContain(
      'not "My Routine"',
    )
  })

  it('may begin with a byte order mark and end its lines as Windows does', () => {
    const text = '\ufeff---\r\ndescription: x\r\non: { comment: review }\r\n---\r\nDo it.\r\n'
    expect(parseRoutine({ path: '.github/routines/x.md', text }).problems).toEqual([])
  })
})

describe('an agent file', () => {
  it('needs both headings, with something below them, and the name of its file', () => {
    const text = '---\nname: other\ndescription: x\nturns: 0\n---\n## Look for\n\n## Do not flag\n- Style\n'
    const { value, problems } = parseAgent({ path: '.github/routines/agents/mine.md', text })
    expect(value).toBeUndefined()
    expect(problems.map(problem => problem.message)).toEqual([
      'is not at least 1.',
      'lacks the heading "Look for" with something below it.',
    ])
    expect(parseAgent(agentFile('mine')).value).toMatchObject({ name: 'mine', model: 'standard', turns: 25 })
    expect(parseAgent({ ...agentFile('mine'), path: 'routines/agents/yours.md' }).problems[0]?.message).toBe(
      'is "mine", but the file is called yours.md.',
    )
  })
})

describe('a settings file', () => {
  it('with a typing error keeps the keys that are right', () => {
    const { value, problems } = parseRepositorySettings(
      settingsFile('disable: [security-review]\nbudgets: { run: 1 }\nskip: ["vendor/**", "a/"]\n'),
    )
    expect(value).toMatchObject({ disable: ['security-review'], skip: ['vendor/**'] })
    expect(problems.map(({ line, path }) => [line, path])).toEqual([
      [2, 'budgets'],
      [3, 'skip[1]'],
    ])
  })

  it.each(['enabled: [', 'just text', 'a: &a 1', 'x'.repeat(70_000)])(
    'that can not be read starts nothing by itself: %s',
    text => {
      const { value, problems } = parseRepositorySettings(settingsFile(text))
      expect(value).toMatchObject({ automatic: false, enabled: true })
      expect(problems).not.toEqual([])
    },
  )

  it('may be empty', () => {
    expect(parseRepositorySettings(settingsFile('# nothing yet\n')).problems).toEqual([])
  })
})
