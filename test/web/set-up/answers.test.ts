// What comes back from GitHub when an App is made: an answer that is no App is not kept, and an App that is made is not lost.
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readSettings } from '../../../src/settings.ts'
import { back, codes, dataDir, github, inside, logged, nothingMade, open, taken, useStage, web } from './stage.ts'
import { actionOf, fieldOf, newVisitor, pressCreate } from './visitor.ts'

useStage()

describe('an answer to the code', () => {
  const secret = 'a-secret-in-the-answer'
  const app = () => ({
    id: 5,
    name: 'Watchbill',
    html_url: 'https://git.example.com/apps/watchbill',
    pem: github.app.privateKey,
    webhook_secret: 'w'.repeat(40),
    client_id: 'Iv1.5',
    client_secret: secret,
  })
  const odd: Record<string, () => string> = {
    'a page of a proxy': () => `<h1>Sign in</h1> ${secret}`,
    nothing: () => 'null',
    'a number as words': () => JSON.stringify({ ...app(), id: 'five' }),
    'no key': () => JSON.stringify({ ...app(), pem: undefined }),
    'a key that is none': () => JSON.stringify({ ...app(), pem: 'nonsense' }),
    'a secret that can be guessed': () => JSON.stringify({ ...app(), webhook_secret: 'short' }),
    'a secret of two lines': () => JSON.stringify({ ...app(), webhook_secret: `${'w'.repeat(20)}\nAPP_ID=6` }),
    'a page that is a script': () => JSON.stringify({ ...app(), html_url: 'javascript:alert(1)' }),
    'more than any App is': () => JSON.stringify({ ...app(), more: secret.repeat(50_000) }),
  }

  it.each(Object.keys(odd))('with %s is not taken, not kept and not logged, and it can be begun again', async name => {
    const server = await answering(201, odd[name]!())
    await web.stop()
    await open({ GHE_HOST: server.host })
    const visitor = await inside()
    for (let times = 0; times < 2; times++) {
      const state = actionOf((await visitor.get('/')).text).split('state=')[1]
      const refused = await visitor.get(`/set-up/made?code=abc&state=${state}`)
      expect(refused).toMatchObject({ status: 502, text: expect.not.stringContaining('Something failed') })
      expect(refused.text).not.toContain(secret)
    }
    nothingMade()
    expect(logged.join()).not.toContain(secret)
    server.close()
  })

  it('that is a long refusal is in the log as its beginning alone', async () => {
    const server = await answering(500, JSON.stringify({ message: 'no '.repeat(10_000) }))
    await web.stop()
    await open({ GHE_HOST: server.host })
    const visitor = await inside()
    const state = actionOf((await visitor.get('/')).text).split('state=')[1]
    expect((await visitor.get(`/set-up/made?code=abc&state=${state}`)).status).toBe(502)
    expect(Math.max(...logged.map(line => line.length))).toBeLessThan(1_000)
    server.close()
  })
})

describe('an App that is made', () => {
  it.each(['file', 'environment'])('but can not be taken up is not lost, and set-up is closed (%s)', async keep => {
    await web.stop()
    await open({}, true)
    const visitor = await inside()
    const token = fieldOf((await visitor.get('/')).text, 'token')
    const publicUrl = 'https://watch.example.com'
    await visitor.post('/set-up/choices', { token, publicUrl, organisation: '', keep })
    const second = await inside()
    expect(await visitor.get(back(await pressCreate((await visitor.get('/')).text)))).toMatchObject({ status: 303 })
    const { status, text } = await visitor.get('/set-up/done')
    expect(status).toBe(500)
    expect(text).toContain('The prices can not be read.')
    expect(text.includes(`WEBHOOK_SECRET=${github.app.webhookSecret}`)).toBe(keep === 'environment')
    expect(readdirSync(dataDir)).toEqual(keep === 'file' ? ['app.json'] : [])
    expect(await second.get('/')).toMatchObject({ status: 409, text: expect.not.stringContaining('manifest') })
    expect((await newVisitor(web.url).post('/set-up/code', { code: codes.at(-1)! })).status).toBe(409)
    expect((await visitor.post('/set-up/finish', { token })).text).toContain('Set-up is finished')
  })

  it('has the address that GitHub was sent, whatever another tab chose meanwhile', async () => {
    const visitor = await inside()
    const first = (await visitor.get('/')).text
    const others = { publicUrl: 'https://other.example.com', organisation: '', keep: 'environment' }
    await visitor.post('/set-up/choices', { token: fieldOf(first, 'token'), ...others })
    await visitor.get(back(await pressCreate(first)))
    const sent = JSON.parse(fieldOf(first, 'manifest')).hook_attributes.url
    expect(sent).toBe('https://watch.example.com/api/github/webhooks')
    expect(taken[0]?.publicUrl).toBe('https://watch.example.com')
    expect(readSettings({ ...ghe(), WATCHBILL_DATA: dataDir }).publicUrl).toBe('https://watch.example.com')
    expect((await visitor.get('/set-up/done')).text).toContain(sent)
  })

  it('is written through no link that lies in the data directory', async () => {
    const victim = join(dataDir, 'victim')
    writeFileSync(victim, 'theirs')
    for (const name of [`app.json.${process.pid}`, 'app.json']) symlinkSync(victim, join(dataDir, name))
    const visitor = await inside()
    expect((await visitor.get(back(await pressCreate((await visitor.get('/')).text)))).status).toBe(409)
    expect(readFileSync(victim, 'utf8')).toBe('theirs')
  })
})

const ghe = () => {
  const { GHE_HOST = '', GHE_PROTOCOL = '' } = github.environment()
  return { GHE_HOST, GHE_PROTOCOL }
}

async function answering(status: number, body: string): Promise<{ host: string; close(): void }> {
  const server: Server = createServer((request, response) => {
    request.resume()
    response.writeHead(status, { 'content-type': 'application/json' }).end(body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
