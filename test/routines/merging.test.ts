// Where several files say something: every key of a routine and of the settings, as the one table of the reference has it.
import { describe, expect, it } from 'vitest'
import { type RoutineFront, repositorySettingsSchema, routineSchema } from '../../src/domain/routine.ts'
import { merge, routineRules, settingsRules } from '../../src/routines/merging.ts'
import { find, load, messages, routineFile, settingsFile } from './samples.ts'

/** Two values of each key that differ in everything, and what becomes of them. */
const samples: { [Key in keyof RoutineFront]-?: [parent: RoutineFront[Key], child: RoutineFront[Key]] } = {
  description: ['parent', 'child'],
  extends: ['code-review', 'security-review'],
  kind: ['work', 'review'],
  on: [
    { comment: 'review', pull_request: { draft: true } },
    { api: true, pull_request: { fork: false } },
  ],
  cooldown: ['1h', '2h'],
  debounce: ['1m', '2m'],
  concurrency: ['queue', 'parallel'],
  runs: [{ day: 1 }, { month: 2 }],
  skip_if: [
    { search: 'a', at_least: 1 },
    { search: 'b', at_least: 2 },
  ],
  only_if: [
    { search: 'a', at_least: 1 },
    { search: 'b', at_least: 2 },
  ],
  permission: ['write', 'read'],
  forks: [true, false],
  bots: [true, false],
  repositories: [['acme/a'], ['acme/b']],
  reads: [['issues'], ['alerts']],
  paths: [{ 'a/**': { floor: 'low' }, 'b/**': { floor: 'low' } }, { 'a/**': { floor: 'high' } }],
  intent: [true, false],
  language: ['English', 'Deutsch'],
  owner: ['ada', 'grace'],
  review_by: ['2027-01-01', '2028-01-01'],
  standby: [true, false],
  each: ['component', 'component'],
  model: ['deep', 'fast'],
  agents: [['security'], ['correctness']],
  severity: [{ inline: 'low', gate: 'high' }, { gate: 'low' }],
  incomplete: ['fail', 'pass'],
  budget: [{ usd: 1 }, { minutes: 2 }],
  can: [['check'], ['review']],
  required: [true, false],
}
const keys = Object.keys(samples) as (keyof RoutineFront)[]

const front = (key: keyof RoutineFront, value: unknown) => ({ description: 'x', [key]: value }) as RoutineFront

describe('a routine that extends another', () => {
  it('has a rule for every key there is', () => {
    expect(keys.toSorted()).toEqual(Object.keys(routineSchema.shape).toSorted())
    expect(Object.keys(routineRules).toSorted()).toEqual(keys.toSorted())
  })

  it.each(keys.filter(key => key !== 'description'))('`%s`: its own, and what is left of the other', key => {
    const [parent, child] = samples[key]
    const both = merge(front(key, parent), front(key, child))[key]
    const silent = merge(front(key, parent), { description: 'x' })[key]
    const rule = routineRules[key].extending
    if (rule === 'own') expect([both, silent]).toEqual([child, undefined])
    else expect(silent).toEqual(parent)
    if (rule === 'replaces') expect(both).toEqual(child)
    if (rule === 'keys') expect(both).toEqual({ ...(parent as object), ...(child as object) })
  })

  it('has its triggers beside those of the other, and the filters of pull requests one by one', () => {
    const [parent, child] = samples.on
    expect(merge(front('on', parent), front('on', child)).on).toEqual({
      comment: 'review',
      api: true,
      pull_request: { draft: true, fork: false },
    })
    const labels = merge(front('on', { label: { name: 'a', keep: true } }), front('on', { label: 'b' }))
    expect(labels.on).toEqual({ label: 'b' })
  })

  it('has its folders after those of the other, since the last that matches decides', () => {
    const [parent, child] = samples.paths
    const { paths } = merge(front('paths', parent), front('paths', child))
    expect(Object.entries(paths ?? {})).toEqual([
      ['b/**', { floor: 'low' }],
      ['a/**', { floor: 'high' }],
    ])
  })

  it('reaches all of it in a file', () => {
    const base =
      'description: Base\non: { pull_request: {} }\nruns: { day: 3 }\npaths: { "a/**": { floor: low } }\nrepositories: [acme/lib]\nlanguage: Deutsch\nowner: ada\nreview_by: 2027-01-01\ncooldown: 1h'
    const { problems, routines } = load(
      [routineFile('mine', 'description: Mine\nextends: base\nruns: { month: 30 }\ncooldown: 2h\nlanguage: English')],
      [routineFile('base', base)],
    )
    expect(problems).toEqual([])
    expect(routines.find(one => one.name === 'mine')).toMatchObject({
      gates: { runs: { day: 3, month: 30 }, cooldown: '2h' },
      paths: { 'a/**': { floor: 'low' } },
      repositories: ['acme/lib'],
      language: 'English',
      owner: 'ada',
      review_by: '2027-01-01',
    })
  })
})

