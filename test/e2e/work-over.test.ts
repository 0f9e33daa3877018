// What a task is done over: the change of a push, every part of the repository, a repository that was never fetched.
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { call, type Reply, say } from '../simulators/model/index.ts'
import { type House, openHouse } from './house.ts'
import { answersIn, base, isVerifier } from './scene.ts'
import { claim, confirms, done, ended, result, routineFrom, startTask, toldIn, worker, workFile } from './tasks.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ reply: () => say('Nobody told me what to say.'), progressEvery: 250 })
})
afterAll(async () => {
  expect(house.github.refusals).toEqual([])
  expect(house.model.refusals).toEqual([])
  await house[Symbol.asyncDispose]()
})

let repositories = 0
const open = (files: Record<string, string | Buffer> = base, name = `shop-${++repositories}`) =>
  house.github.createRepository({ owner: 'acme', name, private: true, files })

describe('a push', () => {
  const file = (on: string) =>
    `---\ndescription: Watches prices\nkind: work\non: { push: ${on} }\n---\nSee what changed.\n`

  it('starts the routine of its branch over what it changed, and opens its check on the pushed commit', async () => {
    const repository = await open({ ...base, '.github/routines/watch.md': file('{ branches: [main] }') })
    house.model.setReply(worker({ did: 'nothing to do' }))
    const asked = house.model.requests.length
    const head = await repository.commit({
      branch: 'main',
      files: { 'src/price.ts': `${base['src/price.ts']}// more\n` },
      message: 'Say more',
    })
    await house.until(() => repository.checkRuns(head).some(check => check.status === 'completed'))
    expect(repository.checkRuns(head)).toMatchObject([{ name: 'Watchbill / watch', conclusion: 'success' }])
    const text = toldIn(house.model.requests[asked]!.body)
    expect(text).toContain('A push moved a branch, which was at ')
    expect(text).toContain('newest commit: Say more')
    expect(text).toContain('### src/price.ts (modified, +1 -0)')
    expect(text).toContain('## Files of the change to cover\n\n- src/price.ts')
  })

  it('by force, whose earlier commit is gone, is looked at without a change', async () => {
    const repository = await open()
    house.model.setReply(worker({ did: 'nothing to do' }))
    const asked = house.model.requests.length
    const push = {
      ...{ ref: 'refs/heads/main', branch: 'main', forced: true, title: 'Start over' },
      ...{ before: 'd'.repeat(40), after: repository.sha() },
    }
    const run = await done(house, repository, routineFrom('prices', workFile()), {
      kind: 'push',
      action: 'pushed',
      push,
    })
    expect(run).toMatchObject({ end: 'nothing to do', head: repository.sha() })
    expect(run.report).toContain('The commit from before, ddddddd, is gone or shares no history with this one')
    expect(toldIn(house.model.requests[asked]!.body)).toContain('The whole of the task, over the whole repository.')
  })
})

describe('a sweep', () => {
  const files = {
    'README.md': 'A shop.\n',
    'packages/api/package.json': '{}\n',
    'packages/api/src/auth.ts': 'export const secret = "hunter2"\n',
    'packages/web/package.json': '{}\n',
    'packages/web/index.ts': 'export {}\n',
    'vendor/lib/lib.js': 'module.exports = 1\n',
    'assets/logo.png': Buffer.from([0x89, 0x50, 0x4e, 0x47, 0]),
  }
  const sweep = (more = '') => routineFrom('sweep', workFile(`each: component\n${more}`))
  /** Opens the first file of its part, and reports the secret where it is. */
  const sweeper: Reply = request => {
    if (isVerifier(request)) return confirms(request)
    const [, path = ''] = /\n- (\S+)/.exec(toldIn(request).split('## Your part')[1] ?? '') ?? []
    const found = claim({ file: 'packages/api/src/auth.ts', quote: 'export const secret = "hunter2"', severity: 'low' })
    const turns = [
      call('read', { path }),
      ...(path.startsWith('packages/api') ? [call('report_finding', found)] : []),
      call('report_result', result({ looked_at: [path], did: 'nothing to do' })),
    ]
    return turns[answersIn(request)] ?? say('Done.')
  }

  it('sends an agent over each part, and says of every part whether it was looked at, or why not', async () => {
    const repository = await open(files)
    house.model.setReply(sweeper)
    const run = await done(house, repository, sweep())
    expect(run).toMatchObject({ end: 'done' })
    const text = repository.checkRuns()[0]?.output.text ?? ''
    const [, table = ''] = /### Coverage\n\n([\s\S]*?)\n\n/.exec(text) ?? []
    expect(table.split('\n').slice(2)).toEqual([
      '| `packages/api` | full | 2 files; sweep of packages/api opened 1 of them |',
      '| `packages/web` | full | 2 files; sweep of packages/web opened 1 of them |',
      '| `.` | full | 1 file; sweep of the top opened 1 of them |',
      '| `assets` | skipped | 1 file: no text that a person wrote |',
      '| `vendor` | skipped | 1 file: vendored |',
    ])
    expect(repository.checkRuns()[0]?.output.title).toBe('Rehearsed: 1 low new')
  })

  it('that could not go over every part says which, and is no success', async () => {
    const repository = await open(files)
    house.model.setReply((request, context) =>
      /Your part: packages\/web/.test(toldIn(request)) ? say('I would rather not.') : sweeper(request, context),
    )
    const run = await done(house, repository, sweep())
    expect(run).toMatchObject({ end: 'partial' })
    expect(run.because).toContain('sweep of packages/web ended without handing in a result.')
    expect(repository.checkRuns()).toMatchObject([{ conclusion: 'neutral' }])
    expect(repository.checkRuns()[0]?.output.text).toContain(
      '| `packages/web` | skipped | 2 files; sweep of packages/web did not look at it |',
    )
  })

  it('without a part to go over has nothing to do', async () => {
    const repository = await open({ 'vendor/lib.js': 'module.exports = 1\n' })
    expect(await done(house, repository, sweep())).toMatchObject({ end: 'nothing to do' })
    expect(repository.checkRuns()).toMatchObject([{ conclusion: 'success' }])
  })
})

describe('a repository that was never fetched', () => {
  it('is fetched by a job of its own, while the run waits and its check says how far it is', async () => {
    const large = Array.from({ length: 30 }, (_, n) => [`data/${n}.bin`, randomBytes(20_000)])
    const repository = await open({ ...base, ...Object.fromEntries(large) }, 'large')
    const { promise, resolve: release } = Promise.withResolvers<void>()
    const path = /^\/acme\/large\.git\/git-upload-pack/
    house.github.faults.add({ match: { path }, kind: 'slow', hold: { bytes: 300_000, until: promise }, times: 100 })
    house.model.setReply(worker())
    const head = repository.sha()
    const push = {
      ref: 'refs/heads/main',
      branch: 'main',
      forced: false,
      title: 'x',
      before: '0'.repeat(40),
      after: head,
    }
    const routine = routineFrom('prices', workFile())
    const id = await startTask(house, repository, routine, { kind: 'push', action: 'pushed', push })
    await house.until(() => /for the first time: \d+ %/.test(repository.checkRuns(head)[0]?.output.summary ?? ''))
    expect(await house.server.store.runs.get(id)).toMatchObject({ status: 'queued', waits: expect.any(Number) })
    release()
    expect(await ended(house, id)).toMatchObject({ end: 'done', head, attempt: 1 })
    expect(repository.checkRuns()).toMatchObject([{ headSha: head, conclusion: 'success' }])
  })
})
