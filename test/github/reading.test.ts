// What is asked of GitHub comes back in our words, from the places that can be trusted.
import { createHmac } from 'node:crypto'
import { validate } from '@octokit/graphql-schema'
import { afterEach, expect, test } from 'vitest'
import { connectGitHub } from '../../src/github/index.ts'
import { resolveMutation, threadsQuery } from '../../src/github/threads.ts'
import { boundRules, openRules } from '../../src/runs/reading/rules.ts'
import { readCommand } from './examples.ts'
import { never, openStage, type Stage, wantedComment, wantedReview } from './stage.ts'

let stage: Stage | undefined
afterEach(async () => {
  await stage?.[Symbol.asyncDispose]()
  stage = undefined
})

test('signatures: the current secret, then the previous one; nothing else, and nothing throws', async () => {
  stage = await openStage()
  const { privateKey } = stage.github.app
  const host = await connectGitHub({
    appId: 1,
    privateKey,
    webhookSecrets: ['new', 'old'],
    apiUrl: `${stage.github.url}/api/v3`,
    readCommand,
  })
  const sign = (secret: string) => `sha256=${createHmac('sha256', secret).update('{"a":1}').digest('hex')}`
  expect(await host.verify('{"a":1}', sign('new'))).toBe(true)
  expect(await host.verify('{"a":1}', sign('old'))).toBe(true)
  for (const odd of [
    undefined,
    '',
    'sha256=',
    'sha256=00',
    sign('development'),
    sign('x'),
    'sha1=abc',
    '\u0000',
    'ä'.repeat(64),
  ])
    expect(await host.verify('{"a":1}', odd)).toBe(false)
  expect(await host.verify('', sign('new'))).toBe(false)
  expect(await host.verify('{"a":2}', sign('new'))).toBe(false)
})

test("without a secret nothing is connected: everybody knows Probot's own default", async () => {
  const without = { appId: 1, privateKey: 'x', webhookSecrets: [''], readCommand }
  await expect(connectGitHub(without)).rejects.toMatchObject({ code: 'bad_configuration' })
})

test("a pull, its paths, and people's permissions", async () => {
  stage = await openStage()
  const { host, repository, number, head } = stage
  expect(await host.pull(repository, number)).toMatchObject({
    number,
    title: 'A feature',
    head: { sha: head, ref: 'feature' },
    fork: false,
    changedFiles: 2,
  })
  await expect(host.pull(repository, 99)).rejects.toMatchObject({
    code: 'not_found',
    message: expect.stringContaining('#99'),
  })
  expect(await host.changedPaths(repository, number)).toEqual(['src/new.ts', 'src/old.ts'])
  const levels = await Promise.all(
    ['acme', 'mia', 'octocat', 'tom', 'rita', 'nobody-at-all'].map(login => host.permission(repository, login)),
  )
  expect(levels).toEqual(['admin', 'maintain', 'write', 'triage', 'read', 'none'])
  expect(await host.installationSize(repository.installationId)).toBe(1)
  expect(host.cloneUrl(repository)).toBe(`${stage.github.url}/acme/app.git`)
})

test('both names of a rename are changed paths', async () => {
  stage = await openStage()
  const repo = await stage.github.createRepository({
    owner: 'acme',
    name: 'moved',
    files: { 'a.txt': 'one\ntwo\nthree\n' },
  })
  await repo.commit({ branch: 'move', files: { 'a.txt': null, 'b.txt': 'one\ntwo\nthree\n' } as never })
  const { number } = await repo.openPull({ head: 'move' })
  const repository = await stage.host.repository(repo.installationId, 'acme', 'moved')
  expect(await stage.host.changedPaths(repository, number)).toEqual(['a.txt', 'b.txt'])
})

test("routines are read from the default branch, and from the owner's repository, at one commit each", async () => {
  stage = await openStage()
  const { github, host } = stage
  const shared = await github.createRepository({
    owner: 'acme',
    name: '.github',
    files: { '.github/routines/shared.md': 'shared', 'profile/README.md': 'hi' },
  })
  const repo = await github.createRepository({
    owner: 'acme',
    name: 'lib',
    files: {
      '.github/watchbill.yml': 'automatic: true\n',
      '.github/routines/nightly.md': 'nightly',
      '.github/routines/agents/api.md': 'api',
      '.github/routines/deep/er/no.md': 'too deep',
      '.github/routines/notes.txt': 'no routine',
      '.github/workflows/ci.yml': 'no',
    },
  })
  await repo.commit({ branch: 'feature', files: { '.github/routines/evil.md': 'from a branch' } })
  const repository = await host.repository(repo.installationId, 'acme', 'lib')
  const files = await host.configuration(repository)
  expect(files.repository.map(({ path, text }) => [path, text]).sort()).toEqual([
    ['.github/routines/agents/api.md', 'api'],
    ['.github/routines/nightly.md', 'nightly'],
    ['.github/watchbill.yml', 'automatic: true\n'],
  ])
  expect(files.organisation).toEqual([{ path: '.github/routines/shared.md', text: 'shared' }])
  expect([files.commit, files.organisationCommit]).toEqual([repo.sha(), shared.sha()])

  const before = github.requests.length
  expect(await host.configuration(repository)).toEqual(files)
  expect(github.requests.length - before).toBeLessThanOrEqual(3)
  await repo.commit({ branch: 'main', files: { '.github/routines/nightly.md': 'changed' } })
  expect((await host.configuration(repository)).repository.find(({ path }) => path.endsWith('nightly.md'))?.text).toBe(
    'changed',
  )
})

