// Which file holds where several say something: precedence, extending, and what an organisation requires.
import { describe, expect, it } from 'vitest'
import { readBuiltIns } from '../../src/builtins.ts'
import { checkTree, loadConfiguration } from '../../src/routines/index.ts'
import { agentFile, answering, find, load, messages, routineFile, settingsFile } from './samples.ts'

const base =
  'description: Base\non: { pull_request: { draft: true, base: { is: main } }, label: go }\nbudget: { usd: 1, minutes: 5 }\nseverity: { inline: low }'

describe('with no configuration at all', () => {
  it('the two built-in reviews answer, with their defaults', () => {
    const configuration = load([])
    const routines = answering(configuration)
    expect(configuration.problems).toEqual([])
    expect(routines.map(({ name, source, off }) => [name, source, off])).toEqual([
      ['code-review', 'built-in', undefined],
      ['security-review', 'built-in', undefined],
    ])
    expect(routines[0]).toMatchObject({
      model: 'standard',
      severity: { inline: 'medium', floor: 'nit', gate: 'none' },
      can: ['review', 'check', 'label'],
      required: false,
    })
  })
})

describe('a routine on standby', () => {
  const waiting = routineFile('sweep', 'description: x\nstandby: true\non: { schedule: nightly }\nkind: work')

  it('answers nothing by itself, until the settings enable it', () => {
    expect(find(load([waiting]), 'sweep')).toMatchObject({ on: {}, kind: 'work' })
    const enabled = load([waiting, settingsFile('enable: [sweep]')])
    expect(find(enabled, 'sweep').on).toEqual({ schedule: 'nightly' })
    expect(enabled.problems).toEqual([])
  })

  it('is extended into one that answers', () => {
    const own = routineFile('mine', 'description: y\nextends: docs-drift')
    const mine = find(load([own]), 'mine')
    expect(mine.on).toMatchObject({ schedule: 'weekly on monday' })
    expect(mine.instructions).toContain('Find sentences of this repository')
  })

  it('that is none, or is no routine, is a problem with the nearest one', () => {
    expect(messages(load([settingsFile('enable: [docs-drfit, code-review]')]))).toEqual([
      expect.stringContaining(
        'enable[0]: there is no routine called `docs-drfit` on standby; did you mean `docs-drift`?',
      ),
      expect.stringContaining('enable[1]: `code-review` is not on standby'),
    ])
  })
})

describe('by name', () => {
  it('the repository goes before the organisation, and that before what is built in', () => {
    const own = [routineFile('code-review', 'description: Ours\non: { comment: review }')]
    const shared = [
      routineFile('code-review', 'description: Shared\non: { comment: review }'),
      {
        ...routineFile('security-review', 'description: Shared\non: { comment: review }'),
        path: 'routines/security-review.md',
      },
    ]
    const both = load(own, shared)
    expect(both.problems).toEqual([])
    expect(find(both, 'code-review')).toMatchObject({ description: 'Ours', source: 'repository', commit: 'c1' })
    expect(find(both, 'security-review')).toMatchObject({ description: 'Shared', source: 'organisation', commit: 'c2' })
    expect(answering(both)).toHaveLength(2)
  })

  it("an agent of the repository takes the place of a built-in one, and settings of the repository that of the organisation's", () => {
    const { agents, settings } = load(
      [agentFile('security'), settingsFile('automatic: true\nbudget: { run: 2 }\nseverity: { gate: high }')],
      [
        settingsFile(
          'automatic: false\nbudget: { run: 1, day: 9 }\nseverity: { gate: low, floor: nit }\nskip: ["vendor/**"]',
        ),
      ],
    )
    expect(agents.find(agent => agent.name === 'security')?.description).toBe('Looks')
    expect(settings).toMatchObject({
      automatic: true,
      budget: { run: 1, day: 9 },
      severity: { gate: 'high', floor: 'nit' },
      skip: ['vendor/**'],
    })
  })

  it('a second file of a name is refused', () => {
    const files = [routineFile('a', 'description: x\non: { comment: review }')]
    const twice = load([], [...files, { ...files[0]!, path: 'routines/a.md' }])
    expect(messages(twice)[0]).toContain('organisation:routines/a.md:: is a second file of that name')
  })

  it('at most 100 files of a place are read, and that is said', () => {
    const many = Array.from({ length: 101 }, (_, index) =>
      routineFile(`r${index}`, 'description: x\non: { comment: review }'),
    )
    const configuration = load(many)
    const { problems } = configuration
    expect(answering(configuration)).toHaveLength(102)
    expect(problems[0]?.message).toContain('only the first 100 are read')
  })
})

