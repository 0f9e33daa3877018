// A pull request that changes routines is told what they would do, and its own review goes by the old ones.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { watchbill } from '../commands/cli.ts'
import type { SimulatedRepository } from '../simulators/github/index.ts'
import { type House, openHouse } from './house.ts'
import { base, changed, findsNothing, openScene } from './scene.ts'

vi.setConfig({ testTimeout: 90_000, hookTimeout: 90_000 })

let house: House
beforeAll(async () => {
  house = await openHouse({ reply: findsNothing })
})
afterAll(() => house[Symbol.asyncDispose]())

const routine = (yaml: string) => `---\n${yaml}\n---\nLook at prices.\n`

const configurationCheck = (repository: SimulatedRepository, head: string) =>
  house.until(() =>
    repository
      .checkRuns(head)
      .find(check => check.name === 'Watchbill / configuration' && check.status === 'completed'),
  )

const ended = (repository: SimulatedRepository, runs: number) =>
  house.until(async () => {
    const all = await house.server.store.runs.list({ repositoryId: repository.id, limit: 50 })
    return all.length >= runs && all.every(run => run.status === 'ended')
  })

it('with annotations where a file is wrong, in words of the schema; and the old files apply', async () => {
  const repository = await house.github.createRepository({
    owner: 'acme',
    name: 'wrong',
    private: true,
    files: { ...base, '.github/watchbill.yml': 'disable: [security-review]\n' },
  })
  const head = await repository.commit({
    branch: 'feature',
    files: {
      ...changed,
      '.github/watchbill.yml': 'disable: [security-review]\nbudget: { rn: 2 }\n',
      '.github/routines/price.md': routine('description: Prices\nagnets: [security]\non: { pull_request: {} }'),
    },
  })
  await repository.openPull({ head: 'feature', title: 'New rules' })
  const check = await configurationCheck(repository, head)
  await house.until(() => check.annotations.length > 0)
  expect(check.conclusion).toBe('failure')
  expect(check.output.title).toBe('Not valid: 2 problems')
  expect(check.output.summary).toContain(
    '`.github/routines/price.md` line 3: `agnets` unknown key `agnets`; did you mean `agents`?',
  )
  expect(check.output.summary).toContain('These files count once they are on `main`')
  expect(
    check.annotations.map(({ path, start_line, annotation_level }) => [path, start_line, annotation_level]),
  ).toEqual([
    ['.github/routines/price.md', 3, 'failure'],
    ['.github/watchbill.yml', 2, 'failure'],
  ])
  expect(check.annotations[0]?.message).toContain('The reviewers it sends.')
  await ended(repository, 1)
  const [run] = await house.server.store.runs.list({ repositoryId: repository.id, limit: 5 })
  expect(run?.routines.map(part => part.routine.name)).toEqual(['code-review'])
})

it('with what the App would need for it and does not have: else nothing would ever start, and nobody would know why', async () => {
  const files = {
    ...base,
    '.github/routines/known.md': routine('description: K\nkind: work\non: { workflow_run: {} }'),
  }
  const repository = await house.github.createRepository({ owner: 'acme', name: 'needy', private: true, files })
  const deploys = 'description: D\nkind: work\non: { deployment_status: {} }\ncan: [check]'
  const head = await repository.commit({ branch: 'rules', files: { '.github/routines/deploys.md': routine(deploys) } })
  await repository.openPull({ head: 'rules', title: 'After deployments', draft: true })
  const check = await configurationCheck(repository, head)
  expect(check).toMatchObject({ conclusion: 'neutral', annotations: [] })
  expect(check.output.summary).toContain(
    '`.github/routines/deploys.md`: `deploys` answers `deployment_status`, for which the App needs the permission `deployments: read` and the event `deployment_status`',
  )
  expect(check.output.summary).not.toContain('`known`')
})

