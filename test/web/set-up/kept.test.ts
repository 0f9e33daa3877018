// What pages of set-up show and load, and what of the App is kept, by whom it is read, and when not.
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSettings } from '../../../src/settings.ts'
import { keepApp } from '../../../src/stored-app.ts'
import { back, dataDir, github, inside, useStage } from './stage.ts'
import { fieldOf, pressCreate } from './visitor.ts'

useStage()

describe('pages', () => {
  it('run no script, load nothing, are kept nowhere, and lead to GitHub alone', async () => {
    const visitor = await inside()
    const { headers, text } = await visitor.get('/')
    expect(headers['content-security-policy']).toBe(
      `default-src 'none'; style-src 'sha256-${/sha256-([\w+/=]+)/.exec(String(headers['content-security-policy']))?.[1]}'; form-action 'self' ${github.url}; base-uri 'none'; frame-ancestors 'none'`,
    )
    expect(headers['cache-control']).toBe('no-store')
    expect(text).not.toMatch(/<script|smee\.io|src=|@import|url\(/)
  })

  it('show key and secrets to the browser that made the App, where nothing is to be written, until it is finished', async () => {
    const [visitor, other] = [await inside(), await inside()]
    const token = fieldOf((await visitor.get('/')).text, 'token')
    const publicUrl = 'https://watch.example.com'
    await visitor.post('/set-up/choices', { token, publicUrl, organisation: '', keep: 'environment' })
    await visitor.get(back(await pressCreate((await visitor.get('/')).text)))
    expect(existsSync(join(dataDir, 'app.json'))).toBe(false)
    const { text } = await visitor.get('/set-up/done')
    expect(text).toContain(`WEBHOOK_SECRET=${github.app.webhookSecret}`)
    const shown = Object.fromEntries(
      (/<pre[^>]*>([^<]*)<\/pre>/.exec(text)?.[1] ?? '')
        .split('\n')
        .map(line => [line.split('=')[0], line.slice(line.indexOf('=') + 1)]),
    )
    expect(readSettings(shown).app).toMatchObject({ appId: String(github.app.id), privateKey: github.app.privateKey })
    expect((await other.get('/set-up/done')).text).not.toContain('WEBHOOK_SECRET')
    expect((await visitor.post('/set-up/finish', { token })).text).toContain('Set-up is finished')
    expect((await visitor.get('/set-up/done')).status).toBe(403)
  })
})

describe('what is kept', () => {
  it('is read by the server’s user alone, and the environment wins over it', async () => {
    const visitor = await inside()
    await visitor.get(back(await pressCreate((await visitor.get('/')).text)))
    const file = join(dataDir, 'app.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(dataDir)).toEqual(['app.json'])
    const { GHE_HOST = '', GHE_PROTOCOL = '' } = github.environment()
    const base = { GHE_HOST, GHE_PROTOCOL, WATCHBILL_DATA: dataDir }
    expect(readSettings(base)).toMatchObject({
      app: {
        appId: String(github.app.id),
        privateKey: github.app.privateKey,
        webhookSecrets: [github.app.webhookSecret],
      },
      oauth: { clientId: github.app.clientId, clientSecret: github.app.clientSecret },
      publicUrl: 'https://watch.example.com',
    })
    const others = {
      ...base,
      APP_ID: '77',
      PRIVATE_KEY: github.app.privateKey,
      WEBHOOK_SECRET: 'another secret, as long',
      PUBLIC_URL: 'https://other.example',
    }
    const own = readSettings(others)
    expect(own).toMatchObject({
      app: { appId: '77', webhookSecrets: ['another secret, as long'] },
      publicUrl: 'https://other.example',
    })
    expect(own.oauth).toBeUndefined()
    // Half an App in the environment is not made whole by the other half of this one.
    expect(() => readSettings({ ...base, APP_ID: '77' })).toThrow('PRIVATE_KEY or PRIVATE_KEY_PATH is not set')
  })

  it('lies in a directory that is made for its owner alone', () => {
    const fresh = join(dataDir, 'fresh')
    keepApp(
      fresh,
      { ...github.app, name: 'w', page: 'https://github.com/apps/w' },
      'https://w.example',
      'https://github.com',
    )
    expect(statSync(fresh).mode & 0o777).toBe(0o700)
  })

  it('is refused where others can read it, where it is broken, and where it is of another GitHub; with a sentence each', async () => {
    const file = join(dataDir, 'app.json')
    const settings = () => readSettings({ WATCHBILL_DATA: dataDir })
    writeFileSync(file, '{', { mode: 0o600 })
    expect(settings).toThrow('app.json can not be read; restore it from a backup')
    writeFileSync(file, '{"github":"https://git.example.com"}')
    expect(settings).toThrow('is of an App at https://git.example.com, and GHE_HOST says https://github.com')
    rmSync(file)
    writeFileSync(file, '{"github":"https://github.com"}', { mode: 0o644 })
    expect(settings).toThrow('can be read by other users of this machine')
  })

  it('is not read by commands from a directory that nobody named: they run inside repositories that may be hostile', () => {
    const privateKey = github.app.privateKey
    const theirs = { APP_ID: '666', PRIVATE_KEY: privateKey, WEBHOOK_SECRET: 'a secret of somebody else' }
    mkdirSync(join(dataDir, '.watchbill'))
    const file = join(dataDir, '.watchbill/app.json')
    writeFileSync(file, JSON.stringify({ github: 'https://github.com', ...theirs }), { mode: 0o600 })
    expect(readSettings({}, { cwd: dataDir }).app).toBeUndefined()
    expect(readSettings({}, { cwd: dataDir, serves: true }).app?.appId).toBe('666')
  })
})
