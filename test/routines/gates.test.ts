// Every gate that can be told without the store, once open and once shut, each with its sentence; and what must be fetched to tell.
import { describe, expect, it } from 'vitest'
import type { Event } from '../../src/domain/event.ts'
import { permissionLevels } from '../../src/domain/permission.ts'
import type { Routine } from '../../src/domain/routine.ts'
import { type HoldFacts, holdBack, needsOf, personOf } from '../../src/routines/index.ts'
import { ended, issued, labeled, named, pressed, pushed, queued, released, robot, said } from './happenings.ts'
import { event, pull, routine } from './samples.ts'

const triggers =
  'on: { pull_request: {}, issues: {}, label: x, comment: review, push: {}, release: {}, workflow_run: {}, check_suite: {}, deployment_status: {}, merge_group: true, api: true, schedule: nightly }'
const gated = (gates: string): Routine => routine(`kind: work\n${triggers}\n${gates}`)
const open = { matched: true, because: 'Nothing holds it back.' }

const bySomebody: Event[] = [
  issued('opened'),
  labeled('x'),
  said('review'),
  pressed('rerun'),
  pushed(),
  released('published'),
]
const reported: Event[] = [
  event({ pull: pull() }),
  ended('workflow_run', 'failure'),
  ended('check_suite', 'failure'),
  ended('deployment_status', 'failure'),
  queued('main'),
]
const byName: Event[] = [named('schedule'), named('api'), named('manual')]
const by = (actor: Event['actor'], happened: Event): Event => ({ ...happened, actor })

describe('bots', () => {
  it.each(bySomebody.map(one => [one.kind, one] as const))(
    'start nothing by %s, unless a file says so',
    (_, happened) => {
      expect(holdBack(gated(''), by(robot, happened), {})).toEqual({
        matched: false,
        because: 'bots: helper[bot] is a bot; bots start nothing unless `bots: true` is set.',
      })
      expect(holdBack(gated('bots: true'), by(robot, happened), {})).toEqual(open)
      expect(holdBack(gated(''), happened, {})).toEqual(open)
    },
  )

  it.each(reported.map(one => [one.kind, one] as const))(
    'are heard by %s, unless a file says they are not',
    (_, happened) => {
      expect(holdBack(gated(''), by(robot, happened), {})).toEqual(open)
      expect(holdBack(gated('bots: false'), by(robot, happened), {}).because).toBe(
        'bots: helper[bot] is a bot, and `bots: false` is set.',
      )
    },
  )

  it('are people where nobody sends: the clock, a token, the terminal', () => {
    for (const happened of byName) expect(holdBack(gated('bots: false'), by(robot, happened), {})).toEqual(open)
  })
})

describe('forks, of what ended', () => {
  const ended = (kind: 'workflow_run' | 'check_suite', fork?: boolean) =>
    event({
      kind,
      pull: undefined,
      outcome: { id: 1, name: 'ci', state: 'failure', head: 'a'.repeat(40), ...(fork !== undefined && { fork }) },
    })

  it('are asked for without a pull: shut on a fork, and on what may be one where the routine can do more', () => {
    const more = (yaml: string): Routine => ({ ...gated(yaml), can: ['check', 'push'] as never })
    expect(holdBack(more(''), ended('workflow_run', true), {}).because).toContain('its commit comes from a fork')
    expect(holdBack(more(''), ended('workflow_run', false), {})).toEqual(open)
    expect(holdBack(more(''), ended('check_suite'), {}).because).toContain('GitHub does not say')
    expect(holdBack(more('forks: true'), ended('check_suite'), {})).toEqual(open)
    expect(holdBack(more(''), ended('check_suite'), { pull: pull() })).toEqual(open)
  })

  it('are let in where the routine only checks, unless it says no', () => {
    for (const fork of [true, undefined]) {
      expect(holdBack(gated('can: [check]'), ended('workflow_run', fork), {})).toEqual(open)
      expect(holdBack(gated('can: [check]\nforks: false'), ended('workflow_run', fork), {}).matched).toBe(false)
    }
  })
})

describe('forks', () => {
  const fork = { pull: pull({ fork: true }) }

  it('are answered by what only reviews, unless a file says they are not', () => {
    expect(holdBack(gated('can: [review, check, label]'), event(), fork)).toEqual(open)
    expect(holdBack(gated('forks: false'), event(), fork).because).toBe(
      'forks: the pull request comes from a fork, and `forks: false` is set.',
    )
    expect(holdBack(gated('forks: false'), event(), { pull: pull() })).toEqual(open)
  })

  it('are left alone by what may do more, unless a file says so', () => {
    const more = (gates: string) => ({ ...gated(gates), can: ['review', 'push'] as unknown as Routine['can'] })
    expect(holdBack(more(''), said('review'), fork).because).toBe(
      'forks: the pull request comes from a fork, and what may do more than review (push) leaves those alone unless `forks: true` is set.',
    )
    expect(holdBack(more('forks: true'), said('review'), fork)).toEqual(open)
    expect(holdBack(more(''), said('review'), { pull: pull() })).toEqual(open)
    expect(holdBack(more(''), { ...event(), pull: fork.pull }, {}).matched).toBe(false)
  })
})

