// Runs the real command line as people do: a child process, its output and its exit code.
import { spawn } from 'node:child_process'
import { join } from 'node:path'

const bin = join(import.meta.dirname, '../../bin/watchbill.js')

export interface Ran {
  exit: number | null
  out: string
  err: string
}

/** The environment is only what is given, and PATH. */
export function watchbill(
  args: string[],
  options: { cwd?: string; environment?: Record<string, string> } = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: options.cwd,
      env: { PATH: process.env.PATH, ...options.environment },
    })
    const ran: Ran = { exit: null, out: '', err: '' }
    child.stdout.on('data', chunk => (ran.out += chunk))
    child.stderr.on('data', chunk => (ran.err += chunk))
    child.on('error', reject)
    child.on('close', exit => resolve({ ...ran, exit }))
  })
}
