// A wrong App id or key is named when the server starts, in one sentence that says what to do.
import { expect, it } from 'vitest'
import { connectGitHub } from '../../src/github/index.ts'
import { readCommand } from '../../src/routines/index.ts'
import { startGitHub } from '../simulators/github/index.ts'

async function said(change: { appId?: number }) {
  await using github = await startGitHub()
  const lines: string[] = []
  await connectGitHub({
    appId: github.app.id,
    privateKey: github.app.privateKey,
    webhookSecrets: [github.app.webhookSecret],
    apiUrl: `${github.url}/api/v3`,
    webUrl: github.url,
    readCommand,
    log: (_, sentence) => void lines.push(sentence),
    waitScale: 0.001,
    ...change,
  })
  return lines
}

it('an id that GitHub does not know', async () => {
  expect(await said({ appId: 404_404 })).toEqual([
    "GitHub knows no App 404404 with this private key, so nothing can be done: set APP_ID and PRIVATE_KEY as they stand on the App's page.",
  ])
})

it('the right one is none', async () => {
  expect(await said({})).toEqual([])
})
