// Who we are on GitHub, by number: the App's id, and the user id of the bot account under which its words appear.
import type { Octokit } from '@octokit/rest'
import type { Open } from './client.ts'

export interface Identity {
  appId: number
  /** Asked once; fails when GitHub does not say, since without it nobody can tell ours from theirs. */
  botId(installationId: number): Promise<number>
  /** Known so far, for what must not wait. */
  knownBotId(): number | undefined
  slug(): Promise<string>
  /** The slug, once GitHub has told it: people may call us by it. */
  knownSlug(): string[]
}

export function learnIdentity(app: Pick<Octokit, 'rest'>, open: Open, appId: number): Identity {
  let slug: Promise<string> | undefined
  let bot: number | undefined
  let told: string | undefined
  const identity: Identity = {
    appId,
    knownBotId: () => bot,
    knownSlug: () => (told ? [told] : []),
    slug() {
      // Told before whoever waits goes on: what is read next goes by it.
      slug ??= app.rest.apps.getAuthenticated().then(
        ({ data }) => {
          told = data?.slug ?? ''
          return told
        },
        thrown => {
          slug = undefined
          throw thrown
        },
      )
      return slug
    },
    async botId(installationId) {
      if (bot !== undefined) return bot
      // A JWT opens only the App's own routes; users are asked with an installation's token.
      const octokit = open({ installationId, permissions: { metadata: 'read' } })
      const { data } = await octokit.rest.users.getByUsername({ username: `${await identity.slug()}[bot]` })
      bot = data.id
      return bot
    },
  }
  return identity
}
