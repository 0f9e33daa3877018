// Where the simulated GitHub takes review comments, and with which words it refuses them.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { git } from './github/bare-repository.ts'
import { asInstallation, asPerson, refusalOf } from './github/clients.ts'
import { type GitHubSimulator, type SimulatedPull, type SimulatedRepository, startGitHub } from './github/index.ts'
import { changedFiles, hunkAt } from './github/positions.ts'

let github: GitHubSimulator
let repository: SimulatedRepository
let octokit: ReturnType<typeof asInstallation>
let pull: SimulatedPull
const at = { owner: 'acme', repo: 'shop' }

beforeAll(async () => {
  github = await startGitHub()
  const files = { 'a.ts': lines(60), 'gone.ts': 'left\nright\n', 'untouched.ts': 'same\n', 'old name.ts': lines(30) }
  repository = await github.createRepository({ owner: 'acme', name: 'shop', files })
  await repository.commit({
    branch: 'feature',
    files: {
      'a.ts': lines(60, { 10: 'ten', 50: 'fifty' }),
      'gone.ts': null,
      'new.ts': 'one\ntwo\nthree',
      'old name.ts': null,
      'new name.ts': lines(30, { 3: 'three' }),
      'image.png': Buffer.from([0, 1, 2, 3]),
    },
  })
  pull = await repository.openPull({ head: 'feature', author: 'alice' })
  octokit = asInstallation(github, repository)
})

afterAll(() => github[Symbol.asyncDispose]())

const review = (...comments: object[]) =>
  octokit.rest.pulls.createReview({
    ...at,
    pull_number: pull.number,
    event: 'COMMENT',
    body: 'x',
    comments: comments as never,
  })

test.each([
  ['a line of a hunk', { path: 'a.ts', line: 10, side: 'RIGHT' }],
  ['the context of a hunk', { path: 'a.ts', line: 7 }],
  ['a removed line', { path: 'a.ts', line: 10, side: 'LEFT' }],
  ['a range inside one hunk', { path: 'a.ts', start_line: 8, line: 12 }],
  [
    'a range from the old side to the new',
    { path: 'a.ts', start_line: 10, start_side: 'LEFT', line: 10, side: 'RIGHT' },
  ],
  ['a removed file', { path: 'gone.ts', line: 2, side: 'LEFT' }],
  ['a last line without a line end', { path: 'new.ts', line: 3 }],
  ['a renamed file under its new name', { path: 'new name.ts', line: 3 }],
  ['a position of the old kind', { path: 'a.ts', position: 4 }],
])('takes a comment on %s', async (_, place) => {
  const before = pull.reviewComments.length
  await review({ ...place, body: 'here' })
  expect(pull.reviewComments.slice(before)).toMatchObject([{ path: place.path, body: 'here' }])
})

const beyond = 'Line could not be resolved'
const precede = 'Pull request review thread start line must precede the end line.'
const hunk = 'Pull request review thread start line must be part of the same hunk as the line.'

test.each([
  ['a line between hunks', { path: 'a.ts', line: 30 }, beyond],
  ['one line past the context', { path: 'a.ts', line: 14 }, beyond],
  ['the old side of a new file', { path: 'new.ts', line: 1, side: 'LEFT' }, beyond],
  ['a binary file', { path: 'image.png', line: 1 }, beyond],
  ['no line at all', { path: 'a.ts' }, beyond],
  ['a file that did not change', { path: 'untouched.ts', line: 1 }, 'Path could not be resolved'],
  ['the old name of a renamed file', { path: 'old name.ts', line: 3 }, 'Path could not be resolved'],
  ['a range that ends where it starts', { path: 'a.ts', start_line: 10, line: 10 }, precede],
  ['a range backwards', { path: 'a.ts', start_line: 12, line: 10 }, precede],
  ['a range over two hunks', { path: 'a.ts', start_line: 10, line: 50 }, hunk],
])('refuses the whole review for a comment on %s', async (_, place, words) => {
  const before = [pull.reviews.length, pull.reviewComments.length]
  const refusal = await refusalOf(review({ path: 'a.ts', line: 10, body: 'good' }, { ...place, body: 'bad' }))
  expect(refusal).toEqual({ status: 422, message: 'Unprocessable Entity', errors: [words] })
  expect([pull.reviews.length, pull.reviewComments.length]).toEqual(before)
})

