// What a CGI program answers, passed on as it comes: https://www.rfc-editor.org/rfc/rfc3875#section-6
import type { ChildProcessByStdio } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable, Writable } from 'node:stream'

/** Sends the request's body and resolves to the status once all of the answer is written; whoever asked ends it. */
export function relay(
  child: ChildProcessByStdio<Writable, Readable, Readable | null>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<number> {
  child.stdin.on('error', () => {}) // it may end before it has read everything
  request.pipe(child.stdin)
  return new Promise((resolve, reject) => {
    let head = Buffer.alloc(0)
    let status = 0
    child.stdout.on('data', (chunk: Buffer) => {
      if (status) return void response.write(chunk)
      head = Buffer.concat([head, chunk])
      const end = head.indexOf('\r\n\r\n')
      if (end < 0) return
      const headers = head
        .subarray(0, end)
        .toString()
        .split('\r\n')
        .map(line => line.split(/:\s*(.*)/s, 2) as [string, string])
      status = Number(headers.find(([name]) => name === 'Status')?.[1]?.slice(0, 3) ?? 200)
      response.writeHead(status, Object.fromEntries(headers.filter(([name]) => name !== 'Status')))
      response.write(head.subarray(end + 4))
    })
    child.on('error', reject)
    child.on('close', () => resolve(status || 500))
  })
}
