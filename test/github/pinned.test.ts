// Files of other repositories at one commit, whose commits those are, and whether the people named in routines are still there.
import { execFileSync } from 'node:child_process'
import { afterEach, expect, test } from 'vitest'
import { readBuiltIns } from '../../src/builtins.ts'
import type { Repository } from '../../src/domain/event.ts'
import { readConfiguration } from '../../src/runs/configuration/configuration.ts'
import { staleRoutines } from '../../src/runs/configuration/stale.ts'
import { routine } from '../routines/samples.ts'
import type { SimulatedRepository } from '../simulators/github/index.ts'
import { openStage, type Stage } from './stage.ts'

let stage: Stage | undefined
afterEach(async () => {
  await stage?.[Symbol.asyncDispose]()
  stage = undefined
})

const text = (yaml: string, instructions: string) => `---\n${yaml}\n---\n${instructions}\n`
const api = text('description: API\non: { pull_request: { paths: ["api/**"] } }\nagents: [security]', 'Of the library.')

/** A repository `acme/rules` with `routines/api.md`, and one that starts from it at `ref`. */
async function openPair(ref: (sha: string) => string, settings = 'readable_by: [acme/shop]\n', owner = 'acme') {
  stage = await openStage()
  const { github } = stage
  const rules = await github.createRepository({
    owner,
    name: 'rules',
    files: { 'routines/api.md': api, ...(settings && { '.github/watchbill.yml': settings }) },
  })
  const shop = await github.createRepository({
    owner: 'acme',
    name: 'shop',
    files: {
      '.github/routines/api.md': text(
        `description: Ours\nextends: ${owner}/rules/routines/api.md@${ref(rules.sha())}\nseverity: { gate: high }`,
        'And ours.',
      ),
    },
  })
  return { rules, shop, repository: await stage.host.repository(shop.installationId, 'acme', 'shop') }
}

const configuration = (repository: Repository) =>
  readConfiguration({ host: stage!.host, builtIn: readBuiltIns() }, repository)

async function read(repository: Repository) {
  const { routines, problems, notes } = await configuration(repository)
  const found = routines.find(one => one.name === 'api')!
  return { found, problems: problems.map(one => one.message), notes: notes.map(one => one.message) }
}

test('a routine starts from a file of another repository, at a commit that stays what it is', async () => {
  const { rules, repository } = await openPair(sha => sha)
  const before = await read(repository)
  expect(before.problems).toEqual([])
  expect(before.notes).toEqual([])
  expect(before.found).toMatchObject({
    description: 'Ours',
    on: { pull_request: { paths: ['api/**'] } },
    agents: ['security'],
    severity: { gate: 'high' },
    instructions: 'Of the library.\n\nAnd ours.',
  })
  await rules.commit({ branch: 'main', files: { 'routines/api.md': api.replace('Of the library.', 'Changed.') } })
  expect((await read(repository)).found.instructions).toBe('Of the library.\n\nAnd ours.')
})

test('by a tag too, which is said to be able to move', async () => {
  const { rules, repository } = await openPair(() => 'v1')
  tag(rules, 'v1', rules.sha())
  const { found, notes } = await read(repository)
  expect(found.off).toBeUndefined()
  expect(notes).toEqual(['is pinned to a tag, which can be moved; a full commit id of 40 characters can not.'])
})

