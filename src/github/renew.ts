// The App's connection, renewed while it is used: another key or other secrets, without a restart.
import { connectGitHub, type GitHubOptions, type InstalledHost } from './connect.ts'

export interface RenewableHost {
  /** Every call goes by the newest connection; what was asked before ends as it began. */
  host: InstalledHost
  renew(keys: Pick<GitHubOptions, 'privateKey' | 'webhookSecrets'>): Promise<void>
}

/** Problem `bad_configuration` as `connectGitHub` has it; a connection that can not be renewed stays as it was. */
export async function connectRenewably(options: GitHubOptions): Promise<RenewableHost> {
  let current = await connectGitHub(options)
  const names = Object.keys(current) as (keyof InstalledHost)[]
  const newest = (name: keyof InstalledHost) => (current[name] as (...given: unknown[]) => unknown).bind(current)
  return {
    host: Object.fromEntries(
      names.map(name => [name, (...given: unknown[]) => newest(name)(...given)]),
    ) as unknown as InstalledHost,
    async renew(keys) {
      current = await connectGitHub({ ...options, ...keys })
    },
  }
}
