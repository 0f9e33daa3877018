// Runs one of our own programs over hostile bytes: in a directory of its own, without an environment, isolated as git's readers are.
import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Confine, ConfinedCommand, ConfinedResult } from '../domain/confined.ts'
import { Problem } from '../domain/problem.ts'
import { follow, stopped } from './child.ts'
import type { Isolation } from './isolation.ts'
import { openRoom } from './room.ts'

export function confineBy(isolation: () => Promise<Isolation>): Confine {
  return async command => {
    await using room = await openRoom(tmpdir(), 'tool')
    const dir = join(room.dir, 'files')
    await mkdir(dir)
    for (const [name, bytes] of command.files ?? []) await writeFile(join(dir, safe(name)), bytes)
    const isolated = await isolation()
    // Last, since a listener hears of no abort that was before it.
    if (command.signal.aborted) throw stopped()
    return await run(isolated, command, dir)
  }
}

function run({ wrap }: Isolation, command: ConfinedCommand, dir: string): Promise<ConfinedResult> {
  const { program, args, readable = [], memoryBytes } = command
  const start = wrap(program, args, [program, dir, ...readable], {
    directory: dir,
    ...(memoryBytes !== undefined && { memoryBytes }),
  })
  const child = spawn(start.command, start.args, {
    cwd: dir,
    // For finding the sandbox and the shell that sets the limits, no more.
    env: { PATH: '/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin', LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  })
  return follow(
    child,
    command,
    cause => new Problem('unavailable', `${program} could not be started (${cause.code}).`, { cause }),
  )
}

function safe(name: string): string {
  if (!/^[A-Za-z0-9_][\w.-]{0,100}$/.test(name)) throw new Error(`a name of ours is not one of ours: ${name}`)
  return name
}
