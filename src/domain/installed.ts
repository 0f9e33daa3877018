// Where the App may be: what deliveries tell of it, and what GitHub answers when it is asked.
import type { Repository } from './event.ts'

/** `account`: whose installation it is, by login, where the delivery says so. */
interface About {
  installationId: number
  action: string
  account?: string
}

/** `whole`: suspended or removed, all of it; `taken`: ids of repositories that it has no more. */
export type InstallationNews =
  | (About & { kind: 'installation'; whole: boolean; taken: number[] })
  | (About & { kind: 'repository'; repository: Repository; deleted: boolean })

/** What stands for the runs of a repository that were erased: effects of it name the checks that they left open, by number and nothing else. */
export const erasedRunsOf = (repositoryId: number) => `erased:${repositoryId}`

/** What an installation holds now, archived repositories included; or why it holds nothing. */
export type Held = 'suspended' | 'removed' | Repository[]
