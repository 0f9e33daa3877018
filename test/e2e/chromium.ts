// A real Chromium, spoken to by its own protocol (https://chromedevtools.github.io/devtools-protocol/); tests that need one are left out where none is installed.
import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'

type Json = Record<string, unknown>

export interface Tab {
  open(url: string): Promise<void>
  /** Does something that leads to another page, and resolves once that is there. */
  leads(what: () => Promise<unknown>): Promise<void>
  /** What an expression is worth on the page. */
  read<T>(expression: string): Promise<T>
  type(text: string): Promise<void>
  press(key: 'Enter' | 'Tab' | ' '): Promise<void>
  send(method: string, parameters?: Json): Promise<Json>
  /** Everything the page complained of: a policy that was broken, a script that failed. */
  complaints: string[]
  picture(file: string): Promise<void>
}

export interface Chromium extends AsyncDisposable {
  newTab(): Promise<Tab>
}

/** Where Chromium is; undefined where there is none. */
export function findChromium(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome']
  const places = (process.env.PATH ?? '').split(delimiter).flatMap(folder => names.map(name => join(folder, name)))
  return places.find(path => {
    try {
      accessSync(path, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

export async function startChromium(path: string): Promise<Chromium> {
  const profile = await mkdtemp(join(tmpdir(), 'watchbill-chromium-'))
  const options = ['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-dev-shm-usage']
  const child = spawn(path, [...options, '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const gone = new Promise<void>(resolve => child.once('exit', () => resolve()))
  const socket = new WebSocket(
    await new Promise<string>((resolve, reject) => {
      let said = ''
      child.stderr.setEncoding('utf8').on('data', text => {
        said += text
        const address = /listening on (ws:\S+)/.exec(said)?.[1]
        if (address) resolve(address)
      })
      child.once('exit', () => reject(new Error(`Chromium ended: ${said}`)))
    }),
  )
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve)
    socket.addEventListener('error', reject)
  })
  const waiting = new Map<number, { resolve(value: Json): void; reject(why: Error): void }>()
  const listeners = new Set<(session: string, method: string, parameters: Json) => void>()
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error, sessionId, method, params } = JSON.parse(String(data))
    if (id === undefined) for (const listener of listeners) listener(sessionId, method, params)
    else if (error) waiting.get(id)?.reject(new Error(error.message))
    else waiting.get(id)?.resolve(result)
  })
  let last = 0
  const send = (method: string, params: Json = {}, sessionId?: string) =>
    new Promise<Json>((resolve, reject) => {
      waiting.set(++last, { resolve, reject })
      socket.send(JSON.stringify({ id: last, method, params, sessionId }))
    })

  return {
    async newTab() {
      const { browserContextId } = await send('Target.createBrowserContext')
      const { targetId } = await send('Target.createTarget', { url: 'about:blank', browserContextId })
      const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true })
      return tabOf(String(sessionId), (method, parameters) => send(method, parameters, String(sessionId)), listeners)
    },
    async [Symbol.asyncDispose]() {
      await send('Browser.close').catch(() => {})
      await gone
      await rm(profile, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function tabOf(
  session: string,
  send: Tab['send'],
  listeners: Set<(session: string, method: string, parameters: Json) => void>,
): Promise<Tab> {
  const complaints: string[] = []
  listeners.add((from, method, parameters) => {
    if (from !== session || method !== 'Log.entryAdded') return
    const { level, text } = parameters.entry as { level: string; text: string }
    if (level === 'error') complaints.push(text)
  })
  await send('Page.enable')
  await send('Log.enable')
  const tab: Tab = {
    complaints,
    send,
    open: url => tab.leads(() => send('Page.navigate', { url })),
    async leads(what) {
      const loaded = new Promise<void>(resolve => {
        const listener = (from: string, method: string) => {
          if (from !== session || method !== 'Page.loadEventFired') return
          listeners.delete(listener)
          resolve()
        }
        listeners.add(listener)
      })
      await what()
      await loaded
    },
    async read<T>(expression: string) {
      const { result } = await send('Runtime.evaluate', { expression, returnByValue: true })
      return (result as { value: T }).value
    },
    type: async text => void (await send('Input.insertText', { text })),
    async press(key) {
      const text = { Enter: '\r', Tab: '', ' ': ' ' }[key]
      const code = { Enter: 13, Tab: 9, ' ': 32 }[key]
      const pressed = { key, code: key === ' ' ? 'Space' : key, windowsVirtualKeyCode: code, ...(text && { text }) }
      await send('Input.dispatchKeyEvent', { type: text ? 'keyDown' : 'rawKeyDown', ...pressed })
      await send('Input.dispatchKeyEvent', { type: 'keyUp', ...pressed })
    },
    async picture(file) {
      const { data } = await send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true })
      await writeFile(file, Buffer.from(String(data), 'base64'))
    },
  }
  return tab
}