test("routines of an owner may also lie at the top of its repository, and a file of a pull's head is read as data", async () => {
  stage = await openStage()
  const { github, host } = stage
  const files = { 'routines/top.md': 'top', 'routines/agents/a.md': 'agent', '.github/routines/below.md': 'below' }
  const shared = await github.createRepository({ owner: 'acme', name: '.github', files })
  const { organisation, repository: own } = await host.configuration(stage.repository)
  expect([own, organisation.map(({ path }) => path).sort()]).toEqual([
    [],
    ['.github/routines/below.md', 'routines/agents/a.md', 'routines/top.md'],
  ])
  const head = await stage.repo.commit({
    branch: 'evil',
    files: {
      '.github/routines/evil.md': 'evil',
      '.github/routines/fat.md': 'x'.repeat(70_000),
      'routines/no.md': 'no',
    },
    modes: {},
  })
  const evil = await host.configurationAt(stage.repository, head)
  expect(evil.map(({ path, problem }) => [path, problem])).toEqual([
    ['.github/routines/evil.md', undefined],
    ['.github/routines/fat.md', 'is larger than 64 kB; make it shorter.'],
  ])
  const house = await host.repository(shared.installationId, 'acme', '.github')
  expect(await host.configurationAt(house, shared.sha())).toHaveLength(3)
})

test('no configuration anywhere is no files, and a broken GitHub is no answer', async () => {
  stage = await openStage()
  expect(await stage.host.configuration(stage.repository)).toMatchObject({ repository: [], organisation: [] })
  stage.github.faults.add({ kind: '503', match: { operation: 'repos/get-branch' }, times: Number.POSITIVE_INFINITY })
  await expect(stage.host.configuration(stage.repository)).rejects.toMatchObject({ code: 'unavailable' })
})

test('a file that is too large, or one too many, is a problem beside the others', async () => {
  stage = await openStage()
  await stage.github.createRepository({
    owner: 'acme',
    name: '.github',
    files: { '.github/routines/shared.md': 'shared' },
  })
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`.github/routines/r${index}.md`, 'x']))
  const repo = await stage.github.createRepository({
    owner: 'acme',
    name: 'crowd',
    files: { ...many, '.github/routines/a.md': 'x'.repeat(70_000), '.github/watchbill.yml': 'enabled: true\n' },
  })
  const repository = await stage.host.repository(repo.installationId, 'acme', 'crowd')
  const files = await stage.host.configuration(repository)
  expect(files.organisation).toEqual([{ path: '.github/routines/shared.md', text: 'shared' }])
  expect(files.repository[0]).toEqual({ path: '.github/watchbill.yml', text: 'enabled: true\n' })
  expect(files.repository[1]).toMatchObject({
    path: '.github/routines/a.md',
    problem: expect.stringContaining('64 kB'),
  })
  expect(files.repository.filter(({ problem }) => problem === undefined)).toHaveLength(99)
  expect(files.repository).toHaveLength(103)
})

test('that an owner has no repository of routines is asked once a minute', async () => {
  stage = await openStage()
  await stage.host.configuration(stage.repository)
  const before = stage.github.requests.length
  await stage.host.configuration(stage.repository)
  expect(stage.github.requests.slice(before).map(({ operation }) => operation)).toEqual(['repos/get-branch'])
})

