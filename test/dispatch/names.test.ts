// The App is called by its own name too, also where GitHub could not tell the name at the start.
import { expect, it } from 'vitest'
import { connectGitHub } from '../../src/github/index.ts'
import { readCommand } from '../../src/routines/index.ts'
import { openStage } from './stage.ts'

it("a comment to the App's own name waits for GitHub to tell it, and is not lost as talk", async () => {
  await using stage = await openStage()
  const { github } = stage
  github.faults.add({ kind: '404', match: { operation: 'apps/get-authenticated' } })
  const host = await connectGitHub({
    appId: github.app.id,
    privateKey: github.app.privateKey,
    webhookSecrets: [github.app.webhookSecret],
    apiUrl: `${github.url}/api/v3`,
    webUrl: github.url,
    names: ['someone-else'],
    readCommand,
    waitScale: 0.001,
  })
  stage.ports.host = host
  const scene = await stage.open({ named: 'kind: work\non: { schedule: nightly }' })
  scene.repo.setCollaborator('wendy', 'write')
  await scene.repo.openIssue({ title: 'It broke' })
  await scene.tell()
  scene.repo.comment(1, `@${github.app.slug} run named`, 'wendy')
  expect((await scene.last('issue_comment')).met.named?.verdict).toBe('queued')
})
