// A public repository: weaknesses from before reach nobody who only reads along; they go to code scanning, or stay in the run.
import { afterAll, beforeAll, expect, it } from 'vitest'
import { usualPermissions } from '../simulators/github/app.ts'
import type { SimulatedRepository } from '../simulators/github/index.ts'
import { call, type Reply, say } from '../simulators/model/index.ts'
import { type House, openHouse } from './house.ts'
import { answersIn, isVerifier } from './scene.ts'
import { claim, confirms, done, factsOf, result, routineFrom, toldIn, workFile } from './tasks.ts'

let house: House
beforeAll(async () => {
  house = await openHouse({ reply: () => say('Nothing.') })
})
afterAll(async () => {
  expect(house.github.refusals).toEqual([])
  await house[Symbol.asyncDispose]()
})

const old = 'export const open = (path: string) => read("/srv/" + path)'
const files = {
  'src/files.ts': `import { read } from './disk.ts'\n\n${old}\n`,
  'src/disk.ts': 'export const read = (path: string) => path\n',
}
const weakness = claim({
  ...{ file: 'src/files.ts', quote: old, title: 'A path may climb out of /srv', claim: 'open("../etc/x") reads it.' },
  ...{ severity: 'high', origin: 'pre_existing', category: 'security', cwe: 'CWE-22' },
})

async function newRepository(name: string): Promise<SimulatedRepository> {
  const about = { owner: 'acme', name, private: false, files, collaborators: { octocat: 'write' as const } }
  const repository = await house.github.createRepository(about)
  house.github.setPermissions('acme', { ...usualPermissions, security_events: 'write' })
  return repository
}

/** Everything on GitHub that whoever reads along sees. */
function seen(repository: SimulatedRepository, number?: number): string {
  const pull = number === undefined ? undefined : repository.pull(number)
  return JSON.stringify([repository.checkRuns(), pull?.reviewComments, pull?.reviews])
}

const finder: Reply = request => {
  if (isVerifier(request)) return confirms(request)
  const turns = [call('read', { path: 'src/files.ts' }), call('report_finding', weakness)]
  return turns[answersIn(request)] ?? say('Done.')
}

it('a review tells of none that was there before: code scanning has it, where it stood before the change', async () => {
  const repository = await newRepository('reviewed')
  house.model.setReply(finder)
  const head = await repository.commit({
    branch: 'feature',
    files: { 'src/files.ts': `import { read } from './disk.ts'\n\n// Files of people.\nconst limit = 3\n\n${old}\n` },
  })
  const { number } = await repository.openPull({ head: 'feature', author: 'octocat' })
  await house.until(() => {
    const checks = repository.checkRuns(head)
    return checks.length > 0 && checks.every(check => check.status === 'completed')
  })

  expect(seen(repository, number)).not.toContain('climb out')
  expect(seen(repository, number)).not.toContain('etc/x')
  expect(seen(repository, number)).toContain('A weakness that was there before is not told here')
  const [upload] = repository.sarif
  expect(upload).toMatchObject({ commit: repository.sha('main'), ref: 'refs/heads/main' })
  expect(upload!.log.runs[0].results).toMatchObject([
    {
      ruleId: 'CWE-22',
      locations: [{ physicalLocation: { artifactLocation: { uri: 'src/files.ts' }, region: { startLine: 3 } } }],
    },
  ])
})

it('a sweep tells nothing of what it found: code scanning has it, with what is known from before', async () => {
  const repository = await newRepository('swept')
  house.model.setReply(request => {
    if (isVerifier(request)) return confirms(request)
    const told = { looked_at: ['src/files.ts'], summary: 'Paths climb out of /srv by way of open.' }
    const turns = [
      call('read', { path: 'src/files.ts' }),
      ...(toldIn(request).includes('src/files.ts') ? [call('report_finding', weakness)] : []),
      call('report_result', result(told)),
    ]
    return turns[answersIn(request)] ?? say('Done.')
  })
  const sweep = routineFrom('sweep', workFile('each: component\n'))
  const about = { repository: { ...factsOf(house.github, repository), private: false } }
  const run = await done(house, repository, sweep, about)

  expect(run.end).toBe('done')
  expect(seen(repository)).not.toMatch(/climb/i)
  expect(seen(repository)).toContain('1 high new')
  expect(seen(repository)).toContain('Code scanning has what was found')
  expect(repository.sarif).toMatchObject([{ commit: repository.sha('main'), ref: 'refs/heads/main' }])
  expect(repository.sarif[0]!.log.runs[0]).toMatchObject({
    automationDetails: { id: 'watchbill/sweep/' },
    results: [{ ruleId: 'CWE-22' }],
  })
})