describe('the least permission', () => {
  it.each(permissionLevels)('%s is a threshold, not a list', least => {
    for (const permission of permissionLevels) {
      const held = holdBack(gated(`permission: ${least}`), pushed(), { permission })
      const enough = permissionLevels.indexOf(permission) >= permissionLevels.indexOf(least)
      expect(held).toEqual(
        enough
          ? open
          : {
              matched: false,
              because: `permission: ada has "${permission}" on the repository, and at least "${least}" is needed.`,
            },
      )
    }
  })

  it('that nobody knows is not enough', () => {
    expect(holdBack(gated('permission: read'), pushed(), {}).because).toBe(
      'permission: that of ada on the repository is not known, and at least "read" is needed.',
    )
  })

  it('is that of who opened the pull request or issue, else of who caused the event', () => {
    const eve = { id: 66, login: 'eve', type: 'User' as const }
    expect(personOf(event({ pull: pull({ author: eve }) })).login).toBe('eve')
    expect(personOf(event(), pull({ author: eve })).login).toBe('eve')
    expect(personOf(issued('opened', { author: eve })).login).toBe('eve')
    for (const happened of [labeled('x', 'issue'), said('review'), pushed(), released('published')])
      expect(personOf(by(eve, happened), pull()).login).toBe('eve')
  })

  it('is asked of a person who names the routine in a comment, and of nobody where the clock, a token or the terminal does', () => {
    const strict = gated('permission: admin')
    for (const happened of byName) expect(holdBack(strict, happened, {})).toEqual(open)
    const inComment = named('manual', 'mine', { comment: { id: 1, kind: 'issue', body: '' } })
    expect(holdBack(strict, inComment, { permission: 'write' }).matched).toBe(false)
    expect(holdBack(strict, inComment, { permission: 'admin' })).toEqual(open)
    expect(needsOf(strict, inComment).permission).toBe(true)
  })
})

describe('a search', () => {
  const search = 'is:issue is:open label:freeze'
  const found = (count: number): HoldFacts => ({ searches: { [search]: count } })

  it('of skip_if holds back from its count on', () => {
    const one = gated(`skip_if: { search: "${search}", at_least: 2 }`)
    expect(holdBack(one, pushed(), found(1))).toEqual(open)
    expect(holdBack(one, pushed(), found(2)).because).toBe(
      `skip_if: the search "${search}" finds 2, and 2 or more hold it back.`,
    )
  })

  it('of only_if holds back below its count', () => {
    const one = gated(`only_if: { search: "${search}" }`)
    expect(holdBack(one, pushed(), found(1))).toEqual(open)
    expect(holdBack(one, pushed(), found(0)).because).toBe(
      `only_if: the search "${search}" finds 0, and at least 1 are needed.`,
    )
  })

  it('whose count nobody knows holds back, for whichever', () => {
    for (const key of ['skip_if', 'only_if'])
      expect(holdBack(gated(`${key}: { search: "${search}" }`), pushed(), { searches: {} }).because).toBe(
        `${key}: what the search "${search}" finds is not known.`,
      )
    expect(holdBack(gated('only_if: { search: constructor }'), pushed(), { searches: {} }).matched).toBe(false)
  })

  it('holds back whatever started the routine', () => {
    for (const happened of byName)
      expect(holdBack(gated(`only_if: { search: "${search}" }`), happened, found(0)).matched).toBe(false)
  })
})

it('gates that are shut together are named together', () => {
  const one = gated('permission: write\nforks: false\nonly_if: { search: a }')
  const { because } = holdBack(one, by(robot, said('review')), {
    pull: pull({ fork: true }),
    permission: 'read',
    searches: { a: 0 },
  })
  for (const gate of ['bots: ', 'forks: ', 'permission: ', 'only_if: ']) expect(because).toContain(gate)
})

describe('what must be fetched', () => {
  const nothing = { paths: false, permission: false, searches: [] }
  const all = 'permission: write\nskip_if: { search: a }\nonly_if: { search: b }'

  it('is nothing for a routine without such gates, or that the event does not start', () => {
    expect(needsOf(gated(''), pushed())).toEqual(nothing)
    expect(needsOf(gated(all), issued('closed'))).toEqual(nothing)
    expect(needsOf(gated(all), event({ own: true, pull: pull() }))).toEqual(nothing)
    expect(needsOf({ ...gated(all), off: 'Off.' }, pushed())).toEqual(nothing)
    expect(needsOf(gated(all), named('api', 'other'))).toEqual(nothing)
  })

  it('is what the gates ask for, each search once', () => {
    expect(needsOf(gated(all), pushed())).toEqual({ paths: false, permission: true, searches: ['a', 'b'] })
    expect(needsOf(gated(all), named('schedule'))).toEqual({ paths: false, permission: false, searches: ['a', 'b'] })
    expect(needsOf(gated('skip_if: { search: a, at_least: 9 }\nonly_if: { search: a }'), pushed()).searches).toEqual([
      'a',
    ])
  })

  it('is paths where a filter looks at them and the event does not carry them', () => {
    const filtered = (on: string) => routine(`kind: work\non: ${on}`)
    const { paths: _, ...push } = pushed().push!
    const pulls = filtered('{ pull_request: { types: [opened, labeled], paths: ["src/**"] }, label: y }')
    const pushes = filtered('{ push: { paths: ["src/**"], tags: ["*"], branches: ["*"] } }')
    expect(needsOf(pulls, event({ pull: pull() })).paths).toBe(true)
    expect(needsOf(pulls, { ...labeled('x'), pull: pull() }).paths).toBe(true)
    expect(needsOf(pushes, { ...pushed(), push }).paths).toBe(true)
    expect(needsOf(pushes, pushed()).paths).toBe(false)
    expect(needsOf(pushes, pushed({ tag: 'v1' })).paths).toBe(false)
    expect(needsOf(filtered('{ pull_request: {}, push: {} }'), event({ pull: pull() })).paths).toBe(false)
  })
})
