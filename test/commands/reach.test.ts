// The way to the store when what a killed server left behind names a process and a port that are others' by now.
import { rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ask } from '../../src/commands/reach.ts'
import { readSettings } from '../../src/settings.ts'
import { newDataDir } from '../e2e/house.ts'

const token = 'the token of a server that is gone'

describe('a command', () => {
  let dataDir: string
  let other: Server
  let body: string
  const asked: IncomingMessage[] = []
  beforeEach(async () => {
    asked.length = 0
    dataDir = await newDataDir()
    other = createServer((request, response) => {
      asked.push(request)
      response.end(body)
    })
    await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
    await writeFile(join(dataDir, 'server.json'), JSON.stringify({ url, token, pid: process.pid }))
  })
  afterEach(async () => {
    await new Promise(resolve => other.close(resolve))
    await rm(dataDir, { recursive: true, force: true })
  })

  it.each(['{"result":[{"id":"made up"}]}', '{"proof":"made up"}', '<p>Hello</p>'])(
    'is not asked of a stranger that answers %s, and the token is not shown to it',
    async answer => {
      body = answer
      expect(await ask(readSettings({ WATCHBILL_DATA: dataDir }), 'runs', {})).toEqual([])
      expect(asked.map(({ method }) => method)).toEqual(['GET'])
      const [{ url, rawHeaders }] = asked as [IncomingMessage]
      expect(`${url} ${rawHeaders}`).not.toContain(token)
    },
  )
})
