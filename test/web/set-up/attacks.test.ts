// Set-up attacked: whoever has no code, forges a form or a way back, comes second, or asks by another name gets no App in.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { back, codes, dataDir, github, inside, nothingMade, open, pass, taken, useStage, web } from './stage.ts'
import { actionOf, fieldOf, newVisitor, pressCreate } from './visitor.ts'

useStage()

describe('the code of the terminal', () => {
  it('opens set-up once, in one browser, whose cookie no script reads and no other site sends with a form', async () => {
    const [code] = codes
    expect(code).toMatch(/^[2-9A-HJKMNP-TV-Z]{4}(-[2-9A-HJKMNP-TV-Z]{4}){2}$/)
    const visitor = newVisitor(web.url)
    const entered = await visitor.post('/set-up/code', { code: ` ${code!.toLowerCase().replaceAll('-', ' ')} ` })
    expect(String(entered.headers['set-cookie'])).toMatch(/; HttpOnly; SameSite=Lax/)
    expect((await visitor.get('/')).text).toContain('Create the GitHub App')
    expect(codes).toHaveLength(2)
    const second = newVisitor(web.url)
    expect((await second.post('/set-up/code', { code: code! })).status).toBe(403)
    expect((await second.get('/')).text).not.toContain('manifest')
  })

  it('is needed for everything: without it there is no form to GitHub, no choice, and no way back', async () => {
    const stranger = newVisitor(web.url)
    const page = await stranger.get('/')
    expect(page.text).not.toMatch(/manifest|state=/)
    expect(page.text).not.toContain(codes[0])
    expect((await stranger.post('/set-up/choices', { publicUrl: 'https://evil.example' })).status).toBe(403)
    const way = await pressCreate((await (await inside()).get('/')).text)
    expect(await stranger.get(back(way))).toMatchObject({ status: 403 })
    expect((await stranger.get('/set-up/done')).status).toBe(403)
    nothingMade()
  })

  it('can not be tried out: after ten wrong ones nobody gets in for a minute, with the right one neither', async () => {
    const guesser = newVisitor(web.url)
    for (let tries = 0; tries < 10; tries++)
      expect((await guesser.post('/set-up/code', { code: `AAAA-AAAA-AAA${tries}` })).status).toBe(403)
    const stopped = await guesser.post('/set-up/code', { code: codes[0]! })
    expect(stopped).toMatchObject({ status: 429, headers: { 'retry-after': '60' } })
    pass(60_001)
    expect((await guesser.post('/set-up/code', { code: codes[0]! })).status).toBe(303)
  })

  it('lets in who is on the machine itself, however many guess from elsewhere at once, by whatever addresses', async () => {
    const outside = { origin: 'https://watch.example.com', host: 'watch.example.com' }
    const guess = (n: number) =>
      newVisitor(web.url).post('/set-up/code', { code: `${n}` }, { ...outside, 'x-forwarded-for': `192.0.2.${n}` })
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => guess(n)))
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(10)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(40)
    expect((await newVisitor(web.url).post('/set-up/code', { code: codes[0]! }, outside)).status).toBe(429)
    expect((await inside()).cookie).not.toBe('')
  })

  it('opens it for an hour', async () => {
    const visitor = await inside()
    const way = await pressCreate((await visitor.get('/')).text)
    pass(3_600_000)
    expect((await visitor.get(back(way))).status).toBe(403)
    nothingMade()
  })
})

describe('the way back from GitHub', () => {
  it('needs the state that this browser was given', async () => {
    const [mine, other] = [await inside(), await inside()]
    const way = await pressCreate((await mine.get('/')).text)
    expect((await other.get(back(way))).status).toBe(403)
    for (const state of ['', 'x', actionOf((await other.get('/')).text).split('state=')[1]!])
      expect((await mine.get(`/set-up/made?code=${way.searchParams.get('code')}&state=${state}`)).status).toBe(403)
    nothingMade()
    expect(await mine.get(back(way))).toMatchObject({ status: 303, location: '/set-up/done' })
  })

  it('is good once: sent again it makes nothing, and set-up is closed for every browser', async () => {
    const [mine, other] = [await inside(), await inside()]
    const otherPage = (await other.get('/')).text
    const way = await pressCreate((await mine.get('/')).text)
    await mine.get(back(way))
    expect((await mine.get(back(way))).status).toBe(409)
    const second = await other.get(back(await pressCreate(otherPage)))
    expect(second).toMatchObject({ status: 409, text: expect.stringContaining('closed for good') })
    expect((await newVisitor(web.url).post('/set-up/code', { code: codes.at(-1)! })).status).toBe(409)
    expect((await other.get('/set-up/done')).status).toBe(403)
    expect(taken).toHaveLength(1)
  })

  it('brings a code that GitHub does not know: nothing is made, and it can be begun again', async () => {
    const visitor = await inside()
    const state = actionOf((await visitor.get('/')).text).split('state=')[1]
    const refused = await visitor.get(`/set-up/made?code=made-up&state=${state}`)
    expect(refused).toMatchObject({ status: 502, text: expect.stringContaining('GitHub does not know this code') })
    nothingMade()
    const way = await pressCreate((await visitor.get('/')).text)
    expect((await visitor.get(back(way))).status).toBe(303)
  })

  it.each(['file', 'environment'])('by two browsers at once lets one of them in (%s)', async keep => {
    const visitors = [await inside(), await inside(), await inside()]
    for (const one of visitors) {
      const token = fieldOf((await one.get('/')).text, 'token')
      await one.post('/set-up/choices', { token, publicUrl: 'https://watch.example.com', organisation: '', keep })
    }
    const ways = await Promise.all(visitors.map(async one => pressCreate((await one.get('/')).text)))
    const answers = await Promise.all(visitors.map((one, at) => one.get(back(ways[at]!))))
    expect(answers.map(({ status }) => status).sort()).toEqual([303, 409, 409])
    expect(taken).toHaveLength(1)
  })

  it('never writes over an App that another process has kept meanwhile', async () => {
    const visitor = await inside()
    const way = await pressCreate((await visitor.get('/')).text)
    writeFileSync(join(dataDir, 'app.json'), 'theirs')
    expect((await visitor.get(back(way))).status).toBe(409)
    expect(readFileSync(join(dataDir, 'app.json'), 'utf8')).toBe('theirs')
    expect(taken).toEqual([])
  })
})

