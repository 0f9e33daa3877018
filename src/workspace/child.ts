// Follows one child process to its end: time, output and abort all end it, with everything that it started.
import type { ChildProcess } from 'node:child_process'
import { Problem } from '../domain/problem.ts'

export interface ChildLimits {
  input?: string | Uint8Array
  signal?: AbortSignal
  timeoutMs?: number
  /** Standard output past this is dropped and the child ended. */
  maxBytes?: number
  /** Takes standard output instead of the result; `false` means that it has had enough. */
  sink?: (chunk: Buffer) => boolean
  onStderr?: (text: string) => void
}

export interface ChildResult {
  code: number
  stdout: Buffer
  stderr: string
  ended: 'exit' | 'timeout' | 'enough'
}

const keptOutput = 64 * 1024 * 1024
const keptStderr = 64 * 1024

/** The child has to lead a process group of its own. Problem `stopped` when aborted; `explain` makes one of what kept it from starting. */
export function follow(
  child: ChildProcess,
  limits: ChildLimits,
  explain: (cause: NodeJS.ErrnoException) => Problem,
): Promise<ChildResult> {
  const { promise, resolve, reject } = Promise.withResolvers<ChildResult>()
  const chunks: Buffer[] = []
  let bytes = 0
  let stderr = ''
  let ended: ChildResult['ended'] | 'stopped' = 'exit'
  const end = (because: ChildResult['ended'] | 'stopped') => {
    if (ended !== 'exit') return
    ended = because
    endGroup(child)
  }
  const taken = (sink: (chunk: Buffer) => boolean, chunk: Buffer) => {
    try {
      return sink(chunk)
    } catch (error) {
      reject(error)
      return false
    }
  }
  const timer = setTimeout(() => end('timeout'), limits.timeoutMs ?? 60_000)
  const abort = () => end('stopped')
  limits.signal?.addEventListener('abort', abort, { once: true })

  child.stdout?.on('data', (chunk: Buffer) => {
    if (ended !== 'exit') return
    if (limits.sink) return taken(limits.sink, chunk) ? undefined : end('enough')
    const room = (limits.maxBytes ?? keptOutput) - bytes
    bytes += chunk.length
    chunks.push(chunk.length > room ? chunk.subarray(0, room) : chunk)
    if (chunk.length > room) end('enough')
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    const text = chunk.toString()
    stderr = (stderr + text).slice(-keptStderr)
    limits.onStderr?.(text)
  })
  child.stdin?.on('error', () => {}) // the child may end before it has read everything
  child.stdin?.end(limits.input ?? '')

  const settle = () => {
    clearTimeout(timer)
    limits.signal?.removeEventListener('abort', abort)
  }
  child.on('error', (cause: NodeJS.ErrnoException) => {
    settle()
    reject(explain(cause))
  })
  child.on('close', code => {
    settle()
    if (ended === 'stopped') reject(stopped())
    else resolve({ code: code ?? 128, stdout: Buffer.concat(chunks), stderr, ended })
  })
  return promise
}

/** Asks first, so that git removes its temporary packs and locks, then insists. */
function endGroup(child: ChildProcess) {
  const send = (signal: NodeJS.Signals) => {
    try {
      if (child.pid) process.kill(-child.pid, signal)
    } catch {
      // it has ended by itself
    }
  }
  send('SIGTERM')
  const insist = setTimeout(() => send('SIGKILL'), 300)
  child.once('close', () => clearTimeout(insist))
}

export function stopped(): Problem {
  return new Problem('stopped', 'The work was stopped before it was finished.')
}
