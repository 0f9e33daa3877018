// What settings say about parts of a repository: told to the agents whose files match, and to nobody else.
import { expect, test } from 'vitest'
import { planReview, planWork, promptsFor, sendFleet } from '../../src/agents/index.ts'
import { scriptedModel } from '../../src/claude/index.ts'
import type { Conversation } from '../../src/domain/conversation.ts'
import { repositorySettingsSchema } from '../../src/domain/routine.ts'
import { rememberInProcess } from '../../src/runs/journal.ts'
import { event } from '../routines/samples.ts'
import { agents, routineOf } from './cast.ts'
import { changeOf, grown } from './change-of.ts'
import { toolsThatAnswer } from './looks.ts'
import { words } from './words.ts'

const change = changeOf(grown('api/a.ts', 40), grown('web/b.ts', 40), grown('api/legacy/c.ts', 5))
const settings = repositorySettingsSchema.parse({
  instructions: [
    { paths: ['api/**', '!api/legacy/**'], text: 'Every route checks a permission.' },
    { paths: ['web/**'], text: 'No inline styles.' },
    { paths: ['nowhere/**'], text: 'Nobody hears this.' },
  ],
})
const routines = [
  routineOf('mine', {
    agents: [
      { name: 'correctness', paths: ['api/**'] },
      { name: 'tests', paths: ['web/**'] },
      { name: 'performance', paths: ['api/legacy/**'] },
      'security',
    ],
  }),
]
const said = (text: string) => settings.instructions.map(one => text.includes(one.text))

test('in the brief of agents with such files, and in no prompt of others', async () => {
  const heard = new Map<string, Conversation>()
  await sendFleet({
    plan: planReview({ change, settings, routines, agents, serverRunUsd: 5 }),
    change,
    rules: [],
    routines,
    words,
    tools: toolsThatAnswer(),
    model: scriptedModel(conversation => {
      heard.set(conversation.name, conversation)
      return { text: 'Done.' }
    }),
    journal: rememberInProcess().journal,
    signal: new AbortController().signal,
  })
  const brief = (name: string) => said(heard.get(name)?.brief ?? '')
  expect(brief('correctness')).toEqual([true, false, false])
  expect(brief('tests')).toEqual([false, true, false])
  expect(brief('performance')).toEqual([false, false, false])
  expect(brief('security')).toEqual([true, true, false])
  // Not in the prefix that everybody shares.
  for (const { system, shared } of heard.values()) expect(said(system + shared)).toEqual([false, false, false])
  expect(heard.get('security')?.brief).toContain('### `api/**`, `!api/legacy/**`')
})

test('and of agents with a task, over their part of the repository', () => {
  const files = ['api/a.ts', 'web/b.ts'].map(path => ({ path, bytes: 10, generated: false, vendored: false }))
  const routine = routineOf('sweep', { kind: 'work', each: 'component' })
  const empty = changeOf()
  const plan = planWork({
    routine,
    agents,
    settings,
    change: empty,
    tree: { files, cut: false, hides: path => path === 'web/b.ts' },
    serverRunUsd: 5,
  })
  const { brief } = promptsFor({
    routine,
    event: event(),
    change: empty,
    plan,
    rules: [],
    words,
    gathered: [],
    known: [],
  })
  expect(plan.assignments.map(one => [one.component, said(brief(one))])).toEqual([['api', [true, false, false]]])
  expect(plan.manifest).toContainEqual({
    path: 'web',
    coverage: 'skipped',
    because: '1 file: private: never sent to a model',
  })
})