test('git itself agrees on each line of awkward files', async () => {
  const base = lines(40)
  const awkward: Record<string, [string, string]> = {
    'crlf.txt': [base.replaceAll('\n', '\r\n'), lines(40, { 20: 'x' }).replaceAll('\n', '\r\n')],
    'like a diff.txt': [
      base,
      lines(40, { 5: '@@ -1,2 +3,4 @@', 6: 'diff --git a/x b/x', 7: '--- a/x', 30: '+++ b/x' }),
    ],
    'lone return.txt': ['a\rb\rc\nd\n', 'a\rB\rc\nd\n'],
    'ünï "quoted"\tname.txt': [base, lines(40, { 1: 'first', 40: 'last' })],
    'no end.txt': [base.trimEnd(), `${base}more`],
    'long.txt': ['x'.repeat(100_000), 'y'.repeat(100_000)],
  }
  const from = await repository.commit({
    branch: 'awkward',
    files: Object.fromEntries(Object.entries(awkward).map(([path, [old]]) => [path, old])),
  })
  const to = await repository.commit({
    branch: 'awkward',
    files: Object.fromEntries(Object.entries(awkward).map(([path, [, fresh]]) => [path, fresh])),
  })
  const files = await changedFiles(repository.gitDir, from, to)
  expect(files.map(({ path }) => path).sort()).toEqual(Object.keys(awkward).sort())
  for (const file of files) {
    // without context git names exactly the changed lines; a comment may stand up to three lines from one
    const bare = await git(repository.gitDir, ['diff', '-U0', '--no-color', from, to, '--', file.path])
    const touched = [...bare.toString().matchAll(/^@@ -\S+ \+(\d+)(?:,(\d+))? @@/gm)].slice(0, file.hunks.length + 3)
    const length = awkward[file.path]![1].split('\n').length - (awkward[file.path]![1].endsWith('\n') ? 1 : 0)
    for (let line = 1; line <= length; line += 1) {
      const near = touched.some(([, start, count = '1']) => {
        const first = Number(start) + (count === '0' ? 1 : 0)
        return line >= first - 3 && line <= first + Number(count) - 1 + 3
      })
      expect({ path: file.path, line, taken: hunkAt(file, line, 'RIGHT') !== undefined }).toEqual({
        path: file.path,
        line,
        taken: near,
      })
    }
  }
})

test('a file comment stands on any changed file, and a single comment has refusals of its own', async () => {
  const single = { ...at, pull_number: pull.number, commit_id: pull.head.sha, body: 'on the file' }
  const { data } = await octokit.rest.pulls.createReviewComment({
    ...single,
    path: 'image.png',
    subject_type: 'file',
  } as never)
  expect(data).toMatchObject({ path: 'image.png', subject_type: 'file', line: null })
  const refusal = await refusalOf(
    octokit.rest.pulls.createReviewComment({ ...single, path: 'a.ts', line: 30, side: 'RIGHT' }),
  )
  expect(refusal).toMatchObject({
    status: 422,
    message: 'Validation Failed',
    errors: [
      { field: 'pull_request_review_thread.line', message: 'pull_request_review_thread.line must be part of the diff' },
      { code: 'missing_field' },
    ],
  })
})

test('one pending review a person, a hundred comments a review, and 65,536 characters a body', async () => {
  const on = { ...at, pull_number: pull.number }
  const { data } = await octokit.rest.pulls.createReview({ ...on, body: 'not yet' })
  expect(data.state).toBe('PENDING')
  expect(await refusalOf(review())).toMatchObject({
    status: 422,
    errors: ['User can only have one pending review per pull request'],
  })
  const seen = await asPerson(github, 'alice')
    .rest.pulls.listReviews(on)
    .catch(error => error)
  expect(seen.status).toBe(404) // alice has no access to the private repository
  await octokit.rest.pulls.deletePendingReview({ ...on, review_id: data.id })
  const many = Array.from({ length: 101 }, () => ({ path: 'a.ts', line: 10, body: 'again' }))
  expect(await refusalOf(review(...many))).toMatchObject({ status: 422 })
  expect(await refusalOf(review({ path: 'a.ts', line: 10, body: 'x'.repeat(65_537) }))).toMatchObject({ status: 422 })
})

