// GET /healthz (the process is alive) and GET /readyz (it can do its work).
import type { Hono } from 'hono'

export interface HealthPorts {
  /** The process is being stopped: nothing new should be sent here. */
  leaving?: () => boolean
  /** Name → a check that throws when that part is not ready. */
  ready: Record<string, () => Promise<void>>
  /** What `watchbill doctor` says of what is not needed at this moment, line by line; the status does not depend on it. */
  notes?: () => Promise<Record<string, string>>
}

export function health(app: Hono, ports: HealthPorts): void {
  app.get('/healthz', context => context.json({ status: 'ok' }))
  app.get('/readyz', async context => {
    if (ports.leaving?.()) return context.json({ status: 'stopping' }, 503)
    const parts = await Promise.all(
      Object.entries(ports.ready).map(async ([name, check]) => [name, await stateOf(check)] as const),
    )
    const ok = parts.every(([, state]) => state === 'ok')
    const doctor = await ports.notes?.().catch(() => undefined)
    const told = { status: ok ? 'ok' : 'not ready', ...Object.fromEntries(parts), ...(doctor && { doctor }) }
    return context.json(told, ok ? 200 : 503)
  })
}

async function stateOf(check: () => Promise<void>): Promise<'ok' | 'not ready'> {
  try {
    await check()
    return 'ok'
  } catch {
    return 'not ready'
  }
}
