// A proxy in front of several servers, as people run one: it asks each whether it is ready, sends on to those that are, and tries nothing twice.
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Front extends AsyncDisposable {
  url: string
  /** Where requests go from now on; asked for their readiness first. */
  upstreams: Set<string>
  /** Resolves once every upstream that is ready is known as such, and so many are. */
  sees(ready: number): Promise<void>
}

const askEvery = 20
const askAtMost = 5_000

export async function startFront(): Promise<Front> {
  const agent = new Agent({ keepAlive: true })
  const upstreams = new Set<string>()
  let ready: string[] = []
  let turn = 0
  let waiting: { count: number; resolve: () => void }[] = []
  const look = async () => {
    const answers = await Promise.all(
      [...upstreams].map(async url =>
        (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(askAtMost) }).catch(() => undefined))?.ok
          ? [url]
          : [],
      ),
    )
    ready = answers.flat()
    for (const { count, resolve } of waiting) if (count === ready.length) resolve()
    waiting = waiting.filter(({ count }) => count !== ready.length)
    timer = setTimeout(look, askEvery)
  }
  let timer = setTimeout(look, 0)
  const server = createServer((incoming, outgoing) => {
    const upstream = ready[turn++ % Math.max(1, ready.length)]
    const refuse = () => outgoing.writeHead(502).end('no upstream')
    if (!upstream) return refuse()
    const { method, headers, url = '/' } = incoming
    const onward = request(`${upstream}${url}`, { method, headers, agent }, answer => {
      outgoing.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] ?? 'text/plain' })
      answer.pipe(outgoing)
    })
    onward.on('error', refuse)
    incoming.pipe(onward)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    upstreams,
    sees: count => new Promise(resolve => waiting.push({ count, resolve })),
    async [Symbol.asyncDispose]() {
      clearTimeout(timer)
      agent.destroy()
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}
