// A real bare repository served by git's own HTTP backend behind a token, with faults on demand.
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { relay } from '../simulators/github/cgi.ts'
import { data, fileChange } from '../simulators/github/fast-import.ts'

/** One for each process, so that a search for it finds no other test's. */
export const token = `ghs_${randomBytes(18).toString('hex')}`

export interface Origin extends AsyncDisposable {
  url: string
  dir: string
  git: (...args: string[]) => string
  /** Stores the files as one commit on the parents and answers its name; contents are bytes, `undefined` removes. */
  commit: (files: Files, options?: { parents?: string[]; message?: string }) => string
  /** A commit of exactly these tree entries. */
  commitTree: (tree: string, parents?: string[]) => string
  blob: (content: string | Buffer) => string
  setRef: (ref: string, commit: string) => void
  requests: { url: string; authorization?: string }[]
  /** Answers requests before git does; true when it did. */
  fault: { before?: (request: IncomingMessage, response: ServerResponse) => boolean; protocol?: 0 }
}

type Entry = string | Buffer | { mode: string; content: string | Buffer } | { mode: '160000'; id: string } | undefined
export type Files = Record<string, Entry>

const environment = {
  PATH: process.env.PATH,
  HOME: '/nonexistent',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
  GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
  GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
}

export function runGit(dir: string, args: string[], input?: string | Buffer): Buffer {
  return execFileSync('git', args, {
    cwd: dir,
    env: environment,
    input,
    maxBuffer: 1 << 30,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
}

export async function startOrigin(): Promise<Origin> {
  const root = mkdtempSync(join(tmpdir(), 'origin-'))
  const dir = join(root, 'o', 'r.git')
  makeRepository(dir)
  const requests: Origin['requests'] = []
  const fault: Origin['fault'] = {}
  const server = createServer((request, response) => {
    requests.push({ url: request.url ?? '', authorization: request.headers.authorization })
    if (fault.before?.(request, response)) return
    const wanted = `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`
    if (request.headers.authorization !== wanted) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end()
      return
    }
    serveGit(root, request, response, fault.protocol)
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const git = (...args: string[]) => runGit(dir, args).toString().trim()
  const blob = (content: string | Buffer) => runGit(dir, ['hash-object', '-w', '--stdin'], content).toString().trim()
  const commitTree = (tree: string, parents: string[] = [], message = 'change') =>
    git('commit-tree', tree, ...parents.flatMap(parent => ['-p', parent]), '-m', message)
  return {
    url: `http://127.0.0.1:${port}/o/r.git`,
    dir,
    git,
    blob,
    commitTree,
    commit: (files, options) => writeCommits(dir, [{ files, ...options }])[0]!,
    setRef(ref, commit) {
      mkdirSync(dirname(join(dir, ref)), { recursive: true })
      writeFileSync(join(dir, ref), `${commit}\n`)
    },
    requests,
    fault,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise(done => server.close(done))
      rmSync(root, { recursive: true, force: true })
    },
  }
}

/** What `git init` makes, as far as git needs it, without starting git; of a bare repository unless the directory is called .git. */
export function makeRepository(gitDir: string): void {
  for (const name of ['refs/heads', 'objects/pack', 'objects/info']) mkdirSync(join(gitDir, name), { recursive: true })
  const core = `\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = ${basename(gitDir) !== '.git'}\n`
  writeFileSync(join(gitDir, 'config'), `[core]\n${core}[http]\n\treceivepack = false\n`)
  writeFileSync(join(gitDir, 'HEAD'), 'ref: refs/heads/main\n')
}

/** One pack for each call, pressed little: to take it apart is a process more. */
const quickly = ['-c', 'fastimport.unpackLimit=1', '-c', 'core.compression=1', '-c', 'core.fsync=none']

export interface Commit {
  files: Files
  /** Names, or `:1` for the first of those that are written with it. */
  parents?: string[]
  message?: string
  /** The reference that names it from now on. */
  ref?: string
}

/** Stores commits in one process, each as its first parent with its files changed, and answers their names. */
export function writeCommits(gitDir: string, commits: Commit[]): string[] {
  const stream = commits.flatMap(({ files, parents = [], message = 'change', ref }, at) => [
    Buffer.from(
      `reset refs/temporary\ncommit refs/temporary\nmark :${at + 1}\ncommitter Ada <ada@example.org> 1767225600 +0000\n`,
    ),
    data(message),
    ...parents.map((parent, at) => Buffer.from(`${at ? 'merge' : 'from'} ${parent}\n`)),
    ...Object.entries(files).map(([path, entry]) => storing(path, entry)),
    Buffer.from(`\nget-mark :${at + 1}\n${ref ? `reset ${ref}\nfrom :${at + 1}\n` : ''}`),
  ])
  stream.push(Buffer.from('reset refs/temporary\nfrom 0000000000000000000000000000000000000000\n'))
  const said = runGit(gitDir, [...quickly, 'fast-import', '--quiet', '--force'], Buffer.concat(stream))
  return said.toString().trim().split('\n')
}

function storing(path: string, entry: Entry): Buffer {
  if (entry === undefined || typeof entry === 'string' || Buffer.isBuffer(entry))
    return fileChange(path, '100644', entry)
  return fileChange(path, entry.mode, 'id' in entry ? entry.id : entry.content)
}

function serveGit(root: string, request: IncomingMessage, response: ServerResponse, protocol?: 0) {
  const url = new URL(request.url ?? '/', 'http://localhost')
  const child = spawn('git', ['http-backend'], {
    env: {
      ...environment,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: url.pathname,
      QUERY_STRING: url.search.slice(1),
      REQUEST_METHOD: request.method,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      ...(protocol === 0 ? {} : { GIT_PROTOCOL: String(request.headers['git-protocol'] ?? '') }),
    },
  })
  relay(child, request, response).finally(() => response.end())
}

export function writeTree(dir: string, files: Record<string, string>) {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
}
