// `watchbill doctor`: each line once fine and once wrong, with what it then says.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readBuiltIns } from '../../src/builtins.ts'
import { examine, examineSettings, exitOfDoctor, type Line, showDoctor, unreached } from '../../src/commands/doctor.ts'
import { examineTools } from '../../src/commands/doctor-tools.ts'
import type { Host } from '../../src/domain/host.ts'
import { Problem } from '../../src/domain/problem.ts'
import type { Settings } from '../../src/settings.ts'
import { openWorkspaces } from '../../src/workspace/index.ts'
import { databases, type TestDatabase } from '../databases.ts'
import { newRun, repository } from '../store/samples.ts'

const find = (lines: Line[], about: string) => lines.find(line => line.about === about)

describe('what the settings tell', () => {
  const settings = (change: Partial<Settings> = {}) =>
    ({
      app: { appId: '7', privateKey: '', webhookSecrets: [] },
      anthropic: { apiKey: 'sk-a-secret' },
      models: { fast: 'small', standard: 'middle', deep: 'large' },
      publicUrl: 'https://watch.example.com',
      ...change,
    }) as Settings

  it('is fine when all is there, and shows no secret', () => {
    const lines = examineSettings(settings(), { small: 1, middle: 1, large: 1 })
    expect(lines.every(line => line.state === 'ok')).toBe(true)
    expect(JSON.stringify(lines)).not.toContain('sk-a-secret')
    expect(exitOfDoctor(lines)).toBe(0)
  })

  it('names what is missing, and counts an app, a key and a price as wrong', () => {
    const bare = settings({ anthropic: {} })
    delete bare.app
    delete bare.publicUrl
    const lines = examineSettings(bare, { small: 1, middle: 1 })
    expect(find(lines, 'GitHub App')).toMatchObject({ state: 'wrong', says: expect.stringContaining('set APP_ID') })
    expect(find(lines, 'model')).toMatchObject({ state: 'wrong', says: expect.stringContaining('ANTHROPIC_API_KEY') })
    expect(find(lines, 'public address')).toMatchObject({
      state: 'unknown',
      says: expect.stringContaining('PUBLIC_URL'),
    })
    expect(find(lines, 'prices')).toMatchObject({ state: 'wrong', says: expect.stringContaining('large has none') })
    expect(exitOfDoctor(lines)).toBe(1)
    expect(showDoctor(lines)).toContain('3 lines are wrong.')
  })

  it('says how what reads pull requests is confined, and which tools there are', async () => {
    const lines = await examineTools({ proxy: {} })
    const isolation = await openWorkspaces({ dataDir: tmpdir() }).isolation()
    expect(find(lines, 'isolation')?.says).toContain(isolation)
    expect(find(lines, 'tools')?.says).toContain('secrets')
    // A PATH without it stands for a machine without it.
    const without = mkdtempSync(join(tmpdir(), 'nothing-'))
    expect(find(await examineTools({ proxy: { PATH: without } }), 'isolation')).toMatchObject({
      state: 'unknown',
      says: expect.stringMatching(/^none \(.*with bubblewrap/),
    })
    expect(find(await examineTools({ proxy: {} }, { platform: 'aix', arch: 'ppc64' }), 'tools')).toEqual({
      about: 'tools',
      state: 'unknown',
      says: 'secrets; there is no ast-grep for this system (aix ppc64), so patterns are not looked for.',
    })
  })

  it('a database that does not answer is wrong; one that was never made is not', () => {
    expect(unreached(new Problem('unavailable', 'It does not answer.'))).toEqual([
      { about: 'database', state: 'wrong', says: 'It does not answer.' },
    ])
    expect(unreached(new Problem('not_found', 'There is none.'))[0]?.state).toBe('unknown')
  })
})

describe.each(databases)('what the store tells on $name', ({ open }) => {
  let database: TestDatabase
  let clock = Date.now()
  const now = () => new Date(clock)
  const builtIn = readBuiltIns()
  const hostWith = (text: string, owner: { stands?: boolean } = { stands: true }) =>
    ({
      configuration: async () => ({
        commit: 'c'.repeat(40),
        repository: [{ path: '.github/routines/mine.md', text }],
        organisation: [],
      }),
      granted: async () => ({
        permissions: { contents: 'read', pull_requests: 'write', issues: 'read', checks: 'write' },
        events: ['push', 'pull_request', 'issues', 'issue_comment', 'pull_request_review_comment'],
        pages: { add: 'https://github.test/add', accept: 'https://github.test/accept' },
      }),
      ownerStands: async () => ({
        ...owner,
        because: owner.stands === undefined ? 'it can not be asked' : 'ada is gone',
      }),
    }) as unknown as Host
  const routine = (front: string) => `---\ndescription: Mine\non: { comment: review }\n${front}\n---\nLook.`

  beforeAll(async () => {
    database = await open()
  })
  afterAll(() => database.close())

  it('is fine on an idle installation', async () => {
    const { store } = database
    const lines = await examine({ store, now, host: hostWith(routine('')), builtIn }, {})
    expect(lines.map(line => [line.about, line.state])).toEqual([
      ['database', 'ok'],
      ['queue', 'ok'],
      ['last deliveries', 'unknown'],
      ['missed deliveries', 'unknown'],
      ['clock', 'unknown'],
      ['expected starts', 'ok'],
      ['given up', 'ok'],
      ['audit', 'ok'],
      ['routines', 'unknown'],
    ])
    expect(showDoctor(lines)).toContain('Nothing is wrong; 4 lines are not set up')
  })

  it('says which routines have problems, are past their day, or have lost their owner', async () => {
    const { store } = database
    await store.repositories.seen(repository, now().toISOString())
    const about = `routines of ${repository.owner}/${repository.name}`
    const told = async (host: Host, input: object = {}) =>
      (await examine({ store, now, host, builtIn }, input)).filter(line => line.about === about)
    expect(await told(hostWith(routine('')))).toEqual([expect.objectContaining({ state: 'ok' })])
    expect(await told(hostWith(routine('agnets: []')))).toEqual([
      { about, state: 'wrong', says: expect.stringContaining('mine.md:4 unknown key `agnets`') },
    ])
    expect(await told(hostWith(routine('review_by: 2020-01-01')))).toEqual([
      { about, state: 'wrong', says: expect.stringContaining('2020-01-01') },
    ])
    const watching = '---\ndescription: Mine\non: { deployment_status: {} }\nkind: work\n---\nLook.'
    expect(await told(hostWith(watching))).toEqual([
      {
        about,
        state: 'wrong',
        says: '`mine` answers `deployment_status`, for which the App needs the permission `deployments: read` and the event `deployment_status`: add it at https://github.test/add, then accept it at https://github.test/accept.',
      },
    ])
    const sweeping = '---\ndescription: Mine\non: { schedule: nightly }\nkind: work\neach: component\n---\nLook.'
    expect(await told(hostWith(sweeping))).toEqual([
      { about, state: 'unknown', says: expect.stringContaining('needs the permission `security_events: write`') },
    ])
    expect(await told(hostWith(routine('owner: ada'), { stands: false }))).toEqual([
      { about, state: 'wrong', says: expect.stringContaining('ada is gone') },
    ])
    expect(await told(hostWith(routine('owner: acme/core'), {}))).toEqual([
      { about, state: 'unknown', says: expect.stringContaining('it can not be asked') },
    ])
    const away = { ...hostWith(''), configuration: async () => Promise.reject(new Problem('unavailable', 'Away.')) }
    expect(await told(away as unknown as Host)).toEqual([
      { about, state: 'unknown', says: expect.stringContaining('Away.') },
    ])
    await expect(told(hostWith(''), { repo: 'acme/nothing' })).rejects.toThrow('No repository called acme/nothing')
    expect((await examine({ store, now }, {})).at(-1)?.says).toContain('once an App is configured')
  })

  it('says what waits too long, what was given up, and where the audit was changed', async () => {
    const { store } = database
    const broken = {
      ...store,
      queueDepth: async () => [{ queue: 'run', waiting: 3, active: 4, oldestSeconds: 300 }],
      deadLetters: async () => [{ queue: 'run', data: { runId: 'r' }, because: 'It died.', at: now().toISOString() }],
      audit: { ...store.audit, verify: async () => 7 },
    }
    const lines = await examine({ store: broken, now }, {})
    expect(find(lines, 'queue')).toMatchObject({
      state: 'wrong',
      says: 'run: 3 jobs, the oldest for 300 s; see that a worker runs and has places free.',
    })
    expect(find(lines, 'given up')).toMatchObject({ state: 'wrong', says: 'run {"runId":"r"}: It died.' })
    expect(find(lines, 'audit')).toMatchObject({ state: 'wrong', says: 'row 7 was changed or is missing.' })
  })

  it('says what was expected to start and has not, and what waits too long', async () => {
    const { store } = database
    const at = now().toISOString()
    const { id } = await store.runs.request(newRun({ requestedAt: at, notBefore: at }))
    clock += 6 * 60_000
    const lines = await examine({ store, now }, {})
    expect(find(lines, 'expected starts')).toMatchObject({ state: 'wrong', says: expect.stringContaining(id) })
    expect(exitOfDoctor(lines)).toBe(1)
  })
})
