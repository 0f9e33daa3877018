// REVIEW.md: text for agents, with an optional front matter that code carries out; what is wrong in it is said, and what is right holds.
import { describe, expect, it } from 'vitest'
import { holdReviewRules, parseReviewRules } from '../../src/routines/index.ts'
import { routineOf } from '../agents/cast.ts'

const file = (text: string) => ({ path: 'REVIEW.md', text })
const parse = (text: string) => parseReviewRules(file(text))
const says = (text: string) =>
  parse(text).problems.map(one => `${one.line}:${one.column} ${one.path ?? ''} ${one.message}`)

describe('the front matter of REVIEW.md', () => {
  it.each([
    'Report nothing about tests.\n',
    '',
    '# Rules\n\n---\n\nText\n\n---\n',
    '---\nA paragraph between two lines.\n---\nMore.\n',
    '---\n- a list\n---\n',
    '---\nnever closed: true\n',
  ])('need not be there: %j is text for agents', text => {
    expect(parse(text)).toEqual({ value: {}, problems: [] })
  })

  it('says what code carries out', () => {
    const yaml =
      'inline: high\nfloor: low\ncomments: 5\nnits: 0\nskip: ["fixtures/**"]\nunsettled: check\nconvergence: medium'
    expect(parse(`---\r\n${yaml.replaceAll('\n', '\r\n')}\r\n---\r\nText.`)).toEqual({
      value: {
        inline: 'high',
        floor: 'low',
        comments: 5,
        nits: 0,
        skip: ['fixtures/**'],
        unsettled: 'check',
        convergence: 'medium',
      },
      problems: [],
    })
  })

  it('is complained about line by line, and what is right in it holds', () => {
    const written = parse(
      '---\ninlin: high\nnits: lots\ncomments: 31\nskip: ["!a/**", "b/", "c/**"]\nfloor: low\n---\n',
    )
    expect(written.value).toEqual({ floor: 'low', skip: ['c/**'] })
    expect(
      says('---\ninlin: high\nnits: lots\ncomments: 31\nskip: ["!a/**", "b/", "c/**"]\nfloor: low\n---\n'),
    ).toEqual([
      expect.stringMatching(/^2:1 inlin .*did you mean `inline`/),
      expect.stringMatching(/^3:1 nits /),
      expect.stringMatching(/^4:1 comments is more than 30/),
      expect.stringContaining('takes no "!"'),
      expect.stringContaining('names a folder'),
    ])
  })

  it('that is no YAML is said, and holds for nothing', () => {
    expect(parse('---\ninline: [\n---\nText').value).toEqual({})
    expect(says('---\ninline: [\n---\nText')[0]).toContain('is not YAML')
  })
})

describe('what REVIEW.md says about the routines that answer', () => {
  const mine = routineOf('mine', { severity: { inline: 'medium', floor: 'nit', gate: 'high' } })
  const required = routineOf('audit', { required: true, severity: { inline: 'medium', floor: 'low', gate: 'none' } })
  const text = '---\ninline: critical\nfloor: nit\ncomments: 1\nskip: ["**"]\nconvergence: critical\n---\nText'

  it('holds over their own levels, and is said', () => {
    const held = holdReviewRules(file(text), [mine])
    expect(held.routines[0]?.severity).toEqual({ inline: 'critical', floor: 'nit', gate: 'high' })
    expect(held.rules).toEqual({ comments: 1, skip: ['**'], convergence: 'critical' })
    expect(held.notes).toEqual([
      '`REVIEW.md` holds: inline critical; floor nit; comments 1; skip **; convergence critical.',
    ])
  })

  it('takes nothing away from one that the organisation requires, and says so', () => {
    const held = holdReviewRules(file(text), [mine, required])
    expect(held.routines.map(one => one.severity)).toEqual([
      { inline: 'critical', floor: 'nit', gate: 'high' },
      { inline: 'medium', floor: 'nit', gate: 'none' },
    ])
    expect(held.rules).toEqual({})
    expect(held.notes.at(-1)).toMatch(/`comments`, `skip`, `convergence` has no effect.*requires `audit`/)
  })

  it('that is not there changes nothing', () => {
    expect(holdReviewRules(undefined, [mine])).toEqual({ rules: {}, routines: [mine], notes: [] })
    expect(holdReviewRules(file('Be kind.'), [mine]).notes).toEqual([])
  })

  it('that has mistakes is said on the check', () => {
    expect(holdReviewRules(file('---\nnit: 1\n---\n'), [mine]).notes[0]).toMatch(/^`REVIEW.md` line 2: `nit` .*nits/)
  })
})
