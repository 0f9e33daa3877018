// What `check` says of `{{text}}` and what looks like it, of keys that a kind has no use for, and of files that nobody reads.
import { describe, expect, it } from 'vitest'
import { readBuiltIns } from '../../src/builtins.ts'
import { checkTree, loadConfiguration, unreadFiles } from '../../src/routines/index.ts'
import { routineFile } from './samples.ts'

const check = (yaml: string, instructions?: string) =>
  checkTree([routineFile('mine', `description: x\n${yaml}`, instructions)], readBuiltIns(), '2026-11-21')
const told = (yaml: string, instructions?: string) =>
  check(yaml, instructions).notes.map(({ path, line, message }) => `${line} ${path ?? ''} ${message}`)
const task = 'kind: work\non: { api: true }'

describe('a placeholder', () => {
  it('that is unknown is a problem, with its place and the one that was meant, and holds the routine back', () => {
    const file = routineFile(
      'mine',
      `description: x\n${task}`,
      'Look at {{text}}.\n\nThen at {{ txt }} and {{branch}}.',
    )
    const { problems, routines } = loadConfiguration({ builtIn: [], organisation: [], repository: [file] })
    expect(problems).toEqual([
      {
        file: '.github/routines/mine.md',
        line: 8,
        column: 9,
        message: '`{{txt}}` is no placeholder that is known here; did you mean `{{text}}`?',
        suggestion: '{{text}}',
      },
      {
        file: '.github/routines/mine.md',
        line: 8,
        column: 23,
        message: '`{{branch}}` is no placeholder that is known here; there is only `{{text}}`.',
      },
    ])
    expect(routines[0]?.off).toContain('`{{txt}}` is no placeholder')
  })

  it('in code, or of another language, is somebody’s example', () => {
    const workflow = ['$', '{{ github.sha }}'].join('')
    const body = `Given {{text}}, templates write \`{{name}}\`, workflows ${workflow}:\n\n\`\`\`\n{{user}}\n\`\`\`\n\nThat is all.`
    expect(check(task, body)).toEqual({ problems: [], notes: [] })
  })

  it('for the text is worth a note where nothing brings one, or nothing is given one', () => {
    expect(told('kind: work\non: { push: {} }', 'Look at {{text}}.')).toEqual([
      expect.stringMatching(/^6 {2}`\{\{text\}\}` is filled only when somebody starts it by name/),
    ])
    expect(told('on: { pull_request: {} }', 'Look at {{text}}.')).toEqual([
      expect.stringMatching(/^5 {2}`\{\{text\}\}` is never filled: a review is given no text/),
    ])
    expect(told(task, 'Look at {{text}}.')).toEqual([])
  })

  it('that is missing leaves what the API brings to nobody, which is worth a note', () => {
    expect(told(task)).toEqual([expect.stringMatching(/^4 on\.api lets a text come along that reaches nobody/)])
    expect(told('kind: work\non: { push: {} }')).toEqual([])
  })
})

it('keys that a kind of routine has no use for are worth a note each', () => {
  expect(told('on: { pull_request: {} }\neach: component\nreads: [issues]')).toEqual([
    expect.stringMatching(/^4 each is for tasks, and is ignored, since this is a review/),
    expect.stringMatching(/^5 reads is for tasks, and is ignored/),
  ])
  expect(told('kind: work\non: { push: {} }\nseverity: { inline: high, floor: low }\ncan: [check, review]')).toEqual([
    expect.stringMatching(/^5 severity\.inline is for reviews, and is ignored, since a task posts nothing on lines/),
    expect.stringMatching(/^6 can\[1\] `review` is for reviews, and is ignored/),
  ])
  expect(told('kind: work\non: { push: {} }\neach: component\nreads: [issues]')).toEqual([])
})

it('files beside the routines that nobody reads are named, with what to do', () => {
  const at = (name: string) => `.github/routines/${name}`
  const files = ['a.md', 'b.yml', 'c.markdown', 'agents/d.md', 'agents/e.yaml', 'team/f.md', 'README.md', '.gitkeep']
  expect(unreadFiles(files.map(at)).map(({ file, message }) => `${file} ${message}`)).toEqual([
    `${at('b.yml')} is not read: routines and agents are Markdown files with YAML at their top; call it \`b.md\`.`,
    `${at('c.markdown')} is not read: routines and agents are Markdown files with YAML at their top; call it \`c.md\`.`,
    `${at('agents/e.yaml')} is not read: routines and agents are Markdown files with YAML at their top; call it \`e.md\`.`,
    `${at('team/f.md')} is not read: only \`.github/routines\` itself and its folder \`agents\` are looked in; move it there.`,
  ])
  expect(unreadFiles(['src/a.yml', '.github/workflows/ci.yml'])).toEqual([])
})
