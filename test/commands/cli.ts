// Runs the real command line as people do: a child process, its output and its exit code.
import { spawn } from 'node:child_process'
import { join } from 'node:path'

const bin = join(import.meta.dirname, '../../bin/watchbill.js')

export interface Ran {
  exit: number | null
  out: string
  err: string
}

/** Node strips the types of some hundreds of files at every start otherwise. */
export const compiled = join(import.meta.dirname, '../../node_modules/.cache/watchbill/compiled')

/** The environment is only what is given, PATH, and what makes Node start sooner. */
export function watchbill(
  args: string[],
  options: { cwd?: string; environment?: Record<string, string | undefined> } = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...args], {
      cwd: options.cwd,
      env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: compiled, ...options.environment },
    })
    const ran: Ran = { exit: null, out: '', err: '' }
    child.stdout.on('data', chunk => (ran.out += chunk))
    child.stderr.on('data', chunk => (ran.err += chunk))
    child.on('error', reject)
    child.on('close', exit => resolve({ ...ran, exit }))
  })
}
