// A review that goes on from an earlier one: what is looked at again, by whom, and what they are shown; every other file says where it was reviewed.
import { describe, expect, test } from 'vitest'
import { planReview, sendFleet } from '../../src/agents/index.ts'
import { type ScriptedTurn, scriptedModel } from '../../src/claude/index.ts'
import type { ChangedFile } from '../../src/domain/change.ts'
import type { Conversation } from '../../src/domain/conversation.ts'
import type { GoingOn } from '../../src/domain/plan.ts'
import { rememberInProcess } from '../../src/runs/journal.ts'
import { agents, codeReview, securityReview, settings } from './cast.ts'
import { changeOf, fileOf, grown } from './change-of.ts'
import { toolsThatAnswer } from './looks.ts'
import { words } from './words.ts'

const routines = [codeReview, securityReview]
const large = grown('src/large.ts', 400)
const auth = grown('src/auth/login.ts', 40)
const small = grown('src/small.ts', 60)
const lock = grown('yarn.lock', 9)
const pull = changeOf(large, auth, small, lock)
const edit = fileOf('src/small.ts', [' const value1 = 1', '+const pushed = 2'])

const goingOn = (files: ChangedFile[], skipped = ['yarn.lock']): GoingOn => ({
  commit: 'c'.repeat(40),
  ancestor: true,
  change: changeOf(...files),
  skipped,
})
const plan = (since?: GoingOn, change = pull) =>
  planReview({ change, settings, routines, agents, serverRunUsd: 5, goingOn: since })
const coverage = (of: ReturnType<typeof plan>) =>
  Object.fromEntries(of.manifest.map(({ path, coverage, because }) => [path, `${coverage}: ${because}`]))

describe('the plan', () => {
  test('is as large and as risky as what was pushed', () => {
    expect(plan().tier).toBe('full')
    expect(plan(goingOn([edit]))).toMatchObject({ tier: 'trivial', usd: 0.25, since: 'c'.repeat(40) })
    const login = fileOf('src/auth/login.ts', ['+const open = true'])
    expect(plan(goingOn([login])).because).toContain('src/auth/login.ts is sensitive')
    expect(plan(goingOn([fileOf('yarn.lock', ['+x'])])).because).toContain('yarn.lock is sensitive')
  })

  test('names every file: looked at, skipped by rule, or unchanged and reviewed there', () => {
    const made = plan(goingOn([edit]))
    expect(coverage(made)).toEqual({
      'src/large.ts': 'reviewed: unchanged since ccccccc, reviewed there',
      'src/auth/login.ts': 'reviewed: unchanged since ccccccc, reviewed there',
      'src/small.ts': 'full: what changed in it since ccccccc is shown to the agents; the rest was reviewed there',
      'yarn.lock': 'skipped: a lock file',
    })
    expect(made.assignments.map(one => one.files)).toEqual([['src/small.ts']])
  })

  test('sends nobody where nothing that is looked at was pushed', () => {
    const made = plan(goingOn([grown('docs.png', 0, { binary: true })]))
    expect(made.assignments).toEqual([])
    expect(made.manifest.every(one => ['reviewed', 'skipped'].includes(one.coverage))).toBe(true)
  })

  test('takes no file for reviewed that was skipped then', () => {
    expect(coverage(plan(goingOn([edit], ['yarn.lock', 'src/large.ts'])))['src/large.ts']).toMatch(/^full: all of its/)
  })

  test('looks at what was in the pull and is still; what a push took out of it is nobody’s', () => {
    const made = plan(goingOn([edit, grown('src/reverted.ts', 300)]))
    expect([made.tier, made.manifest.length]).toEqual(['trivial', 4])
  })
})

describe('what agents are shown', () => {
  const heard: Conversation[] = []
  const send = async (since: GoingOn | undefined) => {
    heard.length = 0
    const looks = (conversation: Conversation, turn: number): ScriptedTurn => {
      if (turn === 0) heard.push(conversation)
      return turn === 0 ? { calls: [{ name: 'read', input: { path: 'src/small.ts' } }] } : { text: 'Done.' }
    }
    await sendFleet({
      plan: plan(since),
      change: pull,
      rules: [],
      routines,
      words,
      tools: toolsThatAnswer(),
      model: scriptedModel(looks),
      journal: rememberInProcess().journal,
      signal: new AbortController().signal,
      goingOn: since,
    })
    return heard.map(one => one.shared)
  }

  test('is what was pushed, and of the rest where it is and not its lines', async () => {
    const [shared = ''] = await send(goingOn([edit]))
    expect(shared).toMatch(/^Reviewed before at ccccccc\.\n\n# What was pushed since ccccccc\n\n### src\/small\.ts/)
    expect(shared).toContain('+ const pushed = 2')
    expect(shared).toMatch(/# The rest of the pull request\n\n### src\/large\.ts \(modified, \+400 -0\)/)
    expect(shared).not.toContain('const value399')
    const whole = await send(undefined)
    expect(shared.length * 5).toBeLessThan(whole[0]!.length)
  })

  test('is the same for everybody, byte for byte', async () => {
    const shown = await send(goingOn([fileOf('src/auth/login.ts', ['+const open = true'])]))
    expect(shown.length).toBeGreaterThan(4)
    expect(new Set(shown).size).toBe(1)
  })
})
