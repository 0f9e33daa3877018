// Making the App: the code that GitHub gave the browser becomes the App's number, key and secrets.
import { Octokit } from '@octokit/rest'
import type { MadeApp } from '../domain/made-app.ts'
import { Problem } from '../domain/problem.ts'
import { silent } from './client.ts'
import { statusOf } from './failures.ts'

/** Milliseconds: a person waits, and the code is good for an hour. */
const patience = 15_000

/**
 * Each code is good once: https://docs.github.com/en/rest/apps/apps#create-a-github-app-from-a-manifest. Problems: `bad_input` when GitHub does
 * not know the code, `unavailable` when it does not answer.
 */
export async function makeApp({ apiUrl, code }: { apiUrl: string; code: string }): Promise<MadeApp> {
  const octokit = new Octokit({ baseUrl: apiUrl, userAgent: 'watchbill', log: silent })
  try {
    const { data } = await octokit.rest.apps.createFromManifest({
      code,
      request: { signal: AbortSignal.timeout(patience) },
    })
    const { id, name, html_url, pem, webhook_secret, client_id, client_secret } = data
    if (!webhook_secret)
      throw new Problem('unavailable', 'GitHub made the App without a webhook secret; delete it there and begin again.')
    return {
      id,
      name,
      page: html_url,
      privateKey: pem,
      webhookSecret: webhook_secret,
      clientId: client_id,
      clientSecret: client_secret,
    }
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
      { cause: thrown },
    )
  }
}
