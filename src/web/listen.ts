// A server that listens, or one sentence that says why it can not.
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Problem } from '../domain/problem.ts'

/** Problem `conflict` when the port is taken or the address is not this machine's. */
export function listen(server: Server, port: number, host: string): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const sentence =
        error.code === 'EADDRINUSE'
          ? `Port ${port} on ${host} is taken; set PORT (or METRICS_PORT) to a free one or stop what uses it.`
          : `Cannot listen on ${host}:${port} (${error.code}); set HOST and PORT.`
      reject(new Problem('conflict', sentence, { cause: error }))
    })
    server.listen(port, host, () => resolve(server.address() as AddressInfo))
  })
}
