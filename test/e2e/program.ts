// The real program as its own process, against the simulators: for end-to-end and crash tests, the benchmarks and the demo.
import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../bin/watchbill.js', import.meta.url))
/** As the tests themselves run; benchmarks and the demo run as people do. */
export const liftoff = process.execArgv.filter(option => option === '--liftoff-only')
/** The first start of the embedded database takes a few seconds on a busy machine. */
const readyWithin = 60_000
/** A directory for what servers with a role write, a file for each; for whoever looks into a test that hangs. */
const logs = process.env.WATCHBILL_TEST_LOGS

export interface Service {
  url: string
  child: ChildProcess
  /** Sends the signal (SIGTERM) and resolves to the exit code once the process is gone, null when the signal itself ended it. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
  /** Everything it wrote so far, both streams. */
  output(): string
  /** Resolves to the exit code once the process is gone, null when a signal ended it. */
  exited: Promise<number | null>
}

export interface ServiceOptions {
  github: { environment(): Record<string, string>; deliverTo(url: string): void }
  /** The simulated model; without one the program asks whatever `environment` names. */
  model?: { environment(): Record<string, string> }
  dataDir: string
  databaseUrl?: string
  environment?: Record<string, string>
  /** Another file than the program, with its arguments; it must say where it answers as the program does. */
  command?: string[]
}

/** Spawns `watchbill serve`, waits until it answers, and has GitHub deliver there. Rejects with what it wrote when it does not come up. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const child = spawn(process.execPath, [...liftoff, ...(options.command ?? [program, 'serve'])], {
    // An .env of whoever runs this is not read: `serve` looks for it where it is started.
    cwd: options.dataDir,
    env: environmentOf(options),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: string[] = []
  const takeDown = () => void child.kill('SIGKILL')
  process.once('exit', takeDown)
  const exited = new Promise<number | null>(resolve =>
    child.once('exit', code => {
      process.off('exit', takeDown)
      resolve(code)
    }),
  )
  const url = await answering(child, output)
  options.github.deliverTo(`${url}/api/github/webhooks`)
  return {
    url,
    child,
    exited,
    output: () => output.join(''),
    stop(signal = 'SIGTERM') {
      child.kill(signal)
      return exited
    },
  }
}

export interface RoleServer {
  /** Empty for one that only works. */
  url: string
  /** Sends SIGTERM; resolves to the exit code. */
  stop(): Promise<number | null>
  /** Sends SIGHUP; resolves once it says that it has done so, rejects with what it says when it changed nothing. */
  renew(): Promise<void>
}

/** Spawns `watchbill serve` in the role that `environment` names, with nothing else, and waits until it is on watch. */
export async function startRole(environment: Record<string, string>, cwd: string): Promise<RoleServer> {
  const child = spawn(process.execPath, [...liftoff, program, 'serve'], {
    cwd,
    env: { ...whatAProcessNeeds(), LOG_FORMAT: 'json', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const takeDown = () => void child.kill('SIGKILL')
  process.once('exit', takeDown)
  let output = ''
  const exited = new Promise<number | null>(resolve =>
    child.once('exit', code => {
      process.off('exit', takeDown)
      resolve(code)
    }),
  )
  const said = (words: RegExp, from: number) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const found = words.exec(output.slice(from))
        if (found) resolve(found)
      }
      for (const stream of [child.stdout, child.stderr]) stream.on('data', look)
      void exited.then(code => reject(new Error(`watchbill serve ended with ${code}: ${output.slice(-2_000)}`)))
      look()
    })
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', text => {
      output += text
      if (logs) appendFileSync(join(logs, `${basename(cwd)}-${child.pid}.log`), text)
    })
  const [, url = ''] = await said(environment.WATCHBILL_ROLE === 'worker' ? /on watch()/ : /answers at (\S+)/, 0)
  return {
    url,
    stop() {
      child.kill('SIGTERM')
      return exited
    },
    async renew() {
      const from = output.length
      child.kill('SIGHUP')
      const [told] = await said(/SIGHUP: [^\n]*\n( {2}[^\n]*\n)*/, from)
      if (/nothing was changed/.test(told)) throw new Error(told)
    },
  }
}

/** Runs one command against the same data, as a person beside the server would; resolves to what it printed. */
export function runCommand(options: ServiceOptions, ...words: string[]): Promise<string> {
  const child = spawn(process.execPath, [...liftoff, program, ...words], {
    cwd: options.dataDir,
    env: environmentOf(options),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  let complaints = ''
  child.stdout.setEncoding('utf8').on('data', text => (printed += text))
  child.stderr.setEncoding('utf8').on('data', text => (complaints += text))
  return new Promise((resolve, reject) =>
    child.once('close', code =>
      code === 0
        ? resolve(printed)
        : reject(new Error(`watchbill ${words.join(' ')} ended with ${code}: ${complaints.trim() || printed.trim()}`)),
    ),
  )
}

/** Nothing else of the caller's environment comes along. */
function whatAProcessNeeds(): Record<string, string> {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'LANG'].flatMap(name => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return {
    ...Object.fromEntries(kept),
    // Node strips the types of some two hundred files at every start otherwise.
    NODE_COMPILE_CACHE: fileURLToPath(new URL('../../node_modules/.cache/watchbill/compiled', import.meta.url)),
  }
}

function environmentOf({ github, model, dataDir, databaseUrl, environment }: ServiceOptions): Record<string, string> {
  return {
    ...whatAProcessNeeds(),
    ...github.environment(),
    ...(model && { ...model.environment(), WATCHBILL_REHEARSED: 'true' }),
    ...(databaseUrl && { DATABASE_URL: databaseUrl }),
    WATCHBILL_DATA: dataDir,
    PORT: '0',
    HOST: '127.0.0.1',
    LOG_FORMAT: 'json',
    ...environment,
  }
}

function answering(child: ChildProcess, output: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const giveUp = (why: string) => {
      clearTimeout(timer)
      child.kill('SIGKILL')
      reject(new Error(`${why}\n${output.join('').slice(-4_000)}`))
    }
    const timer = setTimeout(
      () => giveUp(`watchbill serve did not answer within ${readyWithin / 1000} s.`),
      readyWithin,
    )
    const look = (text: string) => {
      output.push(text)
      const url = /answers at (\S+)/.exec(output.join(''))?.[1]
      if (!url) return
      clearTimeout(timer)
      resolve(url)
    }
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', look)
    child.once('error', error => giveUp(`watchbill serve could not be started: ${error.message}`))
    child.once('exit', code => giveUp(`watchbill serve ended with ${code} before it answered.`))
  })
}