it('with a replay of what happened before, executed by nobody', async () => {
  const repository = await house.github.createRepository({
    owner: 'acme',
    name: 'replayed',
    private: true,
    files: base,
  })
  repository.setCollaborator('octocat', 'write')
  for (const [index, draft] of [false, true, false].entries()) {
    await repository.commit({ branch: `b${index}`, files: { 'src/price.ts': `export const cents = ${index}\n` } })
    await repository.openPull({ head: `b${index}`, title: `Change ${index}`, draft })
  }
  await ended(repository, 2)
  const asked = house.model.requests.length
  const head = await repository.commit({
    branch: 'rules',
    files: {
      '.github/watchbill.yml': 'disable: [security-review]\n',
      '.github/routines/code-review.md': routine(
        'description: Drafts too\nextends: code-review\non: { pull_request: { draft: true } }\nruns: { day: 2 }',
      ),
      '.github/routines/docs.md': routine('description: Docs\non: { pull_request: { paths: ["docs/**"] } }'),
    },
  })
  await repository.openPull({ head: 'rules', title: 'New rules', draft: true })
  const check = await configurationCheck(repository, head)
  expect(check).toMatchObject({ conclusion: 'success', annotations: [] })
  // Four pulls, two of them drafts: both reviews answered two; the new one takes drafts, two a day, and the other is off.
  expect(check.output.summary).toContain(
    'Replayed against 8 events of the last 30 days: would have fired 2 times (was 4)',
  )
  expect(check.output.summary).toContain('2 over their cap')
  expect(check.output.text).toMatch(/\| `code-review` \| 2 \| 2 \| \$[\d.]+ \| \$[\d.]+ \| 2 \| 0 \|/)
  expect(check.output.text).toMatch(
    /\*\*`code-review` fires\*\*[^*]*pull request `#1` opened: The pull request was opened\./,
  )
  expect(check.output.text).toMatch(/\*\*`security-review` no longer fires\*\*[^*]*switched off by `disable`/)
  expect(check.output.text).toMatch(/\| `docs` \| 0 \| – \|/)
  await house.dispatched()
  expect(house.model.requests.length).toBe(asked)

  const dir = mkdtempSync(join(tmpdir(), 'watchbill-simulate-'))
  mkdirSync(join(dir, '.github/routines'), { recursive: true })
  writeFileSync(join(dir, '.github/watchbill.yml'), 'disable: [code-review, security-review]\n')
  // Without the database's address it asks the server, which knows what GitHub has.
  const environment = { ...house.environment, DATABASE_URL: undefined }
  const simulate = (...more: string[]) =>
    watchbill(['simulate', dir, '--repo', 'acme/replayed', ...more], { environment, alone: false })
  const printed = await simulate()
  expect(printed).toMatchObject({ exit: 0, err: '' })
  expect(printed.out).toContain(
    'acme/replayed, against what is on main now. Replayed against 8 events of the last 30 days: would have fired 0 times (was 4)',
  )
  expect(printed.out).toMatch(
    /code-review no longer fires\n {2}\S+ {2}pull request #1 opened: It is switched off by `disable`/,
  )
  expect(JSON.parse((await simulate('--json')).out)).toMatchObject({
    replay: { events: 8, before: { fired: 4 }, after: { fired: 0 } },
  })
  writeFileSync(join(dir, '.github/watchbill.yml'), 'disbale: []\n')
  expect((await simulate()).exit).toBe(1)
  rmSync(dir, { recursive: true })

  repository.setCollaborator('rita', 'read')
  repository.setCollaborator('wendy', 'write')
  const before = check.output.summary
  repository.requestCheckRerun(check.id, 'rita')
  await house.dispatched()
  const rerun = async () =>
    (await house.server.store.deliveries.list(50)).find(one => one.name === 'check_run' && one.because)?.because
  expect(await rerun()).toBe('rita has no write permission on the repository.')
  repository.requestCheckRerun(check.id, 'wendy')
  await house.dispatched()
  expect(await rerun()).toBe('The configuration files were looked at again.')
  const again = repository.checkRuns(head).filter(one => one.name === 'Watchbill / configuration')
  expect(again).toHaveLength(1)
  expect(again[0]?.output.summary).toBe(before)
  expect(house.model.requests.length).toBe(asked)
})

