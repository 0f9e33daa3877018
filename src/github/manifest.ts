// Making the App: the code that GitHub gave the browser becomes the App's number, key and secrets.
import { Octokit } from '@octokit/rest'
import { type MadeApp, readMadeApp } from '../domain/made-app.ts'
import { Problem } from '../domain/problem.ts'
import { silent } from './client.ts'
import { statusOf } from './failures.ts'

/** Milliseconds: a person waits, and the code is good for an hour. */
const patience = 15_000
/** Characters of an answer: an App's is a few thousand. */
const longestAnswer = 200_000
/** Characters of what went wrong that the log is given. */
const longestCause = 300

/**
 * Each code is good once: https://docs.github.com/en/rest/apps/apps#create-a-github-app-from-a-manifest. Problems: `bad_input` when GitHub does
 * not know the code, `unavailable` when it does not answer, or not with an App.
 */
export async function makeApp({ apiUrl, code }: { apiUrl: string; code: string }): Promise<MadeApp> {
  const octokit = new Octokit({ baseUrl: apiUrl, userAgent: 'watchbill', log: silent })
  try {
    const { data } = await octokit.rest.apps.createFromManifest({
      code,
      request: { signal: AbortSignal.timeout(patience), fetch: bounded },
    })
    const app = readMadeApp(data)
    if (!app)
      throw new Problem(
        'unavailable',
        `What answered at ${apiUrl} is no App with its number, key and webhook secret; see that nothing between here and GitHub changes answers. If GitHub lists the App, delete it there and begin again.`,
      )
    return app
  } catch (thrown) {
    if (thrown instanceof Problem) throw thrown
    const status = statusOf(thrown)
    if (status === 404 || status === 422)
      throw new Problem(
        'bad_input',
        'GitHub does not know this code: it was used already, or is older than an hour. Begin again; if an App was made meanwhile, delete it at GitHub first.',
      )
    throw new Problem(
      'unavailable',
      `GitHub's API at ${apiUrl} did not give the App away (${status ?? 'no answer'}); see that this machine reaches it, through HTTPS_PROXY where there is one, then begin again.`,
      { cause: String(thrown).slice(0, longestCause) },
    )
  }
}

async function bounded(...asked: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...asked)
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > longestAnswer) throw new Error('The answer is too long.')
  }
  return new Response(text || null, response)
}
