// A reader that stops in the middle, as `watchbill --help | head -1` does.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const program = fileURLToPath(new URL('../../bin/watchbill.js', import.meta.url))

it('is no failure, and leads to no complaint', async () => {
  const child = spawn(process.execPath, [program, '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
  child.stdout.destroy()
  const [complaints, [exit]] = await Promise.all([text(child.stderr), once(child, 'exit')])
  expect([exit, complaints]).toEqual([0, ''])
})
