// What holds for every routine alike: each gate once open and once shut.
import { describe, expect, it } from 'vitest'
import { type AdmitFacts, admit } from '../../src/routines/index.ts'
import { event, noSettings, pull, repository } from './samples.ts'

const bot = (login: string) => ({ id: 50, login, type: 'Bot' as const })
const facts = (change: Partial<AdmitFacts> = {}): AdmitFacts => ({
  pull: pull(),
  permission: 'write',
  installationSize: 3,
  settings: noSettings,
  automaticToday: 0,
  automaticEver: 0,
  ...change,
})
const open = { ...repository, private: false }

describe('a pull request', () => {
  it('is taken by itself in a small installation', () => {
    expect(admit(event(), facts({ permission: undefined }))).toEqual({ matched: true, because: 'Automatic.' })
  })

  it('waits to be asked for in a large one, until a file says otherwise', () => {
    expect(admit(event(), facts({ installationSize: 21 })).because).toContain('holds more than 20 repositories')
    expect(admit(event(), facts({ installationSize: 20 })).matched).toBe(true)
    const yes = facts({ installationSize: 500, settings: { ...noSettings, automatic: true } })
    expect(admit(event(), yes).matched).toBe(true)
    const no = facts({ settings: { ...noSettings, automatic: false } })
    expect(admit(event(), no).because).toContain('`automatic: false` is set')
  })

  it('whose automatic reviews somebody paused waits to be asked', () => {
    const shut = admit(event(), facts({ paused: { by: 'wendy', at: '2026-11-21T06:00:00.000Z' } }))
    expect(shut).toMatchObject({
      matched: false,
      because: expect.stringContaining('wendy paused the automatic reviews'),
      waits: true,
    })
    expect(admit(event(), facts({ paused: undefined })).matched).toBe(true)
  })

  it('of a person without write access waits for a maintainer in a public repository', () => {
    const shut = admit(event({ repository: open }), facts({ permission: 'read' }))
    expect(shut.matched).toBe(false)
    expect(shut.because).toContain('a maintainer can ask with `@watchbill review`')
    expect(admit(event({ repository: open }), facts({ permission: undefined })).matched).toBe(false)
    expect(admit(event({ repository: open }), facts({ permission: 'write' })).matched).toBe(true)
  })

  it('of a coding agent is taken, in a public repository from its own branches only', () => {
    const author = bot('copilot-swe-agent[bot]')
    expect(admit(event(), facts({ pull: pull({ author }) })).matched).toBe(true)
    const ask = (fork: boolean) =>
      admit(event({ repository: open }), facts({ permission: 'none', pull: pull({ author, fork }) })).matched
    expect([ask(false), ask(true)]).toEqual([true, false])
  })

  it.each(['dependabot[bot]', 'renovate[bot]'])('of %s gets no code review; a person of that name does', login => {
    expect(admit(event(), facts({ pull: pull({ author: bot(login) }) })).because).toContain('updates dependencies')
    const person = { id: 51, login, type: 'User' as const }
    expect(admit(event(), facts({ pull: pull({ author: person }) })).matched).toBe(true)
  })

  it('is left alone after 10 runs a day and 8 in its life', () => {
    expect(admit(event(), facts({ automaticToday: 10 })).because).toContain('10 automatic runs')
    expect(admit(event(), facts({ automaticToday: 7, automaticEver: 7 })).matched).toBe(true)
    expect(admit(event(), facts({ automaticEver: 8 }))).toMatchObject({
      because: expect.stringContaining('paused after 8'),
      waits: true,
    })
  })

  it('is always taken by a review that the organisation requires, however often it was pushed to and whoever paused it', () => {
    const required = { kind: 'review' as const, gates: {}, required: true }
    const paused = { by: 'wendy', at: '2026-11-21T06:00:00.000Z' }
    const worn = facts({ automaticToday: 99, automaticEver: 99, paused })
    expect(admit(event(), worn, required).matched).toBe(true)
    expect(admit(event(), worn, { ...required, required: false }).matched).toBe(false)
    const stranger = admit(event({ repository: open }), facts({ permission: 'read' }), required)
    expect(stranger).toMatchObject({ matched: false, waits: true })
  })
})

describe('an issue', () => {
  const issue = {
    number: 3,
    title: 'It broke',
    body: '',
    author: bot('x'),
    state: 'open' as const,
    labels: [],
    url: 'u',
  }
  const by = (type: 'User' | 'Bot', where = open) =>
    event({ kind: 'issues', repository: where, issue: { ...issue, author: { id: 52, login: 'mallory', type } } })
  const task = { kind: 'work' as const, gates: {}, required: false }

  it('of a stranger starts nothing in a public repository, unless the routine says whose it answers', () => {
    const shut = admit(by('User'), facts({ permission: 'read' }), task)
    expect(shut).toMatchObject({ matched: false, because: expect.stringContaining('mallory has no write permission') })
    expect(admit(by('User'), facts({ permission: 'read' }), { ...task, gates: { permission: 'read' } }).matched).toBe(
      true,
    )
  })

  it('is taken from who may write, from bots that were let in, and in private repositories', () => {
    expect(admit(by('User'), facts({ permission: 'write' }), task).matched).toBe(true)
    expect(admit(by('Bot'), facts({ permission: undefined }), task).matched).toBe(true)
    expect(admit(by('User', repository), facts({ permission: undefined }), task).matched).toBe(true)
  })
})

describe.each(['comment', 'label', 'rerun', 'button'] as const)('a %s', kind => {
  it('is taken from who may write, whatever the automatic limits say', () => {
    const asked = admit(event({ kind }), facts({ automaticEver: 99, automaticToday: 99, installationSize: 99 }))
    expect(asked).toEqual({ matched: true, because: 'Asked for by ada.' })
  })

  it('is not taken from others, from bots, or from this app', () => {
    expect(admit(event({ kind }), facts({ permission: 'triage' })).because).toBe(
      'ada has no write permission on the repository.',
    )
    expect(admit(event({ kind, actor: bot('helper[bot]') }), facts({ permission: 'admin' })).because).toContain(
      'is a bot',
    )
    expect(admit(event({ kind, own: true }), facts({ permission: 'admin' })).matched).toBe(false)
  })
})
