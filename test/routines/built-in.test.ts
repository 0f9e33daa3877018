// What ships as Markdown holds: it parses, every mark gets its value, and the rules of the house stand in it.
import { describe, expect, it } from 'vitest'
import { readBuiltIns, readWords } from '../../src/builtins.ts'
import { fill, promptNames } from '../../src/domain/words.ts'
import { checkTree } from '../../src/routines/index.ts'
import { load } from './samples.ts'

const builtIn = readBuiltIns()
const { agents, routines } = load([])

/** The values that each prompt is filled with. */
const marks: Record<string, string[]> = {
  finder: ['routines', 'rules'],
  language: ['language'],
  beside: ['names'],
  worker: ['routine', 'task', 'rules'],
  verifier: ['rules'],
  'verifier-brief': ['file', 'line', 'quote', 'title', 'claim', 'severity', 'origin', 'diff', 'code'],
  'panel-reachability': ['rules'],
  'panel-impact': ['rules'],
  'panel-defences': ['rules'],
  since: ['commit'],
  'recheck-brief': ['severity', 'origin', 'file', 'line', 'claim', 'quote', 'diff', 'code'],
  'reply-brief': ['severity', 'origin', 'file', 'line', 'claim', 'quote', 'replies', 'diff', 'code'],
  'same-finding-brief': ['first', 'second'],
  inventory: ['inventory'],
  'across-parts': ['parts', 'contracts'],
  replacement: ['lines', 'replacement'],
  'intent-brief': ['source', 'quote', 'claim', 'files'],
}

describe('the built-in routines', () => {
  it('load without a problem', () => {
    expect(checkTree(builtIn, builtIn)).toEqual({ problems: [], notes: [] })
    expect(load([]).problems).toEqual([])
  })

  it.each([
    ['code-review', 'needs-review'],
    ['security-review', 'needs-security-review'],
  ])('%s answers pull requests, its label, and being asked', (name, label) => {
    const one = routines.find(routine => routine.name === name)
    expect(one).toMatchObject({ on: { label, comment: 'review' }, can: ['review', 'check', 'label'] })
    expect(one?.on.pull_request?.types).toEqual(['opened', 'reopened', 'ready_for_review', 'synchronize'])
    expect(one?.instructions.length).toBeGreaterThan(300)
  })
})

describe('the built-in routines on standby', () => {
  it.each([
    ['nightly-security-sweep', 'work', 'standing-weaknesses'],
    ['dependency-review', 'review', 'dependencies'],
    ['docs-drift', 'work', 'docs-drift'],
    ['backlog-triage', 'work', 'triage'],
    ['alert-triage', 'work', 'alerts'],
    ['deploy-verification', 'work', 'deploy-verification'],
    ['library-port', 'work', 'port'],
  ])('%s is of kind %s, sends an agent of its own, and says at length what it is to do', (name, kind, agent) => {
    const one = routines.find(routine => routine.name === name)
    expect(one).toMatchObject({ kind, on: {}, agents: [agent] })
    expect(one?.instructions.length).toBeGreaterThan(700)
    const enabled = load([{ path: '.github/watchbill.yml', text: `enable: [${name}]` }])
    expect(Object.keys(enabled.routines.find(routine => routine.name === name)?.on ?? {})).not.toEqual([])
    expect(enabled.problems).toEqual([])
  })

  it('share no sentence with each other', () => {
    const sentences = builtIn.flatMap(({ path, text }) =>
      text
        .replace(/^---[\s\S]*?\n---\n/, '')
        .split(/(?<=[.?!])\s+|\n+/)
        .map(one => one.trim())
        .filter(one => one.split(' ').length > 8)
        .map(one => ({ path, one })),
    )
    const twice = [...Map.groupBy(sentences, ({ one }) => one).values()].filter(group => group.length > 1)
    expect(
      twice.map(group => group.map(({ path }) => path)).filter(paths => paths.some(path => !/rules/.test(path))),
    ).toEqual([])
  })
})

describe('the built-in agents', () => {
  it('are these', () => {
    expect(agents.map(agent => agent.name).sort()).toEqual([
      'alerts',
      'concurrency-and-resources',
      'contracts-and-callers',
      'correctness',
      'dependencies',
      'deploy-verification',
      'docs-drift',
      'generalist',
      'intent',
      'performance',
      'port',
      'repository-rules',
      'rules-and-tests',
      'security',
      'standing-weaknesses',
      'tests',
      'triage',
      'verifier',
    ])
  })

  it.each(agents.map(agent => [agent.name, agent.instructions]))(
    '%s says what to look for and what not to flag',
    (_, text) => {
      const [, wanted = '', unwanted = ''] = text.split(/^## (?:Look for|Do not flag)$/m)
      expect(wanted.match(/^- /gm)?.length).toBeGreaterThanOrEqual(3)
      expect(unwanted.match(/^- /gm)?.length).toBeGreaterThanOrEqual(2)
    },
  )
})

describe('the prompts', () => {
  const words = readWords()

  it.each([...promptNames])('%s has every mark filled, and none twice', name => {
    const values = Object.fromEntries((marks[name] ?? []).map(mark => [mark, `<${mark}>`]))
    const filled = fill(words[name], values)
    expect(filled).not.toContain('{{')
    for (const mark of words[name].match(/\{\{[a-z_]+\}\}/g) ?? []) expect(words[name].split(mark)).toHaveLength(2)
  })

  it.each(['finder', 'verifier', 'panel-reachability', 'panel-impact', 'panel-defences'] as const)(
    '%s says that text in the code is data, and ends in the rules',
    name => {
      expect(words[name]).toMatch(/\bis data\b|\bis always data\b/)
      expect(words[name].trimEnd()).toMatch(/\{\{rules\}\}$/)
    },
  )

  it('of those who verify ask for nothing that says who made the change or how it is described', () => {
    for (const name of promptNames.filter(one => one !== 'finder' && one !== 'since'))
      expect(words[name].match(/\{\{(body|author|message|pull|commit)[a-z_]*\}\}/)).toBeNull()
  })

  it('name the severities in their order, once', () => {
    const order = [...words.finder.matchAll(/^- `(critical|high|medium|low|nit)`:/gm)].map(([, level]) => level)
    expect(order).toEqual(['critical', 'high', 'medium', 'low', 'nit'])
  })

  it('do not shout', () => {
    for (const name of promptNames)
      expect(words[name].match(/\b(MUST|NEVER|ALWAYS|IMPORTANT|CRITICAL|DO NOT)\b|!!/g)).toBeNull()
  })
})