it('without a replay where its author may not write, in a private repository too: the files alone are checked', async () => {
  const repository = await house.github.createRepository({ owner: 'acme', name: 'asked', private: true, files: base })
  repository.setCollaborator('rita', 'read')
  const files = {
    '.github/routines/docs.md': routine('description: Docs\non: { pull_request: { paths: ["docs/**"] } }'),
  }
  const propose = async (branch: string, author: string) => {
    const head = await repository.commit({ branch, files })
    await repository.openPull({ head: branch, author })
    return (await configurationCheck(repository, head)).output
  }
  const hers = await propose('hers', 'rita')
  expect(hers.title).toBe('Valid')
  expect(hers.summary).toContain('The configuration files are valid.')
  expect(hers.summary).toContain(
    'Not replayed against past events: rita has "read" on the repository, and a replay is made for those who have at least "write".',
  )
  expect(hers.text ?? '').toBe('')
  repository.setCollaborator('rita', 'write')
  files['.github/routines/docs.md'] += 'And more.\n'
  const later = await propose('later', 'rita')
  expect(later.title).toMatch(/^Valid; \d+ starts? in the replay/)
  expect(later.summary).toContain('Replayed against ')
})

it('and none where no such file is touched, or it was taken back', async () => {
  const repository = await house.github.createRepository({ owner: 'acme', name: 'plain', private: true, files: base })
  const head = await repository.commit({ branch: 'feature', files: { ...changed, 'docs/watchbill.yml': 'x' } })
  await repository.openPull({ head: 'feature', title: 'Plain' })
  await ended(repository, 1)
  await house.dispatched()
  expect(repository.checkRuns(head).map(check => check.name)).toEqual(
    expect.not.arrayContaining(['Watchbill / configuration']),
  )
})

it('of a fork reads nothing of other repositories that is not in force already', async () => {
  const api = routine('description: API\non: { pull_request: {} }\nmodl: deep')
  const rules = await house.github.createRepository({
    owner: 'acme',
    name: 'rules',
    private: true,
    files: { 'routines/api.md': api, '.github/watchbill.yml': 'readable_by: [acme/forked]\n' },
  })
  const repository = await house.github.createRepository({ owner: 'acme', name: 'forked', private: false, files: base })
  const fork = await house.github.createRepository({
    owner: 'stranger',
    name: 'forked',
    private: false,
    fork: { owner: 'acme', name: 'forked' },
  })
  const files = {
    '.github/routines/api.md': routine(`description: x\nextends: acme/rules/routines/api.md@${rules.sha()}`),
  }
  const theirs = await fork.commit({ branch: 'feature', files })
  await repository.openPull({ head: 'feature', author: 'stranger', fork: { owner: 'stranger', name: 'forked' } })
  const check = await configurationCheck(repository, theirs)
  expect(check.conclusion).toBe('failure')
  expect(check.output.summary).toContain('is refused: it is read once this file is in force.')
  expect(check.output.summary).not.toContain('modl')
  expect(check.output.summary).toContain('Not replayed against past events: stranger has "')
  expect(check.output.summary).not.toContain('would have fired')

  // Another commit than theirs, also within one second.
  const ours = await repository.commit({ branch: 'own', files: { ...files, 'own.md': 'x' } })
  await repository.openPull({ head: 'own' })
  expect((await configurationCheck(repository, ours)).output.summary).toContain(
    'line 4 can not be extended: unknown key `modl`',
  )
})

it('a routine that nobody looks after any more says so on its check, and runs all the same', async () => {
  const { repository, head } = await openScene(house.github, {
    files: {
      '.github/watchbill.yml': 'disable: [security-review]\n',
      '.github/routines/code-review.md': routine(
        'description: Ours\nextends: code-review\nowner: left-long-ago\nreview_by: 2020-01-01',
      ),
    },
  })
  await ended(repository, 1)
  const check = await house.until(() => repository.checkRuns(head).find(one => one.status === 'completed'))
  expect(check.conclusion).toBe('success')
  expect(check.output.summary).toMatch(
    /`code-review` was to be looked over by 2020-01-01, and that day has passed; left-long-ago looks after it\. `code-review` has nobody who looks after it: there is no left-long-ago on GitHub any more\./,
  )
})
