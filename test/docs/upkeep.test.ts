// What docs/backup.md, upgrade.md and uninstall.md tell people to type, carried out.
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { watchbill } from '../commands/cli.ts'
import { copyTemplate } from '../databases.ts'
import { openMachine, textOf } from './carry-out.ts'
import { read } from './pages.ts'

const { home, carryOut } = openMachine()
afterAll(() => rmSync(home, { recursive: true, force: true }))
const services = Object.keys(parse(read('compose.yml')).services)

describe('a backup', () => {
  /** The lines of a block below the machine's folder; watchbill itself is the real one. */
  async function type(text: string, data: string): Promise<string[]> {
    const told: string[] = []
    for (const line of text.trim().split('\n')) {
      const below = line.replaceAll(/(?<=[\s=])\/var\//g, `${home}/var/`)
      const [, own, words = ''] = /^(?:WATCHBILL_DATA=(\S+) )?npx watchbill (.*)$/.exec(below) ?? []
      if (!words) carryOut(line)
      else {
        const ran = await watchbill(words.split(' '), { environment: { WATCHBILL_DATA: own ?? data, HOME: home } })
        expect(ran).toMatchObject({ exit: 0 })
        told.push(ran.out)
      }
    }
    return told
  }

  const data = join(home, 'var/lib/watchbill')
  it('is made, and only its owner can read it', { timeout: 60_000 }, async () => {
    for (const folder of ['var/backups', 'var/tmp']) mkdirSync(join(home, folder))
    await copyTemplate(join(data, 'database'))
    const [made = ''] = await type(textOf('docs/backup.md', 'run=backup'), data)
    expect(made).toContain('Backup written to')
    expect(statSync(join(home, 'var/backups/watchbill.backup')).mode & 0o777).toBe(0o600)
  })

  it.runIf(process.env.WATCHBILL_TEST_LONG)('is tried in a directory of its own', { timeout: 120_000 }, async () => {
    const trial = textOf('docs/backup.md', 'run=restore-elsewhere')
    const [restored = ''] = await type(trial, data)
    expect(restored).toContain('Restored as it was at')
    expect(trial).toContain(textOf('docs/backup.md', 'run=restore').trim())
    expect(readdirSync(join(home, 'var/tmp'))).toEqual([])
  })
})

describe('in containers', () => {
  it.each([
    ['backup', 'run=backup-compose'],
    ['upgrade', 'run=upgrade-compose'],
    ['uninstall', 'run=remove-compose'],
  ])('docs/%s.md asks Docker about services that there are', (page, mark) => {
    mkdirSync(join(home, 'secrets'), { recursive: true })
    const noted = carryOut(textOf(`docs/${page}.md`, mark)).filter(line => line.startsWith('docker'))
    expect(noted.length).toBeGreaterThan(0)
    for (const line of noted) {
      const [, verb, ...words] = line.replace('docker ', '').split(' ')
      expect(['up', 'down', 'exec', 'cp']).toContain(verb)
      if (verb === 'exec' || verb === 'cp') expect(services).toContain(words[0]?.split(':')[0])
    }
    expect(existsSync(join(home, 'secrets'))).toBe(page !== 'uninstall')
  })
})

describe('with systemd', () => {
  it('an upgrade stops what it replaces, starts it again and asks how it is', () => {
    mkdirSync(join(home, 'opt/watchbill'), { recursive: true })
    expect(carryOut(textOf('docs/upgrade.md', 'run=upgrade'))).toEqual([
      'systemctl stop watchbill',
      'git pull --ff-only',
      'npm ci --omit=dev',
      'systemctl start watchbill',
      'npx watchbill doctor',
    ])
  })

  it('a removal leaves nothing of what was installed', () => {
    carryOut(textOf('docs/install.md', 'run=systemd').replaceAll(/^.*(~\/Downloads|\.pem).*$/gm, ''))
    writeFileSync(
      join(home, 'etc/systemd/system/watchbill.service'),
      textOf('docs/install.md', 'file=watchbill.service'),
    )
    expect(existsSync(join(home, 'etc/watchbill/env'))).toBe(true)
    expect(carryOut(textOf('docs/uninstall.md', 'run=remove'))).toEqual([
      'systemctl disable --now watchbill',
      'systemctl daemon-reload',
      'userdel watchbill',
    ])
    const left = readdirSync(home, { recursive: true, encoding: 'utf8' }).filter(name => name.includes('watchbill'))
    expect(left).toEqual(['var/backups/watchbill.backup'])
  })
})