describe('a routine that the organisation requires', () => {
  const base = 'description: Base\non: { pull_request: {} }\nrequired: true\nagents: [security]'
  const yaml: Partial<Record<keyof RoutineFront, string>> = {
    kind: 'kind: work',
    on: 'on: { comment: review }',
    cooldown: 'cooldown: 30d',
    debounce: 'debounce: 30d',
    concurrency: 'concurrency: coalesce',
    runs: 'runs: { day: 1 }',
    skip_if: 'skip_if: { search: "is:issue" }',
    only_if: 'only_if: { search: "is:issue" }',
    permission: 'permission: admin',
    forks: 'forks: false',
    bots: 'bots: false',
    repositories: 'repositories: [acme/nowhere]',
    reads: 'reads: [issues]',
    paths: 'paths: { "**": { agents: [tests], floor: critical } }',
    intent: 'intent: true',
    language: 'language: Klingon',
    owner: 'owner: nobody',
    review_by: 'review_by: 2099-01-01',
    standby: 'standby: true',
    each: 'each: component',
    model: 'model: fast',
    incomplete: 'incomplete: pass',
    budget: 'budget: { usd: 0.01 }',
    can: 'can: [label]',
  }
  const fixed = keys.filter(key => routineRules[key].required === 'fixed' && key !== 'required')

  it('is fixed in every key but those that add to it', () => {
    expect(Object.keys(yaml).toSorted()).toEqual(fixed.toSorted())
    const free = keys.filter(key => !fixed.includes(key))
    expect(free).toEqual(['description', 'extends', 'agents', 'severity', 'required'])
  })

  it.each(Object.entries(yaml))('does not change by `%s` in a repository, which is told so', (key, written) => {
    const alone = find(load([], [routineFile('audit', base)]), 'audit')
    const configuration = load(
      [routineFile('audit', `description: x\nextends: audit\n${written}`, 'More.')],
      [routineFile('audit', base)],
    )
    expect(messages(configuration)).toEqual([
      expect.stringMatching(new RegExp(`${key}: is fixed by the organisation, which requires \`audit\``)),
    ])
    const { instructions: _, path: __, source: ___, commit: ____, ...held } = find(configuration, 'audit')
    const { instructions: _1, path: __1, source: ___1, commit: ____1, ...was } = alone
    expect(held).toEqual(was)
  })

  it('keeps its agents as they are, and says so', () => {
    const configuration = load(
      [routineFile('audit', 'description: x\nextends: audit\nagents: [{ name: security, paths: ["docs/**"] }, tests]')],
      [routineFile('audit', base)],
    )
    expect(messages(configuration)).toEqual([
      expect.stringContaining('agents[0]: would change the agent `security`, which the organisation sends'),
    ])
    expect(find(configuration, 'audit').agents).toEqual(['security', 'tests'])
  })

  it('is not starved, and not spoken to in another language, by settings', () => {
    const settings = settingsFile('budget: { run: 0.01, day: 0.01 }\nlanguage: Klingon')
    const configuration = load([settings], [routineFile('audit', base), settingsFile('budget: { day: 9 }')])
    expect(messages(configuration)).toEqual([expect.stringContaining('budget: is ignored: the organisation requires')])
    expect(configuration.settings.budget).toEqual({ day: 9 })
    expect(find(configuration, 'audit').language).toBeUndefined()
    expect(find(configuration, 'code-review').language).toBe('Klingon')
    const house = load([settings], [routineFile('audit', base), settingsFile('language: Français')])
    expect(find(house, 'audit').language).toBe('Français')
  })

  it('sends the agents of its folders as the organisation knows them', () => {
    const folders = routineFile('audit', `${base}\npaths: { "pay/**": { agents: [tests] } }`)
    const own = {
      path: '.github/routines/agents/tests.md',
      text: '---\nname: tests\ndescription: Nothing\n---\n## Look for\n\n- x\n\n## Do not flag\n\n- y\n',
    }
    expect(messages(load([own], [folders]))[0]).toContain('would change the agent `tests`')
  })
})