const refused: [string, Parameters<typeof openPair>, RegExp][] = [
  [
    'a branch, which moves',
    [() => 'main'],
    /main is neither a full commit id of 40 characters nor a tag of acme\/rules/,
  ],
  ['a short commit id', [sha => sha.slice(0, 12)], /is neither a full commit id/],
  ['a commit that is nowhere', [() => '0'.repeat(40)], /is not in the history of acme\/rules's main/],
  [
    'a repository that does not list this one',
    [sha => sha, 'readable_by: [acme/app]\n'],
    /does not list acme\/shop under `readable_by`/,
  ],
  ['a repository without settings', [sha => sha, ''], /does not list acme\/shop under `readable_by`/],
  ['a repository whose settings are broken', [sha => sha, 'readable_by: 5\n'], /has a problem .* nobody may read it/],
  [
    'a repository of somebody else',
    [sha => sha, 'readable_by: ["acme/*"]\n', 'globex'],
    /belongs to globex, and only repositories of the same installation/,
  ],
]
test.each(refused)('refused with a sentence, and not left out: %s', async (_, [ref, settings, owner], sentence) => {
  const { repository } = await openPair(ref, settings, owner)
  const { found, problems } = await read(repository)
  expect(found.off).toMatch(sentence)
  expect(problems).toEqual([expect.stringMatching(sentence)])
})

test('a commit that only a fork has is none of the repository, whatever GitHub serves under its name', async () => {
  const { rules, shop, repository } = await openPair(sha => sha)
  const evil = await rules.commit({ branch: 'evil', files: { 'routines/api.md': api.replace('library', 'attacker') } })
  await shop.commit({
    branch: 'main',
    files: {
      '.github/routines/api.md': text(`description: x\nextends: acme/rules/routines/api.md@${evil}`, 'x'),
    },
  })
  expect((await read(repository)).found.off).toMatch(/is not in the history of acme\/rules's main/)
})

test('a file that is not there, one that is no routine, and one that starts from a further one are refused', async () => {
  const { rules, shop, repository } = await openPair(sha => sha)
  const at = async (path: string, file: string) => {
    const sha = await rules.commit({ branch: 'main', files: { [path]: file } })
    await shop.commit({
      branch: 'main',
      files: { '.github/routines/api.md': text(`description: x\nextends: acme/rules/${path}@${sha}`, 'x') },
    })
    return (await read(repository)).found.off
  }
  expect(await at('routines/b.md', 'nothing')).toMatch(
    /routines\/b\.md@\w+` line 1 can not be extended: needs front matter/,
  )
  const further = text(`description: x\nextends: acme/other/x.md@${'a'.repeat(40)}`, 'x')
  expect(await at('routines/c.md', further)).toMatch(/starts from a further file of another repository/)
  expect(await at('routines/d.md', 'x'.repeat(70_000))).toMatch(/is larger than 64 kB/)
  await shop.commit({
    branch: 'main',
    files: {
      '.github/routines/api.md': text(`description: x\nextends: acme/rules/no/such.md@${rules.sha()}`, 'x'),
    },
  })
  expect((await read(repository)).found.off).toMatch(/acme\/rules has no file no\/such\.md at/)
})

test('GitHub that is away refuses nothing: it is asked again', async () => {
  const { repository } = await openPair(sha => sha)
  stage!.github.faults.add({ match: { operation: 'repos/get-content' }, kind: '500', times: Number.POSITIVE_INFINITY })
  await expect(configuration(repository)).rejects.toMatchObject({ code: 'unavailable' })
})

test('an owner who is there, one who is gone, one without access, and a team', async () => {
  stage = await openStage()
  const { github, host, repository } = stage
  const ask = async (yaml: string, now = '2026-11-21') =>
    (
      await staleRoutines({ host, now: () => new Date(now) }, repository, [routine(`on: { comment: review }\n${yaml}`)])
    ).map(({ because, certain }) => [because, certain])
  expect(await ask('owner: octocat\nreview_by: 2026-11-21')).toEqual([])
  expect(await ask('review_by: 2026-11-20')).toEqual([
    ['`mine` was to be looked over by 2026-11-20, and that day has passed.', true],
  ])
  expect(await ask('owner: nobody-at-all')).toEqual([
    ['`mine` has nobody who looks after it: there is no nobody-at-all on GitHub any more.', true],
  ])
  github.createUser('left')
  const shut = await github.createRepository({ owner: 'acme', name: 'shut', private: true, files: { a: 'a' } })
  const closed = await host.repository(shut.installationId, 'acme', 'shut')
  const of = await staleRoutines({ host, now: () => new Date() }, closed, [routine('on: { api: true }\nowner: left')])
  expect(of[0]?.because).toBe('`mine` has nobody who looks after it: left has no access to acme/shut any more.')

  expect(await ask('owner: acme/platform')).toEqual([
    [
      '`mine` is looked after by acme/platform: whether the team acme/platform is still there can not be checked without the permission members: read.',
      false,
    ],
  ])
})

test('a team that is there and one that is gone, where the App may read members', async () => {
  stage = await openStage({ permissions: { members: 'read', metadata: 'read' } })
  const { github, host, repository } = stage
  github.teams.set('acme/platform', 77)
  expect(await host.ownerStands(repository, 'acme/platform')).toMatchObject({ stands: true })
  expect(await host.ownerStands(repository, 'acme/gone')).toMatchObject({ stands: false })
  github.teams.delete('acme/platform')
  expect(await host.ownerStands(repository, '@acme/platform')).toMatchObject({ stands: true })
  const later = await stage.again()
  expect(await later.ownerStands(repository, 'acme/platform')).toMatchObject({ stands: false })
})

function tag({ gitDir }: SimulatedRepository, name: string, sha: string): void {
  execFileSync('git', [`--git-dir=${gitDir}`, 'update-ref', `refs/tags/${name}`, sha])
}