describe('forms', () => {
  it('of another site change nothing, with the cookie neither', async () => {
    const visitor = await inside()
    const token = fieldOf((await visitor.get('/')).text, 'token')
    const evil = { publicUrl: 'https://evil.example', organisation: '', keep: 'file' }
    for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }])
      expect((await visitor.post('/set-up/choices', { ...evil, token }, headers)).status).toBe(403)
    expect((await visitor.post('/set-up/choices', evil)).status).toBe(403)
    expect((await visitor.post('/set-up/choices', { ...evil, token: 'x' })).status).toBe(403)
    const [code] = codes.slice(-1)
    expect(
      (await newVisitor(web.url).post('/set-up/code', { code: code! }, { origin: 'https://evil.example' })).status,
    ).toBe(403)
    expect((await visitor.get('/')).text).not.toContain('evil.example')
  })

  it('of ours do, and what is no address or no organisation is refused with a sentence', async () => {
    const visitor = await inside()
    const token = fieldOf((await visitor.get('/')).text, 'token')
    const choose = (more: object) =>
      visitor.post('/set-up/choices', {
        token,
        publicUrl: 'https://new.example/',
        organisation: 'acme',
        keep: 'file',
        ...more,
      })
    for (const publicUrl of ['javascript:alert(1)', 'https://a:b@new.example', 'https://new.example/?x', 'new.example'])
      expect(await choose({ publicUrl })).toMatchObject({
        status: 400,
        text: expect.stringContaining('The address has to begin'),
      })
    expect((await choose({ organisation: '../evil' })).text).toContain('letters, digits and hyphens')
    expect((await choose({})).status).toBe(303)
    const { text } = await visitor.get('/')
    expect(actionOf(text)).toContain(`${github.url}/organizations/acme/settings/apps/new?state=`)
    expect(JSON.parse(fieldOf(text, 'manifest'))).toMatchObject({
      public: false,
      hook_attributes: { url: 'https://new.example/api/github/webhooks' },
      redirect_url: `${web.url}/set-up/made`,
      setup_url: 'https://new.example/installed',
    })
  })

  it('larger than any of ours are not read', async () => {
    const huge = await newVisitor(web.url).post('/set-up/code', { code: codes[0]!, more: 'x'.repeat(5_000) })
    expect(huge.status).toBe(403)
  })
})

describe('names', () => {
  it('by which nobody calls this server are refused: a page elsewhere whose name leads here learns nothing', async () => {
    const visitor = await inside()
    for (const host of ['evil.example', 'evil.example:3000', 'localhost.evil.example'])
      for (const path of ['/', '/set-up/done', '/set-up/made?code=a&state=b'])
        expect(await visitor.get(path, { host })).toMatchObject({
          status: 421,
          text: expect.not.stringContaining('manifest'),
        })
    const posted = await newVisitor(web.url).post(
      '/set-up/code',
      { code: codes.at(-1)! },
      { host: 'evil.example', origin: 'http://evil.example' },
    )
    expect(posted.status).toBe(421)
  })

  it('of its own are taken: localhost, numbers, and PUBLIC_URL, to which GitHub then leads back', async () => {
    for (const host of ['localhost:3000', '192.168.1.7:3000', '[::1]:3000'])
      expect((await newVisitor(web.url).get('/', { host })).status).toBe(200)
    const proxied = newVisitor(web.url)
    const outside = { origin: 'https://watch.example.com', host: 'watch.example.com' }
    const entered = await proxied.post('/set-up/code', { code: codes.at(-1)! }, outside)
    expect(String(entered.headers['set-cookie'])).toContain('Secure')
    const { text } = await proxied.get('/', { host: 'watch.example.com' })
    expect(JSON.parse(fieldOf(text, 'manifest')).redirect_url).toBe('https://watch.example.com/set-up/made')
  })

  it('with a path: behind a proxy that takes it off, pages and GitHub lead to below it', async () => {
    await web.stop()
    await open({ PUBLIC_URL: 'https://example.com/watchbill' })
    const visitor = newVisitor(web.url)
    const outside = { origin: 'https://example.com', host: 'example.com' }
    expect((await visitor.get('/', outside)).text).toContain('action="/watchbill/set-up/code"')
    const entered = await visitor.post('/set-up/code', { code: codes[0]! }, outside)
    expect(entered).toMatchObject({ status: 303, location: '/watchbill/' })
    expect(String(entered.headers['set-cookie'])).toContain('Path=/watchbill;')
    const { text } = await visitor.get('/', outside)
    expect(JSON.parse(fieldOf(text, 'manifest'))).toMatchObject({
      redirect_url: 'https://example.com/watchbill/set-up/made',
      hook_attributes: { url: 'https://example.com/watchbill/api/github/webhooks' },
    })
  })

  it('of Probot’s own set-up are nothing here', async () => {
    for (const path of ['/probot', '/probot/setup', '/probot/import', '/probot/success'])
      for (const visit of [newVisitor(web.url).get(path), newVisitor(web.url).post(path, {})])
        expect((await visit).status).toBe(404)
  })
})