test('a push moves comments along, and leaves those behind whose line is gone', async () => {
  const other = await github.createRepository({ owner: 'acme', name: 'moving', files: { 'm.ts': lines(20) } })
  await other.commit({ branch: 'f', files: { 'm.ts': lines(20, { 10: 'ten', 12: 'twelve' }) } })
  const moving = await other.openPull({ head: 'f' })
  const rest = asInstallation(github, other).rest
  const on = { owner: 'acme', repo: 'moving', pull_number: moving.number }
  const comments = [
    { path: 'm.ts', line: 10, body: 'stays' },
    { path: 'm.ts', line: 12, body: 'goes' },
  ]
  const { data: posted } = await rest.pulls.createReview({ ...on, event: 'COMMENT', body: 'x', comments })
  await other.commit({ branch: 'f', files: { 'm.ts': `zero\n${lines(20, { 10: 'ten', 12: 'a dozen' })}` } })
  const { data } = await rest.pulls.listReviewComments(on)
  expect(data.map(({ body, line, original_line }) => ({ body, line, original_line }))).toEqual([
    { body: 'stays', line: 11, original_line: 10 },
    { body: 'goes', line: null, original_line: 12 },
  ])
  expect(data[0]!.commit_id).toBe(moving.head.sha)
  const old = await rest.pulls.listCommentsForReview({ ...on, review_id: posted.id })
  expect(old.data[0]).not.toHaveProperty('line') // the older shape has positions only
})

test('threads are resolved with contents: write and not without, and replies hang on the first comment', async () => {
  const first = pull.reviewComments[0]!
  const reply = repository.replyTo(first.id, 'I think not', 'alice')
  repository.replyTo(reply.id, 'nor I', 'bob')
  const query = `query($owner: String!, $repo: String!, $number: Int!) { repository(owner: $owner, name: $repo) { pullRequest(number: $number) {
    reviewThreads(first: 100) { nodes { id isResolved comments(first: 50) { nodes { databaseId author { login } } } } } } } }`
  const threads = async () =>
    (
      await octokit.graphql<{
        repository: {
          pullRequest: {
            reviewThreads: { nodes: { id: string; isResolved: boolean; comments: { nodes: unknown[] } }[] }
          }
        }
      }>(query, { ...at, number: pull.number })
    ).repository.pullRequest.reviewThreads.nodes
  const [thread] = await threads()
  expect(thread!.comments.nodes).toHaveLength(3)
  const resolve =
    'mutation($threadId: ID!) { resolveReviewThread(input: { threadId: $threadId }) { thread { isResolved } } }'
  await expect(octokit.graphql(resolve, { threadId: thread!.id })).rejects.toThrow(
    'Resource not accessible by integration',
  )
  expect((await threads())[0]!.isResolved).toBe(false)
  github.setPermissions('acme', { metadata: 'read', contents: 'write', pull_requests: 'write' })
  const stronger = asInstallation(github, repository)
  await stronger.graphql(resolve, { threadId: thread!.id })
  expect(github.deliveries.at(-1)).toMatchObject({ event: 'pull_request_review_thread', action: 'resolved' })
  const { data } = await stronger.rest.pulls.listReviewComments({ ...at, pull_number: pull.number })
  expect(data.filter(comment => comment.in_reply_to_id === first.id)).toHaveLength(2)
})

test('a comment is hidden, and threads are found by the node id of their pull', async () => {
  const other = await github.createRepository({ owner: 'acme', name: 'hidden' })
  await other.commit({ branch: 'f', files: { 'a.txt': 'a\n' } })
  const { number } = await other.openPull({ head: 'f' })
  const client = asInstallation(github, other)
  const on = { owner: 'acme', repo: 'hidden', pull_number: number }
  const { data: comment } = await client.rest.issues.createComment({
    owner: 'acme',
    repo: 'hidden',
    issue_number: number,
    body: 'old news',
  })
  await client.graphql(
    'mutation($it: ID!) { minimizeComment(input: { subjectId: $it, classifier: OUTDATED }) { minimizedComment { isMinimized } } }',
    { it: comment.node_id },
  )
  expect(other.pull(number).issueComments[0]!.minimized).toBe('OUTDATED')
  await other.commentOnLine(number, { path: 'a.txt', line: 1 }, 'here', 'alice')
  const { data } = await client.rest.pulls.get(on)
  const query =
    'query($pull: ID!) { node(id: $pull) { ... on PullRequest { reviewThreads(first: 10) { nodes { id path } } } } }'
  const answer = await client.graphql<{ node: { reviewThreads: { nodes: unknown[] } } }>(query, { pull: data.node_id })
  expect(answer.node.reviewThreads.nodes).toMatchObject([{ path: 'a.txt' }])
  await expect(client.graphql('query { viewer { nonsense } }')).rejects.toThrow('nonsense')
})

function lines(count: number, changes: Record<number, string> = {}): string {
  return Array.from({ length: count }, (_, index) => `${changes[index + 1] ?? `line ${index + 1}`}\n`).join('')
}
