// What a repository is told once, on its first check, and the settings file that its people may begin with.
import type { Repository } from '../domain/event.ts'
import { dollars } from '../domain/money.ts'
import { code, scrubLine } from './scrub.ts'

export interface FirstSettings {
  /** Names of the routines that answer pull requests here, and of those that can be switched on. */
  answering: string[]
  standby: string[]
  /** Whether reviews start by themselves here, as long as no file says otherwise. */
  automatic: boolean
  /** US dollars at most: a pull request in its life, and the repository in a day (UTC). */
  pullUsd: number
  dayUsd: number
  /** There is such a file already. */
  written?: boolean
}

/** A file that changes nothing but what its one plain line says; each commented line is one that holds once its # is gone. */
export function firstSettings({ answering, standby, automatic, pullUsd, dayUsd }: FirstSettings): string {
  return `# How Watchbill works in this repository. Without this file everything is as the comments say; take a "# " away to change it.
# \`npx watchbill check\` validates it, and so does a check on the pull request that changes it.

# Reviews start by themselves. false: only when somebody asks, by "@watchbill review", a label or the button on a check.
${automatic ? '' : '# Without this file they wait to be asked for here, since the App holds more than 20 repositories.\n'}automatic: true

# Routines that answer pull requests: ${answering.join(', ') || 'none'}. To switch one off:
# disable: [${answering.at(-1) ?? 'code-review'}]
# On standby: ${standby.join(', ') || 'none'}. To switch some on:
# enable: [${standby[0] ?? 'code-review'}]

# Most that may be spent, in US dollars: a run, a pull request in its life, a day (UTC) here.
# budget: { run: 3, pull: ${pullUsd}, day: ${dayUsd} }

# To hear less: only findings of this severity and up become comments.
# severity: { inline: high }

# Files that nobody looks at, and files that are sent to no model at all:
# skip: ["docs/**", "**/*.snap"]
# private: ["secrets/**", "**/*.pem"]

# To switch everything off in this repository:
# enabled: false
`
}

/** GitHub's editor with the file filled in; whoever may not write there is offered a pull request: https://docs.github.com/en/repositories/creating-and-managing-repositories/creating-a-new-file */
export function editorLink(page: string, branch: string, file: string): string {
  return `${page}/new/${inPath(branch)}?filename=${inQuery('.github/watchbill.yml')}&value=${inQuery(file)}`
}

/** GitHub's editor with the file that is there, whose text stays. */
export function changeLink(page: string, branch: string): string {
  return `${page}/edit/${inPath(branch)}/.github/watchbill.yml`
}

const inQuery = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, one => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)

const inPath = (branch: string) => branch.split('/').map(inQuery).join('/')

/** One line. `page`: the repository's, on GitHub. */
export function welcome(
  page: string,
  { defaultBranch }: Pick<Repository, 'defaultBranch'>,
  first: FirstSettings,
): string {
  const { answering, automatic, pullUsd, dayUsd } = first
  const names = answering.map(name => code(scrubLine(name, 80))).join(', ') || 'no routine'
  const [answer, own] = answering.length > 1 ? ['answer', 'themselves'] : ['answers', 'itself']
  const when = automatic ? `by ${own}` : 'when somebody asks (`@watchbill review`, a label, the button)'
  const editor = first.written
    ? `[change that file in GitHub's editor](${changeLink(page, defaultBranch)})`
    : `[write that file in GitHub's editor](${editorLink(page, defaultBranch, firstSettings(first))})`
  return `**Watchbill is new here:** ${names} ${answer} pull requests ${when}, for ${dollars(pullUsd)} a pull request and ${dollars(dayUsd)} a day at most; \`@watchbill pause\` stops it on a pull request, \`enabled: false\` in \`.github/watchbill.yml\` everywhere: ${editor}.`
}
