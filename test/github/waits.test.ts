// When a failed request is sent again, and after how long.
import { expect, test } from 'vitest'
import { readFailure } from '../../src/github/failures.ts'
import { problemOf } from '../../src/github/problems.ts'
import { isRepeatable, isWrite } from '../../src/github/requests.ts'
import { resolveMutation, threadsQuery } from '../../src/github/threads.ts'
import { isInvalid, waitAfter } from '../../src/github/waits.ts'

const now = Date.UTC(2026, 10, 21)
const inSeconds = (seconds: number) => String(now / 1000 + seconds)
const failed = (status: number, data: object = {}, headers: object = {}) =>
  Object.assign(new Error('failed'), { status, response: { headers, data } })
const cut = Object.assign(new Error('socket hang up'), { status: 500 })
const wait = (thrown: Error, facts: { limits?: number; faults?: number; repeatable?: boolean } = {}) =>
  waitAfter(readFailure(thrown)!, { limits: 0, faults: 0, repeatable: true, now, ...facts })?.wait

const secondary = {
  message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
}
const abuse = {
  message: 'Validation Failed',
  errors: [{ resource: 'PullRequestReview', code: 'abuse', message: 'was submitted too quickly' }],
}

test.each([
  ['retry-after is kept to the second', failed(403, secondary, { 'retry-after': '31' }), 31_000],
  ['a date is as good as seconds', failed(429, {}, { 'retry-after': new Date(now + 9000).toUTCString() }), 9000],
  ['nonsense is as good as nothing', failed(429, {}, { 'retry-after': 'soon' }), 60_000],
  ['also on a 429', failed(429, {}, { 'retry-after': '5' }), 5000],
  ['also where it says zero', failed(429, {}, { 'retry-after': '0' }), 0],
  [
    'a used-up hour ends when GitHub says',
    failed(403, {}, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(90) }),
    91_000,
  ],
  [
    'a reset in the past waits a second',
    failed(403, {}, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(-9) }),
    1000,
  ],
  [
    'a limit that names no time is a minute',
    failed(403, secondary, { 'x-ratelimit-remaining': '4000', 'x-ratelimit-reset': inSeconds(9) }),
    60_000,
  ],
  ['a 429 that says nothing is a minute', failed(429), 60_000],
  ['a 422 with the code abuse is a limit', failed(422, abuse), 60_000],
  [
    'a wait past a quarter of an hour is left to the queue',
    failed(403, {}, { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inSeconds(3000) }),
    undefined,
  ],
  ['a refused permission is final', failed(403, { message: 'Resource not accessible by integration' }), undefined],
  [
    'a refused anchor is final',
    failed(422, { message: 'Unprocessable Entity', errors: ['Line could not be resolved'] }),
    undefined,
  ],
  ['a server error is tried again soon', failed(502), 500],
  ['a broken line too', cut, 500],
])('%s', (_, thrown, expected) => {
  expect(wait(thrown)).toBe(expected)
})

test('waits grow, and end', () => {
  expect([0, 1, 2, 3, 4].map(faults => wait(cut, { faults }))).toEqual([500, 1000, 2000, 4000, undefined])
  expect([0, 1, 2, 3, 4, 5].map(limits => wait(failed(429), { limits }))).toEqual([
    60_000,
    120_000,
    240_000,
    480_000,
    undefined,
    undefined,
  ])
})

test('a write that may have happened is not blindly sent again; a limited one did not happen', () => {
  expect(wait(cut, { repeatable: false })).toBeUndefined()
  expect(wait(failed(502), { repeatable: false })).toBeUndefined()
  expect(wait(failed(429), { repeatable: false })).toBe(60_000)
})

test('a limit in disguise is no refusal', () => {
  expect(isInvalid(failed(422, abuse))).toBe(false)
  expect(isInvalid(failed(422, { message: 'x' }))).toBe(true)
  expect(isInvalid(new Error('bug'))).toBe(false)
})

test.each([
  [failed(401), 'unauthorized', /APP_ID/],
  [failed(403, {}, { 'x-accepted-github-permissions': 'checks=write' }), 'forbidden', /checks: write/],
  [failed(403, { message: 'This installation has been suspended' }), 'forbidden', /suspended/],
  [failed(403, secondary), 'rate_limited', /rate limit/],
  [failed(422, abuse), 'rate_limited', /rate limit/],
  [failed(404), 'not_found', /no such thing/],
  [failed(409), 'unavailable', /tried again/],
  [failed(422, { message: 'Validation Failed', errors: [{ message: 'name is taken' }] }), 'bad_input', /name is taken/],
  [failed(503, '<!DOCTYPE html>' as never), 'unavailable', /503/],
  [cut, 'unavailable', /could not be reached/],
])('%# each failure has its own code and sentence', (thrown, code, sentence) => {
  expect(problemOf(thrown)).toMatchObject({ code, message: expect.stringMatching(sentence) })
})

test('a bug stays a bug', () => {
  const bug = new TypeError('x is undefined')
  expect(problemOf(bug)).toBe(bug)
})

test.each([
  ['a list', { method: 'GET', url: '/repos/{owner}/{repo}/pulls' }, false, true],
  ['a review', { method: 'POST', url: '/repos/{owner}/{repo}/pulls/{pull_number}/reviews' }, true, false],
  ['an edit', { method: 'PATCH', url: '/repos/{owner}/{repo}/pulls/comments/{comment_id}' }, true, true],
  ['a check with annotations', { method: 'PATCH', url: '/x/check-runs/1', output: { annotations: [] } }, true, false],
  ['a reaction', { method: 'POST', url: '/x/comments/1/reactions' }, true, true],
  ['results of code scanning', { method: 'POST', url: '/repos/{owner}/{repo}/code-scanning/sarifs' }, true, true],
  ['a query', { method: 'POST', url: '/graphql', query: threadsQuery }, false, true],
  ['a mutation', { method: 'POST', url: '/graphql', query: resolveMutation }, true, true],
  ['a token', { method: 'POST', url: '/app/installations/{installation_id}/access_tokens' }, false, true],
])('%s: does it write, may it be sent twice', (_, request, writes, repeatable) => {
  expect([isWrite(request), isRepeatable(request)]).toEqual([writes, repeatable])
})
