// What our comments tell is read back as it was written, whatever was put around it since.
import { expect, test } from 'vitest'
import { markFixed, sayMoved } from '../../src/publish/became.ts'
import { renderBody } from '../../src/publish/body.ts'
import { renderComment } from '../../src/publish/comment.ts'
import { readBack } from '../../src/publish/index.ts'
import { factsOf, judgedOf, standingOf } from './facts-of.ts'

const head = 'c'.repeat(40)
const about = { repositoryId: 1, number: 5 }
const finding = judgedOf({
  title: 'A *starred* `path` is read',
  claim: 'First.\n\nThen `a[0]` is <gone>.',
  severity: 'critical',
  security: true,
  cwe: 'CWE-22',
  origin: 'pre_existing',
  agents: ['security', 'correctness-2'],
  votes: 2,
})
const body = renderComment(finding, head)
const key = finding.fingerprint
const [comment] = standingOf({ key, body }).comments
const of = (more: object) => readBack(standingOf({ key, body, quote: 'const a = 1', ...more }), about)

test.each([
  ['as it was posted', body, 'open'],
  ['with where it is now', sayMoved({ comment: comment!, placement: finding.placement }, head), 'open'],
  ['marked as fixed', markFixed({ comment: comment!, stale: false, because: 'It is.' }, head), 'fixed'],
])('a comment %s', (_, body, state) => {
  const [read, ...more] = of({ body })
  expect(more).toEqual([])
  const { fingerprint, title, severity, security, cwe, origin, agents, votes } = finding
  expect(read).toMatchObject({ fingerprint, title, severity, security, cwe, origin, agents, votes, state })
  expect(read).toMatchObject({
    quote: 'const a = 1',
    commentId: 1,
    file: 'src/a.ts',
    placement: { at: 'line', line: 4 },
  })
  expect(read!.claim).toContain('Then `a[0]`')
})

test('what carries no key of ours, or reads otherwise, is no finding', () => {
  expect(of({ key: undefined })).toEqual([])
  expect(of({ body: 'Thanks!' })).toEqual([])
  expect(of({ key: `${key}.until-abc1234` })).toEqual([])
})

test('what a review lists is known again, and no more is said of it', () => {
  const listed = judgedOf({ severity: 'low', title: 'A name | says nothing' })
  const standing = standingOf({ key, body })
  standing.reviews[0]!.body = renderBody(factsOf([listed]), [], [listed])
  const [, read] = readBack(standing, about)
  expect(read).toMatchObject({ title: listed.title, severity: 'low', file: 'src/a.ts', state: 'posted elsewhere' })
  expect(listed.fingerprint.startsWith(read!.fingerprint)).toBe(true)
})
