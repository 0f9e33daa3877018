// A private network on loopback: hosts with certificates of a private authority, which are reached through a CONNECT proxy and by no other way.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createPlain, request as send } from 'node:http'
import { createServer } from 'node:https'
import { type AddressInfo, connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface PrivateNetwork extends AsyncDisposable {
  /** The authority's certificate, as a file. */
  authority: string
  proxyUrl: string
  /** What the proxy was asked to connect to, each time. */
  tunnels: string[]
  /** What each host was asked: `HOST METHOD PATH`. */
  asked: string[]
  /** Where the hosts answer for those who do not go through the proxy. */
  port: number
}

/** `hosts`: name → where its plain HTTP answers. */
export async function openPrivateNetwork(hosts: Record<string, string>): Promise<PrivateNetwork> {
  const dir = mkdtempSync(join(tmpdir(), 'watchbill-authority-'))
  const { key, cert, authority } = issue(dir, Object.keys(hosts))
  const tunnels: string[] = []
  const asked: string[] = []
  const front = createServer({ key, cert }, (request, response) => {
    const host = (request.headers.host ?? '').replace(/:\d+$/, '')
    asked.push(`${host} ${request.method} ${request.url}`)
    const target = hosts[host]
    if (target === undefined) return void response.writeHead(421).end()
    const passed = send(new URL(request.url ?? '/', target), { method: request.method, headers: request.headers })
    passed.on('response', answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    passed.on('error', () => response.destroy())
    request.pipe(passed)
  })
  await once(front.listen(0, '127.0.0.1'), 'listening')
  const { port } = front.address() as AddressInfo
  const proxy = createPlain((_, response) => void response.writeHead(405).end())
  proxy.on('connect', (request, socket, head) => {
    tunnels.push(request.url ?? '')
    const through = connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      through.write(head)
      through.pipe(socket).pipe(through)
    })
    for (const [one, other] of [
      [through, socket],
      [socket, through],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
  })
  await once(proxy.listen(0, '127.0.0.1'), 'listening')
  return {
    authority,
    proxyUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    tunnels,
    asked,
    port,
    async [Symbol.asyncDispose]() {
      for (const server of [front, proxy]) {
        server.closeAllConnections()
        server.close()
      }
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** An authority that nobody knows, and one certificate of it for all these names. */
function issue(dir: string, names: string[]): { key: string; cert: string; authority: string } {
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: dir, stdio: 'pipe' })
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  openssl('req', '-x509', ...key, '-keyout', 'ca.key', '-out', 'ca.pem', '-subj', '/CN=Private authority', '-days', '2')
  openssl('req', ...key, '-keyout', 'host.key', '-out', 'host.csr', '-subj', `/CN=${names[0]}`)
  writeFileSync(join(dir, 'names'), `subjectAltName=${names.map(name => `DNS:${name}`).join(',')}\n`)
  const by = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial']
  openssl('x509', '-req', '-in', 'host.csr', ...by, '-out', 'host.pem', '-days', '2', '-extfile', 'names')
  const read = (name: string) => readFileSync(join(dir, name), 'utf8')
  return { key: read('host.key'), cert: read('host.pem'), authority: join(dir, 'ca.pem') }
}

export function hasOpenssl(): boolean {
  try {
    execFileSync('openssl', ['version'], { stdio: 'pipe' })
    return true
  } catch {
    return false
  }
}
