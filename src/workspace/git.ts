// Runs one git child: nothing of the machine's configuration or environment reaches it, and time, output and abort all end it.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Problem } from '../domain/problem.ts'
import { type ChildResult, follow, stopped } from './child.ts'

export interface GitCommand {
  args: string[]
  /** The repository; always given by name, so that git never looks for one around it. */
  gitDir?: string
  workTree?: string
  /** The private index to read and write. */
  index?: string
  cwd?: string
  /** Further `-c` settings. Never a secret: command lines can be read by every process. */
  config?: string[]
  /** Further environment of this one child. */
  env?: Record<string, string>
  input?: string | Buffer
  signal?: AbortSignal
  timeoutMs?: number
  /** Standard output past this is dropped and the child ended. */
  maxBytes?: number
  /** Takes standard output instead of the result; `false` means that it has had enough. */
  sink?: (chunk: Buffer) => boolean
  onStderr?: (text: string) => void
  /** The child speaks to a server: it alone gets proxy variables, which can hold a password. */
  network?: boolean
  /** How the child is started: in a sandbox, with limits. */
  wrap?: Wrap
  /** Further directories that a sandbox has to show. */
  readable?: string[]
}

export type Wrap = (
  command: string,
  args: string[],
  readable: string[],
  room?: { directory?: string; memoryBytes?: number },
) => { command: string; args: string[] }

export type GitResult = ChildResult

export type Git = (command: GitCommand) => Promise<GitResult>

/** `environment` is what git's network children may know of the machine: proxy and certificate variables, perhaps PATH; `more` is asked for before the first of them. */
export function gitOf(environment: Record<string, string>, more: () => Record<string, string> = () => ({})): Git {
  let network: Record<string, string> | undefined
  return command => {
    if (command.network) network ??= { ...environment, ...more() }
    return run(command, command.network && network ? network : environment)
  }
}

/** The same, for a command that has to succeed: anything else is a Problem with the last thing git said. */
export async function mustRun(git: Git, command: GitCommand): Promise<Buffer> {
  const result = await git(command)
  if (result.code === 0 && result.ended === 'exit') return result.stdout
  const said = result.ended === 'exit' ? lastWords(result.stderr) : 'it took too long or said too much'
  throw new Problem('internal', `git ${command.args[0]} failed: ${said}.`, { cause: result.stderr })
}

/** What git said last, without its prefix. */
export function lastWords(stderr: string): string {
  const lines = stderr.split(/[\r\n]+/).filter(line => /\S/.test(line) && !/^hint:/.test(line))
  const told = lines.findLast(line => /^(fatal|error):/.test(line)) ?? lines.at(-1) ?? 'it gave no reason'
  return told
    .replace(/^(fatal|error): /, '')
    .replace(/\.$/, '')
    .slice(0, 300)
}

// A repository's own config can name programs to run; these settings win over it, whatever it says.
const harmless = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.attributesFile=/dev/null',
  'core.excludesFile=/dev/null',
  'core.symlinks=false',
  'core.autocrlf=false',
  'core.quotePath=true',
  'core.protectHFS=true',
  'core.protectNTFS=true',
  'core.packedGitWindowSize=64m',
  'core.packedGitLimit=512m',
  'core.pager=cat',
  'filter.lfs.smudge=',
  'filter.lfs.clean=',
  'filter.lfs.process=',
  'filter.lfs.required=false',
  'submodule.recurse=false',
  'protocol.allow=never',
  'protocol.http.allow=always',
  'protocol.https.allow=always',
  'gc.auto=0',
  'maintenance.auto=false',
]

function environmentOf(command: GitCommand, environment: Record<string, string>): Record<string, string> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin',
    HOME: '/nonexistent',
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_NO_LAZY_FETCH: '1',
    // Overridden for a fetch alone. Older git has no GIT_NO_LAZY_FETCH: with no protocol allowed it can fetch nothing either.
    GIT_ALLOW_PROTOCOL: 'none',
    ...(command.network ? environment : {}),
    ...(environment.PATH ? { PATH: environment.PATH } : {}),
    ...(command.index ? { GIT_INDEX_FILE: command.index } : {}),
    ...command.env,
  }
}

function argumentsOf(command: GitCommand): string[] {
  const settings = [...harmless, ...(command.config ?? [])].flatMap(setting => ['-c', setting])
  return [
    ...settings,
    ...(command.gitDir ? [`--git-dir=${command.gitDir}`] : []),
    ...(command.workTree ? [`--work-tree=${command.workTree}`] : []),
    ...command.args,
  ]
}

async function run(command: GitCommand, environment: Record<string, string>): Promise<GitResult> {
  if (command.signal?.aborted) throw stopped()
  // The system's calls end a text at NUL: what git would see is not what was checked.
  if (command.args.some(arg => arg.includes('\0')))
    throw new Problem('bad_input', 'A NUL character is not possible here.')
  const own = [command.gitDir, command.workTree, command.index].filter(path => path !== undefined)
  const readable = [...own, ...(command.readable ?? [])]
  const plain = { command: 'git', args: argumentsOf(command) }
  const start = command.wrap ? command.wrap(plain.command, plain.args, readable) : plain
  const directory = command.cwd ?? command.gitDir ?? '/'
  const child = spawn(start.command, start.args, {
    cwd: directory,
    env: environmentOf(command, environment),
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true, // a process group of its own, so that its transport helpers end with it
  })
  return follow(child, command, cause => {
    // A directory that is gone gives the same code as a program that is not there.
    const missing = cause.code === 'ENOENT' && existsSync(directory)
    const why = missing ? 'git is not installed, or not on the PATH' : `git could not be started (${cause.code})`
    return new Problem('unavailable', `${why}; install git 2.39 or newer.`, { cause })
  })
}
