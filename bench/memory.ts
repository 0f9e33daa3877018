// Idle memory of the whole program in the role "all", on both databases.
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { startService } from '../test/e2e/program.ts'
import { startGitHub } from '../test/simulators/github/index.ts'
import type { Figure } from './figure.ts'
import { startPostgres } from './postgres.ts'

const limitMb = 200
/** Seconds after which a program that was just started counts as idle. */
const idle = 15

export async function benchMemory(): Promise<Figure[]> {
  await using postgres = await startPostgres()
  const embedded = await measure()
  const server = await measure(postgres.url)
  return [
    { what: 'memory: idle, role all, embedded database', value: `${embedded} MB`, limit: 'printed' },
    {
      what: 'memory: idle, role all, PostgreSQL',
      value: `${server} MB`,
      limit: `≤ ${limitMb} MB`,
      met: server <= limitMb,
    },
  ]
}

async function measure(databaseUrl?: string): Promise<number> {
  await using github = await startGitHub()
  const dataDir = await mkdtemp(join(tmpdir(), 'watchbill-bench-'))
  const service = await startService({
    github,
    dataDir,
    ...(databaseUrl && { databaseUrl }),
    environment: { ANTHROPIC_API_KEY: 'sk-ant-none' },
  })
  await after(idle * 1000)
  const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${service.child.pid}/status`, 'utf8'))?.[1]
  await service.stop()
  await rm(dataDir, { recursive: true, force: true })
  return Math.round(Number(resident) / 1024)
}
