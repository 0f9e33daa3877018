// Behind a proxy, with certificates of a private authority: GitHub, git, the model and OSV are all reached that way, and what NO_PROXY names is not.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { expect, it, vi } from 'vitest'
import { readSettings } from '../../../src/settings.ts'
import { authoritiesFor } from '../../../src/workspace/authorities.ts'
import { copyDatabase, databases } from '../../databases.ts'
import { startGitHub } from '../../simulators/github/index.ts'
import { startModel } from '../../simulators/model/index.ts'
import { startOsv } from '../../simulators/osv/index.ts'
import { newDataDir } from '../house.ts'
import { startService } from '../program.ts'
import { base, changed, finds, isReviewed, openScene } from '../scene.ts'
import { hasOpenssl, openPrivateNetwork } from './private-network.ts'

// Patient, since the machine may be busy.
vi.setConfig({ testTimeout: 120_000 })

const lock = (packages: object) => ({
  'package-lock.json': JSON.stringify({ name: 'shop', lockfileVersion: 3, requires: true, packages }, null, 2),
})
const leftPad = {
  'node_modules/left-pad': { version: '1.3.0', resolved: 'https://registry.npmjs.org/left-pad/-/left-pad-1.3.0.tgz' },
}

it.skipIf(!hasOpenssl())(
  'GitHub, git, the model and OSV pass through the proxy, by certificates of a private authority',
  async () => {
    await using github = await startGitHub()
    await using model = await startModel({ reply: finds })
    await using osv = await startOsv([])
    const hosts = { 'github.internal': github.url, 'model.internal': model.url, 'osv.internal': osv.url }
    await using network = await openPrivateNetwork(hosts)
    const database = databases.length > 1 ? await copyDatabase() : undefined
    const dataDir = await newDataDir()
    const service = await startService({
      github,
      dataDir,
      ...(database && { databaseUrl: database.url }),
      environment: {
        GHE_HOST: 'github.internal',
        GHE_PROTOCOL: 'https',
        ANTHROPIC_API_KEY: model.apiKey,
        ANTHROPIC_BASE_URL: 'https://model.internal',
        OSV_URL: 'https://osv.internal',
        HTTPS_PROXY: network.proxyUrl,
        NODE_EXTRA_CA_CERTS: network.authority,
      },
    })
    try {
      const { repository, head, number } = await openScene(github, {
        files: { ...base, ...lock({ '': { name: 'shop' } }) },
        change: { ...changed, ...lock({ '': { name: 'shop' }, ...leftPad }) },
      })
      await github.waitFor(() => isReviewed(repository, head), 60_000)
      expect(repository.pull(number).reviewComments).toHaveLength(1)
      expect(osv.asked).toContain('npm left-pad 1.3.0')
      const reached = (words: RegExp) => network.asked.some(line => words.test(line))
      expect(reached(/^github\.internal POST \/api\/v3\/repos\/acme\/.*\/pulls\/1\/reviews/)).toBe(true)
      expect(reached(/^github\.internal POST \/acme\/[^/]+\.git\/git-upload-pack/)).toBe(true)
      expect(reached(/^model\.internal POST \/v1\/messages/)).toBe(true)
      expect(reached(/^osv\.internal POST \/v1\/querybatch/)).toBe(true)
      expect([...new Set(network.tunnels)].sort()).toEqual([
        'github.internal:443',
        'model.internal:443',
        'osv.internal:443',
      ])
      // By no other way: all that the simulators were asked came by these hosts.
      expect(github.requests.length).toBe(network.asked.filter(line => line.startsWith('github.internal ')).length)
    } finally {
      await service.stop()
      await database?.drop()
    }
  },
)

it.skipIf(!hasOpenssl())(
  'what NO_PROXY names is reached directly, by fetch and by git, and by the private authority all the same',
  async () => {
    await using github = await startGitHub()
    const repository = await github.createRepository({ owner: 'acme', name: 'shop', private: false })
    await using network = await openPrivateNetwork({ localhost: github.url, 'github.internal': github.url })
    const environment = {
      HTTPS_PROXY: network.proxyUrl,
      NO_PROXY: 'localhost',
      NODE_EXTRA_CA_CERTS: network.authority,
      WATCHBILL_DATA: '/nowhere',
    }
    const path = (file: string) => fileURLToPath(new URL(`../../../src/${file}`, import.meta.url))
    const script = `
    const { readSettings } = await import(${JSON.stringify(path('settings.ts'))})
    const { useProxy } = await import(${JSON.stringify(path('commands/proxy.ts'))})
    useProxy(readSettings().proxy)
    for (const url of ['https://localhost:${network.port}/api/v3/meta', 'https://github.internal/api/v3/meta'])
      console.log((await fetch(url)).headers.get('x-github-request-id') !== null)`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: { PATH: process.env.PATH, ...environment },
    })
    expect([await text(child.stdout), await text(child.stderr)]).toEqual(['true\ntrue\n', ''])
    expect(network.tunnels).toEqual(['github.internal:443'])

    const { proxy } = readSettings(environment)
    const authorities = authoritiesFor(proxy, join(await newDataDir(), 'authorities.pem'))
    const remote = (host: string) => {
      const url = `https://${host}/${repository.owner}/${repository.name}.git`
      return execFileAsync('git', ['ls-remote', url, 'HEAD'], {
        PATH: process.env.PATH ?? '',
        ...proxy,
        ...authorities,
      })
    }
    expect(await remote(`localhost:${network.port}`)).toContain('HEAD')
    expect(network.tunnels).toEqual(['github.internal:443'])
    expect(await remote('github.internal')).toContain('HEAD')
    expect(network.tunnels).toEqual(['github.internal:443', 'github.internal:443'])
  },
)

async function execFileAsync(file: string, args: string[], env: Record<string, string>): Promise<string> {
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  return text(child.stdout)
}
