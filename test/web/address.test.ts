// An address that is told is one that answers: the one that is set, else the one that was asked, else none.
import { Hono } from 'hono'
import { expect, it } from 'vitest'
import { addressOf } from '../../src/web/address.ts'

const ask = async (publicUrl: string | undefined, headers: Record<string, string> = {}) => {
  const app = new Hono()
  app.get('/', context => context.json(addressOf('run-1', publicUrl, context)))
  return (await app.request('http://localhost:3000/', { headers })).json()
}

it.each([
  ['the one that is set', 'https://watch.example', {}, { url: 'https://watch.example/api/runs/run-1' }],
  ['also behind a proxy', 'https://watch.example', { via: '1.1 p' }, { url: 'https://watch.example/api/runs/run-1' }],
  ['the one that was asked', undefined, {}, { url: 'http://localhost:3000/api/runs/run-1' }],
  ['none behind a proxy, whose own is not known', undefined, { 'x-forwarded-proto': 'https' }, {}],
])('is %s', async (_, publicUrl, headers, told) => {
  expect(await ask(publicUrl, headers)).toEqual(told)
})
