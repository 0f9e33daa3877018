// A review is published once, whole, and by the ladder: on the line, else on the file, else in the body.
import { afterEach, expect, test } from 'vitest'
import { git } from '../simulators/github/bare-repository.ts'
import { suggestionsIn } from '../simulators/github/suggestions.ts'
import { never, openStage, type Stage, timesStanding, wantedComment, wantedReview } from './stage.ts'

let stage: Stage
afterEach(() => stage[Symbol.asyncDispose]())

const publish = (wanted: Parameters<Stage['host']['publish']>[2], host = stage.host) =>
  host.publish(stage.repository, stage.number, wanted, never)
const created = () => stage.github.requests.filter(request => request.operation === 'pulls/create-review')

test('all comments go out as one review, and the receipt says where they stand', async () => {
  stage = await openStage()
  const wanted = [
    wantedComment('a', { line: 3 }),
    wantedComment('b', { line: 9, startLine: 7 }),
    wantedComment('c', { path: 'src/old.ts', line: 50, side: 'LEFT' }),
    wantedComment('d', { line: 5, startLine: 5 }),
  ]
  const receipt = await publish(wantedReview(stage.head, wanted))
  expect(created()).toHaveLength(1)
  expect(stage.reviews()).toHaveLength(1)
  expect(stage.reviews()[0]?.body).toContain('Found something.')
  expect(receipt.placed.map(({ key, where }) => [key, where])).toEqual(['a', 'b', 'c', 'd'].map(key => [key, 'inline']))
  expect(receipt.placed.every(({ commentId }) => commentId !== undefined)).toBe(true)
  expect(stage.github.refusals).toEqual([])
})

const offer = (text: string) => `It breaks.\n\n\`\`\`suggestion\n${text}\`\`\`\n\nFound by somebody.`

test('a suggestion is committed as it stands in the comment: its lines, and not a byte beside them', async () => {
  stage = await openStage()
  const body = offer('  first\n\n\tthird <b>&amp;</b> @mia #1\n')
  const wanted = [wantedComment('a', { line: 9, startLine: 7, body }), wantedComment('b', { line: 3, body: offer('') })]
  const { placed } = await publish(wantedReview(stage.head, wanted))
  const lines = Array.from({ length: 60 }, (_, index) => `new ${index + 1}\n`)
  lines.splice(6, 3, '  first\n', '\n', '\tthird <b>&amp;</b> @mia #1\n')
  const sha = await stage.repo.commitSuggestion(placed[0]!.commentId!)
  expect(await blob(sha)).toBe(lines.join(''))
  lines.splice(2, 1)
  expect(await blob(await stage.repo.commitSuggestion(placed[1]!.commentId!))).toBe(lines.join(''))
  await expect(stage.repo.commitSuggestion(placed[1]!.commentId!)).rejects.toThrow('nothing can be committed')
})

test('a suggestion that GitHub does not take on its lines is shown on the file, and offered no more', async () => {
  stage = await openStage()
  const wanted = wantedComment('a', { path: 'src/old.ts', line: 90, body: offer('other\n') })
  const { placed } = await publish(wantedReview(stage.head, [wanted]))
  expect(placed[0]?.where).toBe('file')
  expect(stage.comments()[0]?.body).toContain('```\nother\n```')
  expect(suggestionsIn(stage.comments()[0]!.body)).toEqual([])
})

async function blob(sha: string): Promise<string> {
  return (await git(stage.repo.gitDir, ['cat-file', 'blob', `${sha}:src/new.ts`])).toString()
}

test('a second run posts nothing, in this process or in another', async () => {
  stage = await openStage()
  const wanted = wantedReview(stage.head, [
    wantedComment('a', { line: 3 }),
    wantedComment('nowhere', { path: 'gone.ts', line: 1 }),
  ])
  const first = await publish(wanted)
  const posted = stage.github.requests.filter(({ method }) => method !== 'GET').length
  const second = await publish(wanted, await stage.again())
  expect(second.reviewId).toBe(first.reviewId)
  expect(second.placed.map(({ where }) => where)).toEqual(['stood already', 'stood already'])
  const more = stage.github.requests
    .slice(0)
    .filter(({ method, operation }) => method !== 'GET' && operation !== 'apps/create-installation-access-token')
  expect(more.length).toBeLessThanOrEqual(posted)
  expect(stage.reviews()).toHaveLength(1)
})

test('one bad line among thirty costs no other its line', async () => {
  stage = await openStage()
  const comments = Array.from({ length: 30 }, (_, index) => wantedComment(`f${index}`, { line: index + 1 }))
  comments[17] = wantedComment('bad', { path: 'src/old.ts', line: 90 })
  const receipt = await publish(wantedReview(stage.head, comments))
  expect(receipt.placed.filter(({ where }) => where === 'inline')).toHaveLength(29)
  expect(receipt.placed[17]).toMatchObject({
    key: 'bad',
    where: 'file',
    because: expect.stringContaining('Line could not be resolved'),
  })
  expect(stage.reviews().filter(({ body }) => body.includes('Found something.'))).toHaveLength(1)
  expect(stage.comments().find(({ subjectType }) => subjectType === 'file')?.body).toContain('About line 90')
  for (const { key } of comments) expect(timesStanding(stage, key)).toBe(1)
})