describe('a broken file', () => {
  it('stops no other, and says of itself why it answers nothing', () => {
    const configuration = load([
      routineFile('bad', 'description: x\nagnets: []'),
      routineFile('good', 'description: x\non: { comment: review }'),
      { path: '.github/routines/agents/bad.md', text: 'nothing' },
    ])
    expect(configuration.problems).toHaveLength(2)
    expect(
      answering(configuration)
        .filter(one => !one.off)
        .map(one => one.name),
    ).toEqual(['code-review', 'security-review', 'good'])
    expect(find(configuration, 'bad').off).toContain('.github/routines/bad.md line 3: unknown key `agnets`')
  })

  it('does not bring back what it was to change', () => {
    const configuration = load([routineFile('code-review', 'description: x\nextend: code-review')])
    expect(find(configuration, 'code-review').off).toContain('did you mean `extends`?')
  })

  it('of an agent that is named nowhere else switches its routine off, with the nearest name', () => {
    const configuration = load([routineFile('mine', 'description: x\non: { comment: review }\nagents: [securty]')])
    expect(messages(configuration)).toEqual([
      '.github/routines/mine.md:4:10 agents[0]: there is no agent called `securty`; did you mean `security`?',
    ])
    expect(find(configuration, 'mine').off).toBeDefined()
    const inline = load([
      routineFile('mine', 'description: x\non: { comment: review }\nagents: [{ name: api, prompt: Look at routes. }]'),
    ])
    expect(inline.problems).toEqual([])
  })

  it('tells at once what its keys, its agents, its placeholders and its date are wrong about, and no note that only its problems cause', () => {
    const told = (yaml: string, body?: string) => {
      const { problems, notes } = loadConfiguration({
        builtIn: readBuiltIns(),
        organisation: [],
        repository: [routineFile('mine', `description: x\n${yaml}`, body)],
        today: '2026-11-21',
      })
      return [problems, notes].map(list => list.map(one => one.path ?? one.message))
    }
    const wrong = 'on: { comment: review }\nagents: [securty]\nreview_by: 2026-01-01'
    expect(told(`severty: { floor: low }\n${wrong}`, 'Do {{txt}}.')).toEqual([
      ['severty', 'agents[0]', expect.stringContaining('`{{txt}}` is no placeholder')],
      ['review_by'],
    ])
    expect(told(wrong)).toEqual([['agents[0]'], ['review_by']])
    expect(told(`extends: nowhere\n${wrong}`)).toEqual([['extends', 'agents[0]'], []])
    expect(told('onn: { comment: review }')).toEqual([['onn'], []])
    expect(told('on: { coment: review }')).toEqual([['on.coment'], []])
  })

  it('a README beside the routines is none', () => {
    expect(load([{ path: '.github/routines/README.md', text: '# Routines' }]).problems).toEqual([])
  })
})

