// `watchbill serve`: the app, until it is told to stop.
import { startServer } from '../main.ts'
import { loadDotEnv, readSettings } from '../settings.ts'

/** Resolves when a signal has stopped the server and everything is closed. */
export async function serve(directory: string): Promise<number> {
  const settings = readSettings(loadDotEnv(directory))
  const running = await startServer(settings)
  // Listened for before anything is said: whoever reads the line may send one at once.
  const told = new Promise<string>(resolve => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve(name))
  })
  if (running.url) console.log(`Watchbill ${settings.app ? 'answers' : 'is in set-up mode'} at ${running.url}`)
  if (!settings.app)
    console.log(
      `No GitHub App is configured yet, so nothing is reviewed. Next: create one, then start again with APP_ID, PRIVATE_KEY_PATH and WEBHOOK_SECRET set${running.url ? `; ${running.url} has the steps` : ''}.`,
    )
  if (settings.app && !settings.anthropic.apiKey)
    console.log(
      'ANTHROPIC_API_KEY is not set: deliveries are taken, but each run will end saying that no model can be asked.',
    )
  console.log(`${await told}: stopping; running work is finished or handed back.`)
  await running.stop()
  return 0
}