test('rules come from the base branch only where that is protected', async () => {
  stage = await openStage()
  const repo = await stage.github.createRepository({
    owner: 'acme',
    name: 'rules',
    files: { 'REVIEW.md': 'from main' },
    protectedBranches: ['release'],
  })
  await repo.commit({ branch: 'release', files: { 'REVIEW.md': 'from release' } })
  await repo.commit({ branch: 'anybody', files: { 'REVIEW.md': 'from anybody' } })
  const repository = await stage.host.repository(repo.installationId, 'acme', 'rules')
  const { host } = stage
  const read = async (base: string, ...paths: string[]) => {
    const { from, files } = await host.trustedFiles(repository, base, paths)
    return [from, ...(await Promise.all(files.map(async one => `${one.path}: ${await one.text()}`)))]
  }
  expect(await read('release', 'REVIEW.md')).toEqual(['release', 'REVIEW.md: from release'])
  expect(await read('anybody', 'REVIEW.md')).toEqual(['main', 'REVIEW.md: from main'])
  expect(await read('gone', 'REVIEW.md')).toEqual(['main', 'REVIEW.md: from main'])
  expect(await read('main', 'NONE.md', 'no/such/folder/CLAUDE.md')).toEqual(['main'])
})

test('rules are read folder by folder, in the order asked, as far as it goes; what is not is said', async () => {
  stage = await openStage()
  const many = Object.fromEntries(
    Array.from({ length: 70 }, (_, index) => [`many/f${index}/CLAUDE.md`, `Of ${index}.`]),
  )
  const repo = await stage.github.createRepository({
    owner: 'acme',
    name: 'nested',
    files: {
      'CLAUDE.md': 'top',
      'a/b/AGENTS.md': 'deep',
      'a/CLAUDE.md/no': 'a folder',
      'big/CLAUDE.md': 'x'.repeat(1_100_000),
      ...many,
    },
  })
  const repository = await stage.host.repository(repo.installationId, 'acme', 'nested')
  const before = stage.github.requests.length
  const asked = ['a/b/CLAUDE.md', 'a/b/AGENTS.md', 'a/CLAUDE.md', 'big/CLAUDE.md', 'CLAUDE.md']
  const { files, missed } = await stage.host.trustedFiles(repository, 'main', asked)
  expect(files.map(({ path, bytes }) => [path, bytes])).toEqual([
    ['a/b/AGENTS.md', 4],
    ['CLAUDE.md', 3],
  ])
  expect(missed).toEqual(['`big/CLAUDE.md` on main is larger than 1 MB and was not read; make it shorter.'])
  // The branch, and each folder once; no text before it is wanted.
  expect(
    stage.github.requests
      .slice(before)
      .map(({ operation }) => operation)
      .filter(operation => operation !== 'apps/create-installation-access-token')
      .sort(),
  ).toEqual([...Array(4).fill('git/get-tree'), 'repos/get-branch'].sort())
  expect(await files[0]?.text()).toBe('deep')
  const wide = await stage.host.trustedFiles(repository, 'main', Object.keys(many))
  expect(wide.files).toHaveLength(58)
  expect(wide.missed).toEqual(['Rules were looked for in 60 folders; 12 more were not looked into.'])
})

test('rules that are a symbolic link say where they lie', async () => {
  stage = await openStage()
  const repo = await stage.github.createRepository({
    owner: 'acme',
    name: 'linked',
    files: { 'vault/rules.md': 'Of the vault.' },
  })
  await repo.commit({ branch: 'main', files: { 'CLAUDE.md': 'vault/rules.md' }, modes: { 'CLAUDE.md': '120000' } })
  const repository = await stage.host.repository(repo.installationId, 'acme', 'linked')
  const { files } = await stage.host.trustedFiles(repository, 'main', ['CLAUDE.md'])
  expect(files).toMatchObject([{ path: 'CLAUDE.md', target: 'vault/rules.md' }])
  const { rules } = await boundRules(files, 'main')
  expect(rules).toMatchObject([{ path: 'CLAUDE.md', target: 'vault/rules.md', text: 'Of the vault.' }])
  expect(openRules(rules, path => path === 'vault/rules.md')).toEqual([])
  expect(openRules(rules, path => path === 'vault/other.md')).toEqual(rules)
})

test('what a pull states: its description without hidden comments, and the issues it closes that can be read', async () => {
  stage = await openStage()
  const { host, repo, repository } = stage
  const { number } = await repo.openIssue({ title: 'Wanted', body: 'Two things. <!-- three -->' })
  const stated = (body: string, title = 'T') => host.stated(repository, { title, body })
  const { texts, notes } = await stated(
    `Does it.<!-- unseen: Fixes #77 -->\n\nfixes #${number}, Resolves: acme/app#${number}, closes #${stage.number}, closed #4040, fix acme/else#2, see #9, prefixes #8`,
  )
  expect(texts).toEqual([
    { source: 'description', text: expect.stringMatching(/^T\n\nDoes it\.\n/) },
    { source: `issue ${number}`, text: 'Wanted\n\nTwo things.' },
  ])
  expect(texts[0]?.text).not.toContain('unseen')
  expect(notes).toEqual([
    'acme/else#2 lies in another repository, and was not read.',
    `#${stage.number} is a pull request, and no issue that says what to do.`,
    'Issue #4040 could not be read.',
  ])
  expect((await stated('  <!-- only a template -->  ')).texts).toEqual([])
  const long = await stated(
    Array.from({ length: 7 }, (_, index) => `fixes #${5000 + index}`).join(' ') + ' x'.repeat(15_000),
  )
  expect(long.notes[0]).toBe('The pull request closes 7 issues; the first 5 were read.')
  expect(long.texts[0]?.text.length).toBeLessThan(21_000)
})

