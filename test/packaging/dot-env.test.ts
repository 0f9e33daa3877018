// The file .env in the working directory.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compiled, watchbill } from '../commands/cli.ts'
import { copyTemplate, usualDatabase } from '../databases.ts'
import { liftoff } from '../e2e/program.ts'

const dir = mkdtempSync(join(tmpdir(), 'watchbill-dot-env-'))
const bin = join(import.meta.dirname, '../../bin/watchbill.js')
beforeAll(() => writeFileSync(join(dir, '.env'), 'LOG_LEVEL=of-a-file\nPORT=of-a-file\n'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

describe('.env', () => {
  it('is read by serve', { timeout: 60_000 }, async () => {
    const ran = await watchbill(['serve'], { cwd: dir })
    expect(ran.exit).toBe(2)
    expect(ran.err).toContain('LOG_LEVEL must be')
    expect(ran.err).toContain('PORT must be')
  })

  it('is not read by the other commands, which run inside repositories', { timeout: 60_000 }, async () => {
    const others = [['runs'], ['ledger'], ['explain', 'x'], ['review', 'HEAD'], ['pause', '--all']]
    for (const args of [['check'], ...others]) {
      const ran = await watchbill(args, { cwd: dir, alone: args[0] === 'check' })
      expect(ran.err).not.toContain('must be')
    }
  })

  it('does not win over the environment', { timeout: 60_000 }, async () => {
    const dataDir = join(dir, 'data')
    const database = await usualDatabase()
    if (!database) await copyTemplate(join(dataDir, 'database'))
    const child = spawn(process.execPath, [...liftoff, bin, 'serve'], {
      cwd: dir,
      env: {
        PATH: process.env.PATH,
        NODE_COMPILE_CACHE: compiled,
        PORT: '0',
        LOG_LEVEL: 'silent',
        WATCHBILL_DATA: dataDir,
        ...(database && { DATABASE_URL: database.url }),
      },
    })
    const ended = new Promise(resolve => child.once('close', resolve))
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', chunk => String(chunk).includes('Next:') && resolve())
      child.once('exit', code => reject(new Error(`serve ended with ${code}`)))
    })
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    await database?.drop()
  })
})
