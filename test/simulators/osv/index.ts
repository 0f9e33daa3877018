// A register of advisories on loopback that speaks OSV's API: every request and every answer is held to the published shapes.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Ajv2019 } from 'ajv/dist/2019.js'
import addFormats from 'ajv-formats'
import { affects, type Record } from './records.ts'

export type { Record }

export interface OsvSimulator extends AsyncDisposable {
  url: string
  /** Packages that were asked about, in order: `npm lodash 4.17.20`. */
  asked: string[]
  /** `POST /v1/querybatch`, `GET /v1/vulns/…`. */
  requests: string[]
  /** What was asked wrongly. */
  refusals: string[]
  /** Every request from now on is answered like this; undefined: as it should be. */
  answerWith(how: Fault | undefined): void
}

/** A status, a body that is no answer, or a connection that is closed. */
type Fault = { status: number } | { body: string } | 'close'

/** `page`: at most so many advisories in one answer for one package. */
export async function startOsv(records: Record[], { page = 1_000 } = {}): Promise<OsvSimulator> {
  const asked: string[] = []
  const requests: string[] = []
  const refusals: string[] = []
  let fault: Fault | undefined
  for (const record of records) hold('vulnerability', record)

  const server = createServer((request, response) => {
    serve(request, response).catch(error => answer(response, 500, 'error', { code: 13, message: String(error) }))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const route = `${request.method} ${request.url}`
    requests.push(route)
    if (fault === 'close') return void request.socket.destroy()
    if (fault && 'body' in fault) return void response.end(fault.body)
    if (fault) return answer(response, fault.status, 'error', { code: 14, message: 'unavailable' })
    if (route === 'POST /v1/querybatch') return answerBatch(JSON.parse(Buffer.concat(chunks).toString()), response)
    const id = /^GET \/v1\/vulns\/([^/?]+)$/.exec(route)?.[1]
    const record = records.find(one => one.id === decodeURIComponent(id ?? ''))
    if (record) return answer(response, 200, 'vulnerability', record)
    return answer(response, 404, 'error', { code: 5, message: 'Bug not found.' })
  }

  function answerBatch(body: unknown, response: ServerResponse): void {
    const wrong = complaints('batchRequest', body)
    if (wrong) {
      refusals.push(wrong)
      answer(response, 400, 'error', { code: 3, message: wrong })
      return
    }
    const { queries } = body as {
      queries: { package: { name: string; ecosystem: string }; version: string; page_token?: string }[]
    }
    const results = queries.map(({ package: { name, ecosystem }, version, page_token }) => {
      asked.push(`${ecosystem} ${name} ${version}`)
      const from = Number(page_token ?? 0)
      const found = records.filter(record => affects(record, { ecosystem, name, version }))
      const vulns = found.slice(from, from + page).map(({ id, modified }) => ({ id, modified }))
      return {
        ...(vulns.length > 0 && { vulns }),
        ...(found.length > from + page && { next_page_token: String(from + page) }),
      }
    })
    answer(response, 200, 'batchAnswer', { results })
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    requests,
    refusals,
    answerWith: how => {
      fault = how
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

const { definitions } = JSON.parse(readFileSync(new URL('../schemas/osv.json', import.meta.url), 'utf8')) as {
  definitions: { [name: string]: object }
}
const ajv = new Ajv2019({ strict: false, allErrors: true })
addFormats.default(ajv)
ajv.addSchema({ $id: 'osv', definitions })

function complaints(shape: string, value: unknown): string | undefined {
  const validate = ajv.getSchema(`osv#/definitions/${shape}`)!
  return validate(value) ? undefined : ajv.errorsText(validate.errors)
}

function hold(shape: string, value: unknown): void {
  const wrong = complaints(shape, value)
  if (wrong) throw new Error(`OSV would not answer with this ${shape}: ${wrong}`)
}

function answer(response: ServerResponse, status: number, shape: string, body: unknown): void {
  hold(shape, body)
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}
