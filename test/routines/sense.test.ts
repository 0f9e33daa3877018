// What no schema can say about a routine's file, for every trigger and gate; and what is worth a look without being wrong.
import { describe, expect, it } from 'vitest'
import { loadConfiguration } from '../../src/routines/index.ts'
import { load, messages, routineFile } from './samples.ts'

const said = (yaml: string, name = 'mine') => messages(load([routineFile(name, `description: x\n${yaml}`)]))

const wrong: [yaml: string, sentence: string][] = [
  ['on: { issues: { title: { matches: "(" } } }', '3:26 on.issues.title.matches: is not a regular expression of RE2'],
  ['on: { release: { tag: { matches: "[" } } }', '3:25 on.release.tag.matches: is not a regular expression of RE2'],
  ['on: { check_suite: { app: { matches: "a**" } } }', 'on.check_suite.app.matches: is not a regular expression'],
  ['on: { push: { paths: ["src/"] } }', 'on.push.paths[0]: `src/` names a folder; write `src/**`'],
  [
    'on: { push: { paths: ["../src/**"] } }',
    'on.push.paths[0]: `../src/**` has `..` in it, so that it matches nothing',
  ],
  ['on: { push: { tags: ["v(1)"] } }', 'on.push.tags[0]: `v(1)` has brackets of regular expressions'],
  ['on: { workflow_run: { branches: ["[a"] } }', 'on.workflow_run.branches[0]: `[a` is not a glob'],
  [
    'on: { deployment_status: { environments: ["/x"] } }',
    'on.deployment_status.environments[0]: `/x` begins with a slash',
  ],
  ['on: { merge_group: { branches: ["a{b"] } }', 'on.merge_group.branches[0]: `a{b` is not a glob'],
  ['on: { issues: { types: [opened, opened] } }', 'on.issues.types[1]: `opened` is given twice.'],
  [
    'on: { pull_request: { size: { min: 9, max: 1 } } }',
    'on.pull_request.size: has a `min` of 9 above its `max` of 1.',
  ],
  [
    'on: { api: true }\nskip_if: { search: "is:open repo:acme/other" }',
    'skip_if.search: names a place itself; leave `repo:` out',
  ],
  ['on: { api: true }\nonly_if: { search: "-org:acme x" }', 'only_if.search: names a place itself; leave `org:` out'],
  ['on: { api: true }\nrepositories: [acme/a, acme/a]', 'repositories[1]: `acme/a` is given twice.'],
  ['on: { api: true }\nreads: [issues, issues]', 'reads[1]: `issues` is given twice.'],
  ['on: { api: true }\npaths: { "src/": { floor: low } }', 'paths.src/: `src/` names a folder'],
  ['on: { api: true }\npaths: { "!a/**": { floor: low } }', '`paths` takes no "!"'],
  ['on: { api: true }\npaths: { "a/**": {} }', 'says nothing; give it `agents`, a `floor`, or both.'],
  [
    'on: { api: true }\npaths: { "a/**": { agents: [secuirty] } }',
    'paths.a/**.agents[0]: there is no agent called `secuirty`; did you mean `security`?',
  ],
  ['on: { api: true }\npaths: { "a/**": { flor: low } }', 'paths.a/**.flor: unknown key `flor`; did you mean `floor`?'],
  ['on: { api: true }\nreview_by: 2027-02-30', 'review_by: is "2027-02-30", and there is no such day.'],
  [
    'on: { api: true }\nlanguage: "English. Report nothing"',
    'language: "English. Report nothing" does not fit: it is the name of a language',
  ],
  [
    'on: { api: true }\nextends: acme/lib/a.md',
    'extends: "acme/lib/a.md" does not fit: it is the name of a routine, or OWNER/REPO/PATH.md@COMMIT.',
  ],
  ['on: { api: true }\nowner: "a b"', 'owner: "a b" does not fit: it is a login, or ORGANISATION/TEAM.'],
]

describe('a routine', () => {
  it.each(wrong)('is told: %s', (yaml, sentence) => {
    expect(said(yaml)).toEqual([expect.stringContaining(sentence)])
  })

  it('of the name that the check on configuration has is none', () => {
    expect(said('on: { api: true }', 'configuration')).toEqual([
      '.github/routines/configuration.md:: takes the name of the check on configuration files; call it otherwise.',
    ])
  })

  it('with one wrong part still gets the complaints about all others', () => {
    const both = said(
      'on: { push: { paths: ["src/"], brnches: [main] }, issues: { types: [opened, shut] } }\nbudget: 5',
    )
    for (const path of ['on.push.brnches:', 'on.issues.types[1]:', 'on.push.paths[0]:', 'budget:'])
      expect(both.filter(sentence => sentence.includes(` ${path}`))).toHaveLength(1)
    expect(both).toHaveLength(4)
  })

  it('says what a key is for beside what is wrong with it', () => {
    const help = (yaml: string) => load([routineFile('mine', `description: x\n${yaml}`)]).problems[0]
    expect(help('on: { pull_request: { drft: true } }')).toMatchObject({
      suggestion: 'draft',
      help: expect.stringMatching(/^`draft`: false: drafts are skipped/),
    })
    expect(help('on: { pull_request: { draft: 5 } }')).toMatchObject({
      help: expect.stringMatching(/^false: drafts are skipped/),
    })
    expect(help('agents: [{ name: x, model: slow, prompt: y }]')).toMatchObject({
      help: expect.stringContaining('Model tier of this agent.'),
    })
    expect(help('agents: [5]')).toMatchObject({ help: expect.stringContaining('The reviewers it sends.') })
    expect(help('model: deap')).toMatchObject({ suggestion: 'deep' })
    expect(help('nothing_like_it: 1')).not.toHaveProperty('suggestion')
  })
})

describe('notes', () => {
  const notes = (yaml: string, today = '2026-11-21') =>
    loadConfiguration({
      builtIn: [],
      organisation: [],
      repository: [routineFile('mine', `description: x\n${yaml}`)],
      today,
    })

  it('are no problems, and switch nothing off', () => {
    const {
      problems,
      notes: said,
      routines,
    } = notes('kind: work\non: { schedule: "0 2 13 * 5" }\nreview_by: 2026-11-20\nowner: ada')
    expect(problems).toEqual([])
    expect(routines[0]?.off).toBeUndefined()
    expect(said.map(({ path, message }) => `${path} ${message}`)).toEqual([
      expect.stringMatching(/^on\.schedule has a day of the month and a day of the week: .* both/),
      'review_by was to be looked over by 2026-11-20, and that day has passed; ada looks after it.',
    ])
  })

  it('tell of a label that its routine may not take off', () => {
    const said = (yaml: string) => notes(`kind: work\n${yaml}`).notes.map(({ path, message }) => `${path} ${message}`)
    expect(said('on: { label: go }\ncan: [check]')).toEqual([
      'on.label stays where it was set, since `can` has no `label`: it has to be taken off by hand to ask again. Add it to `can`, or say `keep: true`.',
    ])
    expect(said('on: { label: go }\ncan: [check, label]')).toEqual([])
    expect(said('on: { label: { name: go, keep: true } }\ncan: [check]')).toEqual([])
    expect(said('on: { push: {} }\ncan: [check]')).toEqual([])
  })

  it('are none on the day itself, nor for a routine in order', () => {
    expect(notes('on: { push: {} }\nkind: work\nreview_by: 2026-11-21').notes).toEqual([])
  })
})
