// A process that carries out one command line after another, each in its own directory and environment: most of a command's time is its start.
import { main } from '../../src/cli.ts'

export interface Told {
  args: string[]
  cwd: string
  environment: Record<string, string | undefined>
}

let before = Promise.resolve()
process.on('message', (told: Told) => {
  before = before.then(() => carryOut(told))
})

async function carryOut({ args, cwd, environment }: Told): Promise<void> {
  process.chdir(cwd)
  for (const name of Object.keys(process.env)) delete process.env[name]
  for (const [name, value] of Object.entries(environment)) if (value !== undefined) process.env[name] = value
  const said = { out: '', err: '' }
  process.stdout.write = (text: string | Uint8Array) => keep('out', text)
  process.stderr.write = (text: string | Uint8Array) => keep('err', text)
  const exit = await main(args)
  process.removeAllListeners('SIGINT')
  process.send?.({ exit, ...said })

  function keep(stream: 'out' | 'err', text: string | Uint8Array): true {
    said[stream] += text
    return true
  }
}
