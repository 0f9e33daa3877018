// The API answers JSON alone: to a wrong method, and while there is no app.
import { afterEach, expect, it } from 'vitest'
import type { Store } from '../../src/domain/store.ts'
import { startWeb } from '../../src/web/index.ts'

let web: Awaited<ReturnType<typeof startWeb>> | undefined
afterEach(() => web?.stop())

const store = {} as Store
const now = () => new Date()

async function open(app: boolean): Promise<string> {
  const host = { verify: async () => false, knowsEvent: () => false }
  const ports = { store, publicUrl: undefined, now, newId: () => 'id', log: () => {}, clean: (text: string) => text }
  web = await startWeb({
    port: 0,
    host: '127.0.0.1',
    setUp: undefined,
    store,
    health: { ready: {} },
    local: { token: 'local', commands: {} },
    webhooks: app ? { host, deliveries: {} as Store['deliveries'], now, log: () => {} } : undefined,
    api: app ? { ...ports, dispatchNow: async () => [] } : undefined,
  })
  return web.url
}

async function ask(url: string, method: string) {
  const response = await fetch(url, { method })
  const type = response.headers.get('content-type')
  return {
    status: response.status,
    type,
    allow: response.headers.get('allow'),
    body: JSON.parse(await response.text()),
  }
}

it.each([
  ['/api/github/webhooks', 'GET', 'POST'],
  ['/api/routines/acme/shop/triage/fire', 'GET', 'POST'],
  ['/api/routines/acme/shop/triage/fire', 'PUT', 'POST'],
  ['/api/runs/abc', 'DELETE', 'GET, HEAD'],
  ['/api/runs/abc/events', 'POST', 'GET, HEAD'],
])('%s takes no %s, and says what it takes', async (path, method, allow) => {
  expect(await ask(`${await open(true)}${path}`, method)).toEqual({
    status: 405,
    type: 'application/problem+json',
    allow,
    body: expect.objectContaining({ status: 405, detail: `This address takes ${allow}, not ${method}.` }),
  })
})

it('what it takes comes through to where it belongs', async () => {
  const url = await open(true)
  expect((await ask(`${url}/api/routines/acme/shop/triage/fire`, 'POST')).status).toBe(401)
  expect((await ask(`${url}/api/runs/abc`, 'GET')).status).toBe(401)
  expect((await ask(`${url}/api/github/webhooks`, 'POST')).status).toBe(400)
})

it.each([
  ['/api/github/webhooks', 'POST', 503],
  ['/api/routines/acme/shop/triage/fire', 'POST', 503],
  ['/api/runs/abc', 'GET', 503],
  ['/api/nothing', 'GET', 404],
])('without an app, %s answers %s as a problem too', async (path, method, status) => {
  const answer = await ask(`${await open(false)}${path}`, method)
  expect(answer).toMatchObject({ status, type: 'application/problem+json' })
  if (status === 503) expect(answer.body.detail).toContain('No GitHub App is configured yet')
})

it('without an app and where it can not be set up in the browser, the first page says what to do', async () => {
  const page = await fetch(await open(false))
  expect(await page.text()).toMatch(/No GitHub App is configured yet.*WATCHBILL_ROLE=all once, or set APP_ID/s)
})
