// A browser as far as set-up needs one: cookies, forms, an origin, and whatever name it asks for.
import { request } from 'node:http'

interface Answer {
  status: number
  location: string
  headers: Record<string, string | string[] | undefined>
  text: string
}

interface Asking {
  form?: Record<string, string>
  headers?: Record<string, string>
}

export interface Visitor {
  cookie: string
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  /** From our own page, unless `origin` says otherwise. */
  post(path: string, form: Record<string, string>, headers?: Record<string, string>): Promise<Answer>
}

export function newVisitor(url: string): Visitor {
  const origin = new URL(url).origin
  const visitor: Visitor = {
    cookie: '',
    get: (path, headers) => ask('GET', path, { headers: headers ?? {} }),
    post: (path, form, headers) => ask('POST', path, { form, headers: { origin, ...headers } }),
  }
  return visitor

  async function ask(method: string, path: string, { form, headers }: Asking): Promise<Answer> {
    const answer = await send(new URL(path, url), method, form, {
      ...(visitor.cookie && { cookie: visitor.cookie }),
      ...headers,
    })
    for (const line of answer.headers['set-cookie'] ?? []) visitor.cookie = String(line).split(';')[0] ?? ''
    return answer
  }
}

function send(url: URL, method: string, form: Asking['form'], headers: Record<string, string>): Promise<Answer> {
  const body = form && new URLSearchParams(form).toString()
  const type = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers: { ...type, ...headers }, agent: false }, response => {
      let text = ''
      response.setEncoding('utf8').on('data', chunk => (text += chunk))
      response.on('end', () => {
        const { statusCode: status = 0, headers } = response
        resolve({ status, headers, location: headers.location ?? '', text })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** A field's value, as the page has it. */
export function fieldOf(text: string, name: string): string {
  const value = new RegExp(`name="${name}"[^>]* value="([^"]*)"`).exec(text)?.[1] ?? ''
  return value.replaceAll('&quot;', '"').replaceAll('&amp;', '&')
}

/** Where the form to GitHub leads. */
export function actionOf(text: string): string {
  return (/action="(http[^"]*\/settings\/apps\/new[^"]*)"/.exec(text)?.[1] ?? '').replaceAll('&amp;', '&')
}

/** Presses the button that leads to GitHub, and returns the way back. */
export async function pressCreate(page: string): Promise<URL> {
  const body = new URLSearchParams({ manifest: fieldOf(page, 'manifest') })
  const answer = await fetch(actionOf(page), { method: 'POST', body, redirect: 'manual' })
  return new URL(answer.headers.get('location') ?? '')
}