describe('extending', () => {
  it('merges field by field and appends the instructions', () => {
    const configuration = load(
      [
        routineFile(
          'mine',
          'description: Mine\nextends: base\non: { pull_request: { paths: ["src/**"] }, comment: review }\nbudget: { usd: 2 }',
          'And this.',
        ),
      ],
      [routineFile('base', base, 'First this.')],
    )
    expect(configuration.problems).toEqual([])
    expect(find(configuration, 'mine')).toMatchObject({
      description: 'Mine',
      on: {
        pull_request: {
          draft: true,
          base: { is: 'main' },
          paths: ['src/**'],
          types: ['opened', 'reopened', 'ready_for_review', 'synchronize'],
        },
        label: 'go',
        comment: 'review',
      },
      budget: { usd: 2, minutes: 5 },
      severity: { inline: 'low', floor: 'nit', gate: 'none' },
      instructions: 'First this.\n\nAnd this.',
    })
  })

  it('of the same name reaches for the one it takes the place of', () => {
    const configuration = load([routineFile('code-review', 'description: Mine\nextends: code-review', 'And this.')])
    expect(configuration.problems).toEqual([])
    const mine = find(configuration, 'code-review')
    expect(mine.on).toMatchObject({ label: 'needs-review', comment: 'review' })
    expect(mine.instructions).toMatch(/^Find the defects[\s\S]*And this\.$/)
  })

  it('in a circle, of itself, of the unknown or of the broken is a problem', () => {
    const circle = load(
      [],
      [routineFile('a', 'description: x\nextends: b'), routineFile('b', 'description: x\nextends: a')],
    )
    expect(messages(circle)).toEqual([
      'organisation:.github/routines/a.md:3:1 extends: `a` extends itself by way of `b`.',
      'organisation:.github/routines/b.md:3:1 extends: `b` extends itself by way of `a`.',
    ])
    const self = load([], [routineFile('a', 'description: x\nextends: a')])
    expect(messages(self)[0]).toContain('extends: `a` extends itself.')
    const unknown = load([routineFile('a', 'description: x\nextends: code-reviw')])
    expect(messages(unknown)[0]).toContain(
      'there is no built-in or organisation routine called `code-reviw`; did you mean `code-review`?',
    )
    const sibling = load([routineFile('a', 'description: x\nextends: b'), routineFile('b', base)])
    expect(messages(sibling)[0]).toContain('there is no built-in or organisation routine called `b`')
    const broken = load([routineFile('a', 'description: x\nextends: b')], [routineFile('b', 'nonsense: 1')])
    expect(messages(broken)[0]).toContain('extends: `b` can not be extended while its file has problems.')
  })
})

describe('what an organisation requires', () => {
  const required = [routineFile('audit', `${base}\nrequired: true\nagents: [security]`, 'Audit.')]

  it('is not replaced', () => {
    const configuration = load([routineFile('audit', 'description: Nothing\non: { label: never }')], required)
    expect(messages(configuration)[0]).toContain('would replace `audit`, which the organisation requires')
    expect(find(configuration, 'audit')).toMatchObject({
      source: 'organisation',
      instructions: 'Audit.',
      required: true,
    })
  })

  it('is not replaced by a broken file either', () => {
    const configuration = load([routineFile('audit', 'nonsense: 1')], required)
    expect(find(configuration, 'audit').off).toBeUndefined()
  })

  it('is extended by what adds to it, and keeps triggers, ceilings and model', () => {
    const configuration = load(
      [
        routineFile(
          'audit',
          'description: More\nextends: audit\non: { pull_request: { paths: ["x"] } }\nbudget: { usd: 50 }\nmodel: fast\ncan: [check]\nagents: [tests]\nseverity: { inline: critical, floor: nit, gate: high }',
          'And ours.',
        ),
      ],
      required,
    )
    expect(configuration.problems.map(problem => problem.path)).toEqual(['on', 'budget', 'model', 'can'])
    expect(find(configuration, 'audit')).toMatchObject({
      on: { pull_request: { draft: true, base: { is: 'main' } }, label: 'go' },
      budget: { usd: 1, minutes: 5 },
      model: 'standard',
      can: ['review', 'check', 'label'],
      agents: ['security', 'tests'],
      severity: { inline: 'low', floor: 'nit', gate: 'high' },
      instructions: 'Audit.\n\nAnd ours.',
      required: true,
    })
    expect(find(configuration, 'audit').on.pull_request).not.toHaveProperty('paths')
  })

  it('is neither switched off nor blinded by settings', () => {
    const configuration = load(
      [
        settingsFile(
          'enabled: false\nautomatic: false\ndisable: [audit]\nskip: ["**"]\nseverity: { inline: critical }',
        ),
      ],
      required,
    )
    expect(configuration.problems.map(problem => problem.path).sort()).toEqual([
      'automatic',
      'disable[0]',
      'enabled',
      'skip',
    ])
    expect(find(configuration, 'audit')).toMatchObject({ severity: { inline: 'low' } })
    expect(find(configuration, 'audit').off).toBeUndefined()
    expect(find(configuration, 'code-review').off).toContain('`enabled: false`')
    expect(configuration.settings).toMatchObject({ skip: [] })
    expect(configuration.settings.automatic).toBeUndefined()
  })

  it('sends the agents that the organisation knows', () => {
    const configuration = load([agentFile('security'), agentFile('tests')], required)
    expect(messages(configuration)).toEqual([
      '.github/routines/agents/security.md:: would change the agent `security`, which a routine required by the organisation sends; it is ignored.',
    ])
    expect(configuration.agents.find(agent => agent.name === 'tests')?.description).toBe('Looks')
  })

  it('is for organisations to say, not for repositories', () => {
    const configuration = load([routineFile('mine', `${base}\nrequired: true`)])
    expect(messages(configuration)[0]).toContain("is for an organisation's files only")
    expect(find(configuration, 'mine').required).toBe(false)
  })

  it('holds in the repository that says so, which reads its files once', () => {
    const same = loadConfiguration({
      builtIn: readBuiltIns(),
      organisation: required,
      repository: required,
      commit: 'c',
      organisationCommit: 'c',
    })
    expect(same.problems).toEqual([])
    expect(find(same, 'audit').required).toBe(true)
  })
})