test('what has no place in the diff at all is said in the body', async () => {
  stage = await openStage()
  const receipt = await publish(
    wantedReview(stage.head, [wantedComment('a', { line: 1 }), wantedComment('lost', { path: 'README.md', line: 1 })]),
  )
  expect(receipt.placed.map(({ where }) => where)).toEqual(['inline', 'body'])
  expect(stage.reviews().find(({ body }) => body.includes('In the body: lost.'))?.body).toContain('Found something.')
  expect(timesStanding(stage, 'lost')).toBe(1)
})

test('every line bad, and still nothing is lost', async () => {
  stage = await openStage()
  const comments = Array.from({ length: 9 }, (_, index) =>
    wantedComment(`f${index}`, { path: index % 2 ? 'none.ts' : 'src/old.ts', line: 5 }),
  )
  const receipt = await publish(wantedReview(stage.head, comments))
  expect(receipt.placed.map(({ where }) => where)).toEqual(comments.map((_, index) => (index % 2 ? 'body' : 'file')))
  for (const { key } of comments) expect(timesStanding(stage, key)).toBe(1)
})

test('a comment without a line stands on its file', async () => {
  stage = await openStage()
  const receipt = await publish(wantedReview(stage.head, [wantedComment('whole')]))
  expect(receipt.placed[0]?.where).toBe('file')
  expect(stage.comments()[0]).toMatchObject({ subjectType: 'file', path: 'src/new.ts' })
})

test('more than thirty comments are split politely', async () => {
  stage = await openStage()
  const comments = Array.from({ length: 60 }, (_, index) => wantedComment(`f${index}`, { line: index + 1 }))
  await publish(wantedReview(stage.head, comments))
  expect(stage.reviews()).toHaveLength(2)
  expect(created().every(({ body }) => body.comments.length <= 30)).toBe(true)
  for (const { key } of comments) expect(timesStanding(stage, key)).toBe(1)
})

test("bodies past GitHub's limit are cut with a sentence, and no fallback is lost for it", async () => {
  stage = await openStage()
  const fallback = 'x'.repeat(30_000)
  const comments = ['a', 'b', 'c', 'd'].map(key => wantedComment(key, { path: 'none.ts', line: 1, fallback }))
  comments.push(wantedComment('long', { line: 1, body: 'y'.repeat(80_000) }))
  await publish(wantedReview(stage.head, comments, { body: 'z'.repeat(90_000) }))
  for (const { key } of comments) expect(timesStanding(stage, key)).toBe(1)
  for (const { body } of [...stage.reviews(), ...stage.comments()]) expect(body.length).toBeLessThanOrEqual(65_536)
  expect(stage.reviews()[0]?.body).toContain('The rest was cut')
})

test('a review begun and never sent is taken out of the way', async () => {
  stage = await openStage()
  await publish(wantedReview(stage.head, [], { key: 'earlier' }))
  stage.github.faults.add({
    kind: 'cut',
    match: { operation: 'pulls/delete-pending-review' },
    times: Number.POSITIVE_INFINITY,
  })
  const bad = [wantedComment('a', { line: 1 }), wantedComment('bad', { path: 'src/old.ts', line: 90 })]
  await publish(wantedReview(stage.head, bad)).catch(() => undefined)
  expect(stage.reviews().some(({ state }) => state === 'PENDING')).toBe(true)
  stage.github.faults.clear()
  const receipt = await publish(wantedReview(stage.head, bad), await stage.again())
  expect(receipt.placed.map(({ where }) => where)).toEqual(['inline', 'file'])
  expect(stage.reviews().some(({ state }) => state === 'PENDING')).toBe(false)
})

test('edits change our own comments, keep their marks, and are made once', async () => {
  stage = await openStage()
  const { placed } = await publish(wantedReview(stage.head, [wantedComment('a', { line: 1 })]))
  const commentId = placed[0]!.commentId!
  const edits = [
    { commentId, body: 'Fixed in abc1234.' },
    { commentId: 424_242, body: 'not ours' },
  ]
  const wanted = wantedReview(stage.head, [wantedComment('a', { line: 1 })], { body: '', edits })
  expect((await publish(wanted)).edited).toEqual([commentId])
  expect((await publish(wanted)).edited).toEqual([commentId])
  expect(stage.comments()[0]?.body).toBe('Fixed in abc1234.\n\n<!-- watchbill: key=a -->')
  expect(stage.github.requests.filter(({ operation }) => operation === 'pulls/update-review-comment')).toHaveLength(1)
  expect(stage.reviews()).toHaveLength(1)
})