describe('settings of an organisation and of a repository', () => {
  it('have a rule for every key there is', () => {
    expect(Object.keys(settingsRules).toSorted()).toEqual(Object.keys(repositorySettingsSchema.shape).toSorted())
  })

  it('hold together: the lower budget, the severity key by key, the word of the repository for the rest', () => {
    const { settings, problems } = load(
      [
        settingsFile(
          'budget: { run: 2, day: 5 }\nseverity: { gate: low }\nskip: ["b/**"]\nlanguage: Deutsch\nreadable_by: [acme/b]',
        ),
      ],
      [
        settingsFile(
          'enabled: false\nbudget: { run: 1, day: 9, pull: 3 }\nseverity: { gate: high, floor: low }\nskip: ["a/**"]\nreadable_by: [acme/a]\nlanguage: English',
        ),
      ],
    )
    expect(problems).toEqual([])
    expect(settings).toMatchObject({
      enabled: false,
      budget: { run: 1, day: 5, pull: 3 },
      severity: { gate: 'low', floor: 'low' },
      skip: ['b/**'],
      language: 'Deutsch',
      readable_by: ['acme/b'],
    })
    const house = load([], [settingsFile('skip: ["a/**"]\nreadable_by: [acme/a]')]).settings
    expect(house).toMatchObject({ skip: ['a/**'], readable_by: [] })
  })

  it('add what is private and what agents are told about parts; the organisation has neither taken away', () => {
    const house = settingsFile(
      'private: ["secrets/**"]\ninstructions: [{ paths: ["**/*.sql"], text: "No locks." }]\nintent: true',
    )
    const own = settingsFile('private: ["keys/**"]\ninstructions: [{ paths: ["api/**"], text: "Check permissions." }]')
    const { settings, problems, routines } = load([own], [house])
    expect(problems).toEqual([])
    expect(settings.private).toEqual(['secrets/**', 'keys/**'])
    expect(settings.instructions.map(one => one.text)).toEqual(['No locks.', 'Check permissions.'])
    expect(routines.find(one => one.name === 'code-review')?.intent).toBe(true)
    expect(load([settingsFile('private: []\nintent: false')], [house]).settings).toMatchObject({
      private: ['secrets/**'],
      intent: false,
    })
    const required = load(
      [own],
      [house, routineFile('audit', 'description: x\non: { pull_request: {} }\nrequired: true')],
    )
    expect(required.settings.private).toEqual(['secrets/**', 'keys/**'])
    expect(messages(required)).toEqual([
      expect.stringContaining(
        'private: hides files from every model, and so from what the organisation requires `audit`',
      ),
    ])
  })

  it.each([
    ['a glob that can not be used', 'private: ["secrets/"]'],
    ['one that reaches out of the repository', 'private: ["../secrets/**"]'],
    ['one that begins with a space', 'private: [" secrets/**"]'],
    ['one that begins with a drive', 'private: ["C:/secrets/**"]'],
    ['one that takes out', 'private: ["**", "!src/**"]'],
    ['no list', 'private: secrets/**'],
    ['a list with something else in it', 'private: ["a/**", 3]'],
    ['a file that is no YAML', 'private: ["a'],
    ['a file that is a list', '- private'],
  ])('with %s keep everything private, until that is mended', (_, written) => {
    for (const configuration of [load([settingsFile(written)]), load([], [settingsFile(written)])]) {
      expect(configuration.settings.private).toEqual(['**'])
      expect(configuration.problems).not.toEqual([])
    }
  })

  it('with a glob that can match nothing are complained about wherever it stands, loudest of what was to be private', () => {
    const written = 'private: ["../a"]\nskip: [" b"]\ninstructions: [{ paths: ["C:/c"], text: "No locks." }]'
    const { settings, problems } = load([settingsFile(written)])
    expect(problems.map(one => `${one.path}: ${one.message}`)).toEqual([
      expect.stringMatching(/^private\[0\]: `..\/a` has `\.\.`.*every file is private: no model is shown any\.$/),
      expect.stringMatching(/^skip\[0\]: ` b` begins or ends with a space/),
      expect.stringMatching(/^instructions\[0\]\.paths\[0\]: `C:\/c` begins with a drive/),
    ])
    expect(settings).toMatchObject({ private: ['**'], skip: [], instructions: [] })
  })

  it('that were not read at all keep everything private too', () => {
    const fat = { path: '.github/watchbill.yml', text: '', problem: 'is larger than 64 kB; make it shorter.' }
    expect(load([fat]).settings).toMatchObject({ private: ['**'], automatic: false })
    expect(load([settingsFile('skip: ["a/"]')]).settings.private).toEqual([])
  })

  it('of the organisation, ceilings hold and a repository that asks for more is told so', () => {
    const ceilings = settingsFile('ceilings: { run: 1, day: 4, can: [check, label] }')
    const configuration = load(
      [
        settingsFile('budget: { run: 2, day: 9 }'),
        routineFile('mine', 'description: x\non: { api: true }\nbudget: { usd: 3 }\ncan: [review, check]'),
      ],
      [ceilings],
    )
    expect(messages(configuration)).toEqual([
      expect.stringContaining("mine.md:4:11 budget.usd: is above the organisation's ceiling of $1 a run"),
      expect.stringContaining("mine.md:5:1 can: has `review`, which the organisation's ceiling does not"),
      expect.stringContaining("watchbill.yml:1:11 budget.run: is above the organisation's ceiling of $1 a run"),
      expect.stringContaining("watchbill.yml:1:19 budget.day: is above the organisation's ceiling of $4 a day"),
    ])
    expect(configuration.settings.ceilings).toEqual({ run: 1, day: 4, can: ['check', 'label'] })
    expect(find(configuration, 'mine').can).toEqual(['check'])
    expect(find(configuration, 'code-review').can).toEqual(['check', 'label'])
  })

  it('of a repository, ceilings are a problem, and none', () => {
    const configuration = load([settingsFile('ceilings: { run: 1 }')])
    expect(messages(configuration)).toEqual([
      ".github/watchbill.yml:1:1 ceilings: is for an organisation's file only, and is ignored.",
    ])
    expect(configuration.settings.ceilings).toBeUndefined()
  })
})
