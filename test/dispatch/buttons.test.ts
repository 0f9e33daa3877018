// Re-run and the buttons on a check: each does what its word in a comment does, and asks for the same permission.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { settleEnded } from '../../src/runs/ending/end.ts'
import type { ReviewPorts } from '../../src/runs/ports.ts'
import { openStage, type Scene, type Stage } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await openStage()
})
afterAll(() => stage[Symbol.asyncDispose]())

const own = { mine: 'on: { pull_request: {} }\nagents: [correctness]' }

/** A pull whose review waits to start, with the check that says so. */
async function opened() {
  const scene = await stage.open(own)
  const { repo } = scene
  repo.setCollaborator('wendy', 'write')
  repo.setCollaborator('rita', 'read')
  repo.setCollaborator('olive', 'write')
  await repo.commit({ branch: 'feature', files: { 'src/a.ts': 'export const a = 2\n' } })
  const pull = await repo.openPull({ head: 'feature', author: 'olive' })
  await scene.tell()
  const check = repo.checkRuns(pull.head.sha).find(one => one.name === 'Watchbill / mine')!
  return { ...scene, number: pull.number, head: pull.head.sha, check }
}
type Opened = Awaited<ReturnType<typeof opened>>

const press = async ({ repo, check, last }: Opened & Scene, button: string, by: string) => {
  repo.clickCheckButton(check.id, button, by)
  return last('check_run', 'requested_action')
}
const said = ({ repo, number }: Opened) =>
  repo.pull(number).issueComments.flatMap(one => (one.byApp ? [one.body.split('\n\n<!--')[0]] : []))
/** Its review ends, and its check says so. */
async function finished(scene: Opened) {
  for (const run of await scene.runs()) {
    const at = new Date().toISOString()
    await stage.store.runs.stop(run.id, { end: 'stopped', because: 'Over.' }, at)
    await settleEnded({ ...stage.ports, rehearsed: false } as unknown as ReviewPorts, run.id)
  }
}

it('a check that waits offers to stop it and to explain it', async () => {
  const { check } = await opened()
  expect(check.actions.map(({ identifier }) => identifier)).toEqual(['stop', 'why'])
})

describe('Stop', () => {
  it('ends what is under way, and says so', async () => {
    const scene = await opened()
    await press(scene, 'stop', 'wendy')
    expect(await scene.runs()).toMatchObject([{ status: 'ended', end: 'stopped', because: 'Stopped by wendy.' }])
    expect(said(scene)).toEqual(['Stopped the run that was under way.'])
  })

  it('does nothing for who may only read', async () => {
    const scene = await opened()
    const { because } = await press(scene, 'stop', 'rita')
    expect(because).toBe('rita asked for "stop" without write permission on the repository.')
    expect((await scene.runs())[0]!.status).toBe('queued')
  })
})

describe('Explain', () => {
  it('says in a comment what met the pull and why, to whoever may read', async () => {
    const scene = await opened()
    await press(scene, 'why', 'rita')
    const [answer] = said(scene)
    expect(answer).toContain('| routine | | why |')
    expect(answer).toContain('| mine | queued |')
    expect((await scene.runs())[0]!.status).toBe('queued')
  })

  it('says nothing to who may not even read', async () => {
    const scene = await opened()
    await press(scene, 'why', 'stranger')
    expect(said(scene)).toEqual([])
  })
})

describe('Review again, and Re-run', () => {
  it.each([
    ['the button', (scene: Opened, by: string) => scene.repo.clickCheckButton(scene.check.id, 'review', by)],
    ['Re-run of the one check', (scene: Opened, by: string) => scene.repo.requestCheckRerun(scene.check.id, by)],
    ['Re-run of all checks', (scene: Opened, by: string) => scene.repo.requestSuiteRerun(scene.head, by)],
  ])('%s reviews the commit once more, for who may write alone', async (_, ask) => {
    const scene = await opened()
    await finished(scene)
    ask(scene, 'rita')
    await scene.tell()
    expect(await scene.runs()).toHaveLength(1)
    ask(scene, 'wendy')
    await scene.tell()
    const asked = (await scene.runs()).filter(run => run.status === 'queued')
    expect(asked).toMatchObject([{ asked: true, number: scene.number }])
    const mine = scene.repo.checkRuns(scene.head).filter(one => one.name === 'Watchbill / mine')
    expect(mine.map(one => one.externalId)).toContain(asked[0]!.id)
  })
})