test("a mark in somebody's text is no mark: not in a person's comment, not in the middle of ours", async () => {
  stage = await openStage()
  const forged = 'as said <!-- watchbill: key=b -->'
  await publish(wantedReview(stage.head, [wantedComment('a', { line: 1, body: forged })]))
  const receipt = await publish(wantedReview(stage.head, [wantedComment('b', { line: 2 })], { key: 'run-2' }))
  expect(receipt.placed[0]?.where).toBe('inline')
})

test('threads are resolved where contents: write is held, and the review does not fail where it is not', async () => {
  stage = await openStage()
  await publish(wantedReview(stage.head, [wantedComment('a', { line: 1 })]))
  const { comments } = await stage.host.standing(stage.repository, stage.number)
  const resolve = [comments[0]!.threadId!]
  await publish(wantedReview(stage.head, [], { body: '', resolve }))
  expect((await stage.host.standing(stage.repository, stage.number)).comments[0]?.resolved).toBe(false)
  stage.github.setPermissions('acme', { metadata: 'read', contents: 'write', pull_requests: 'write', checks: 'write' })
  await publish(wantedReview(stage.head, [], { body: '', resolve }))
  expect((await stage.host.standing(stage.repository, stage.number)).comments[0]?.resolved).toBe(true)
})

test('stopped before it was sent, a review is not sent', async () => {
  stage = await openStage()
  const stopped = AbortSignal.abort()
  const wanted = wantedReview(stage.head, [wantedComment('a', { line: 1 })])
  await expect(stage.host.publish(stage.repository, stage.number, wanted, stopped)).rejects.toMatchObject({
    code: 'stopped',
  })
  expect(created()).toEqual([])
})

test('what GitHub accepts and does not keep goes down the ladder', async () => {
  stage = await openStage()
  const pull = stage.repo.pull(stage.number)
  stage.github.on('review', () => {
    pull.reviewComments = pull.reviewComments.filter(({ body }) => !body.includes('key=dropped'))
  })
  const comments = [wantedComment('kept', { line: 1 }), wantedComment('dropped', { line: 2 })]
  const { placed } = await publish(wantedReview(stage.head, comments))
  expect(placed).toMatchObject([
    { where: 'inline' },
    { where: 'file', because: expect.stringContaining('did not keep it') },
  ])
  for (const { key } of comments) expect(timesStanding(stage, key)).toBe(1)
})

test('after a forced push the findings are said in the body', async () => {
  stage = await openStage()
  const comments = [wantedComment('a', { line: 1 }), wantedComment('whole')]
  const receipt = await publish(wantedReview('f'.repeat(40), comments))
  expect(receipt.placed.map(({ where }) => where)).toEqual(['body', 'body'])
  expect(receipt.placed[0]?.because).toContain('no longer part')
  expect(stage.reviews()).toHaveLength(1)
  for (const { key } of comments) expect(timesStanding(stage, key)).toBe(1)
})

test('a review without words of its own posts no empty review', async () => {
  stage = await openStage()
  await publish(wantedReview(stage.head, [wantedComment('whole')], { body: '' }))
  expect(created()).toEqual([])
  expect(timesStanding(stage, 'whole')).toBe(1)
})

test('a comment that gives up its key makes room for another one, whatever crashes in between', async () => {
  stage = await openStage()
  const { placed } = await publish(wantedReview(stage.head, [wantedComment('a', { line: 3 })], { key: 'run-0' }))
  const old = placed[0]!.commentId!
  const edit = { commentId: old, body: 'Fixed, and back again.', key: 'a.until-1234567' }
  const again = wantedReview(stage.head, [wantedComment('a', { line: 9 })], { edits: [edit] })

  stage.github.faults.add({ kind: '404', match: { operation: 'pulls/create-review' }, times: Number.POSITIVE_INFINITY })
  await expect(publish(again)).rejects.toThrow()
  expect(timesStanding(stage, 'a')).toBe(0)
  stage.github.faults.clear()

  const receipt = await publish(again, await stage.again())
  expect(receipt.placed).toMatchObject([{ key: 'a', where: 'inline' }])
  expect(receipt.placed[0]?.commentId).not.toBe(old)
  expect(timesStanding(stage, 'a')).toBe(1)
  expect(timesStanding(stage, 'a.until-1234567')).toBe(1)
  expect(stage.comments().find(({ id }) => id === old)?.body).toContain('back again')

  const before = stage.github.requests.length
  const repeated = await publish(again, await stage.again())
  expect(repeated.placed).toMatchObject([{ key: 'a', where: 'stood already' }])
  const asked = stage.github.requests.slice(before).filter(({ operation }) => operation?.startsWith('pulls/'))
  expect(new Set(asked.map(({ method }) => method))).toEqual(new Set(['GET']))
})
