// A process that is told to stop, once and again.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'

const module = new URL('../../src/commands/interrupt.ts', import.meta.url).href
/** Tells of each stop, and ends by itself `milliseconds` after the first. */
const program = (milliseconds: number) => `
  import { whenToldToStop } from ${JSON.stringify(module)}
  const alive = setInterval(() => {}, 1000)
  whenToldToStop(['SIGINT', 'SIGTERM'], signal => {
    console.log(signal)
    setTimeout(() => clearInterval(alive), ${milliseconds})
  })
  console.log('ready')`

async function run(milliseconds: number, tell: (child: ChildProcess) => Promise<void>) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', program(milliseconds)])
  let said = ''
  child.stdout.on('data', chunk => (said += chunk))
  const ended = once(child, 'exit')
  await once(child.stdout, 'data')
  await tell(child)
  const [exit, signal] = await ended
  return { exit, signal, said }
}

it('ends in order, though the same Ctrl-C comes to it twice', async () => {
  const twice = async (child: ChildProcess) => {
    child.kill('SIGINT')
    await once(child.stdout!, 'data')
    child.kill('SIGINT')
  }
  expect(await run(300, twice)).toEqual({ exit: 0, signal: null, said: 'ready\nSIGINT\n' })
})

it('ends at once when it is told again later', async () => {
  const again = async (child: ChildProcess) => {
    child.kill('SIGTERM')
    await once(child.stdout!, 'data')
    // What counts as later is a second; nothing else tells when that is over.
    await sleep(1100)
    child.kill('SIGINT')
  }
  expect(await run(60_000, again)).toMatchObject({ exit: 130, said: 'ready\nSIGTERM\n' })
})
