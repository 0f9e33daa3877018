// Runs the real command line as people do: a child process, its output and its exit code.
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { liftoff } from '../e2e/program.ts'
import type { Told } from './standing.ts'

const bin = join(import.meta.dirname, '../../bin/watchbill.js')

export interface Ran {
  exit: number | null
  out: string
  err: string
}

/** Node strips the types of some hundreds of files at every start otherwise. */
export const compiled = join(import.meta.dirname, '../../node_modules/.cache/watchbill/compiled')

/** For a process that a test forks: what starts of the program have compiled serves it too. */
export const sooner = { execArgv: liftoff, env: { ...process.env, NODE_COMPILE_CACHE: compiled } }

const long = process.env.WATCHBILL_TEST_LONG === '1'
const started = new Set<string>()

/**
 * The environment is only what is given, PATH, and what makes Node start sooner. Each verb is a process of its own once, or as `alone` says,
 * and always in the long run of the tests; else a process that stays carries it out, since a start takes longer than most commands.
 */
export function watchbill(
  args: string[],
  options: { cwd?: string; environment?: Record<string, string | undefined>; alone?: boolean } = {},
): Promise<Ran> {
  const environment = { PATH: process.env.PATH, NODE_COMPILE_CACHE: compiled, ...options.environment }
  const told = { args, cwd: options.cwd ?? process.cwd(), environment }
  const verb = args.includes('--help') ? '--help' : (args[0] ?? '')
  if (long || verb === 'serve' || (options.alone ?? !started.has(verb))) {
    started.add(verb)
    return start(told)
  }
  const ran = queue.then(() => tell(told))
  queue = ran.catch(() => {})
  return ran
}

function start({ args, cwd, environment }: Told): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...liftoff, bin, ...args], { cwd, env: environment })
    const ran: Ran = { exit: null, out: '', err: '' }
    child.stdout.on('data', chunk => (ran.out += chunk))
    child.stderr.on('data', chunk => (ran.err += chunk))
    child.on('error', reject)
    child.on('close', exit => resolve({ ...ran, exit }))
  })
}

let queue: Promise<unknown> = Promise.resolve()
let standing: ChildProcess | undefined

/** One after the other: what two say at once could not be told apart. */
function tell(told: Told): Promise<Ran> {
  standing ??= spawn(process.execPath, [...liftoff, join(import.meta.dirname, 'standing.ts')], {
    env: { PATH: process.env.PATH, NODE_COMPILE_CACHE: compiled },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const child = standing
  // The tests do not wait for it; it ends when they do, since nobody tells it anything any more.
  child.unref()
  child.channel?.ref()
  return new Promise<Ran>((resolve, reject) => {
    const gone = (code: number | null) => {
      standing = undefined
      reject(new Error(`the process that carries out commands ended with ${code}`))
    }
    child.once('exit', gone)
    child.once('message', ran => {
      child.off('exit', gone)
      child.channel?.unref()
      resolve(ran as Ran)
    })
    child.send(told)
  })
}