test('a token for git reads contents and nothing else', async () => {
  stage = await openStage()
  await stage.host.gitToken(stage.repository)
  const minted = stage.github.requests.filter(({ operation }) => operation === 'apps/create-installation-access-token')
  expect(minted.at(-1)?.body).toEqual({ permissions: { contents: 'read' }, repository_ids: [stage.repository.id] })
})

test('what stands is ours by number: a person who copies our marks is still a person', async () => {
  stage = await openStage()
  const { host, repository, number, repo } = stage
  await host.publish(repository, number, wantedReview(stage.head, [wantedComment('a', { line: 1 })]), never)
  await repo.commentOnLine(number, { path: 'src/new.ts', line: 2 }, 'Me too.\n\n<!-- watchbill: key=b -->', 'mallory')
  const ours = stage.comments().find(({ line }) => line === 1)!
  repo.replyTo(ours.id, 'I disagree.', 'octocat')
  const standing = await host.standing(repository, number)
  expect(standing.reviews).toMatchObject([{ key: 'run-1', head: stage.head }])
  expect(standing.comments).toMatchObject([{ key: 'a', path: 'src/new.ts', line: 1, resolved: false, outdated: false }])
  expect(standing.comments[0]?.answeredBy).toMatchObject([{ login: 'octocat', type: 'User' }])
  repo.resolve(ours.id)
  expect((await host.standing(repository, number)).comments[0]?.resolved).toBe(true)
})

test('a comment whose line is gone is outdated', async () => {
  stage = await openStage()
  const { host, repository, number, repo } = stage
  await host.publish(
    repository,
    number,
    wantedReview(stage.head, [wantedComment('a', { path: 'src/old.ts', line: 50 })]),
    never,
  )
  await repo.commit({ branch: 'feature', files: { 'src/old.ts': 'all else\n' } })
  expect((await host.standing(repository, number)).comments).toMatchObject([{ key: 'a', outdated: true }])
})

test('standing is told without threads when GraphQL is not open to us', async () => {
  stage = await openStage()
  const { host, repository, number } = stage
  await host.publish(repository, number, wantedReview(stage.head, [wantedComment('a', { line: 1 })]), never)
  stage.github.faults.add({ kind: '403', match: { operation: 'graphql' } })
  const { comments } = await host.standing(repository, number)
  expect(comments).toHaveLength(1)
  expect(comments[0]?.threadId).toBeUndefined()
})

test('an answer on the conversation stands once for its key', async () => {
  stage = await openStage()
  const { host, repository, number } = stage
  stage.github.faults.add({ kind: 'cut-after', match: { operation: 'issues/create-comment' } })
  await host.comment(repository, number, 'command-1', 'Nothing is under way.')
  await (await stage.again()).comment(repository, number, 'command-1', 'Nothing is under way.')
  await host.comment(repository, number, 'command-2', 'Something else.')
  expect(stage.github.requests.filter(({ operation }) => operation === 'issues/create-comment')).toHaveLength(2)
})

test("what a person says through the App is that person's, marks and all", async () => {
  stage = await openStage()
  const { host, repository, number, repo } = stage
  const pull = repo.pull(number)
  await host.comment(repository, number, 'command-1', 'Nothing is under way.')
  const [ours] = pull.issueComments
  // GitHub names the App on words that a person wrote with a token the App made for that person.
  pull.issueComments = [{ ...ours!, user: pull.author }]
  await host.comment(repository, number, 'command-1', 'Nothing is under way.')
  expect(pull.issueComments).toHaveLength(2)
})

test('labels that are off and comments that are gone need nothing', async () => {
  stage = await openStage()
  const { host, repository, number } = stage
  await host.removeLabel(repository, number, 'not there', 'pull')
  await host.react(repository, { id: 4242, kind: 'issue' }, 'eyes')
  await host.react(repository, { id: 4242, kind: 'review' }, 'eyes')
})

test("GitHub's schema knows every GraphQL query of ours", () => {
  for (const query of [threadsQuery, resolveMutation]) expect(validate(query)).toEqual([])
})