describe('switching off', () => {
  it('of a name that nobody knows is a problem', () => {
    const configuration = load([settingsFile('disable:\n  - code-review\n  - securty-review\n')])
    expect(messages(configuration)).toEqual([
      '.github/watchbill.yml:3:5 disable[1]: there is no routine called `securty-review`; did you mean `security-review`?',
    ])
    expect(find(configuration, 'code-review').off).toContain('`disable`')
  })

  it('a routine without a trigger is told so', () => {
    const { problems, notes } = load([routineFile('mine', 'description: x')])
    expect(problems).toEqual([])
    expect(notes).toMatchObject([
      { path: 'on', note: true, message: expect.stringContaining('nothing ever starts it') },
    ])
  })
})

describe('check', () => {
  it('says nothing of what ships, and everything of a tree', () => {
    const builtIn = readBuiltIns()
    expect(checkTree(builtIn, builtIn)).toEqual({ problems: [], notes: [] })
    const wrong = [routineFile('a', 'description: x\nagnets: []'), settingsFile('disble: []')]
    expect(checkTree(wrong, builtIn).problems.map(({ file, line }) => [file, line])).toEqual([
      ['.github/routines/a.md', 3],
      ['.github/watchbill.yml', 1],
    ])
  })

  it("leaves open what only the organisation's files can tell", () => {
    const files = [
      routineFile('a', 'description: x\nextends: acme-base\non: { comment: review }'),
      routineFile('b', `${base}\nrequired: true`),
    ]
    const { problems, notes } = checkTree(files, readBuiltIns())
    expect(problems).toEqual([])
    expect(notes.map(({ file, path }) => [file, path])).toEqual([
      ['.github/routines/a.md', 'extends'],
      ['.github/routines/b.md', 'required'],
    ])
  })
})

it('a file that could not be read stands in for its name only, and weakens nothing that is required', () => {
  const audit = routineFile('audit', 'description: Audits\non: { pull_request: {} }\nrequired: true', 'Audit.')
  const fat = { path: '.github/routines/audit.md', text: '', problem: 'is larger than 64 kB; make it shorter.' }
  const own = { ...fat, path: '.github/routines/own.md' }
  const { routines, problems } = loadConfiguration({ builtIn: [], organisation: [audit], repository: [fat, own] })
  expect(routines.find(({ name }) => name === 'audit')).toMatchObject({ required: true, source: 'organisation' })
  expect(routines.find(({ name }) => name === 'audit')?.off).toBeUndefined()
  expect(routines.find(({ name }) => name === 'own')?.off).toContain('larger than 64 kB')
  expect(problems.map(({ file }) => file)).toEqual([fat.path, own.path])

  const mine = routineFile('audit', 'description: Mine\non: { pull_request: {} }', 'Nothing.')
  const unread = loadConfiguration({ builtIn: [], organisation: [fat], repository: [mine] })
  expect(unread.routines).toMatchObject([
    { name: 'audit', source: 'organisation', off: expect.stringContaining('64 kB') },
  ])
})
