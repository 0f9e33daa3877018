// What answers on this machine alone until sign-in exists: the guard, and the command line's way to a server that holds the embedded database.
import { timingSafeEqual } from 'node:crypto'
import type { HttpBindings } from '@hono/node-server'
import type { Context, Hono, MiddlewareHandler } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { asProblem, meanings } from '../domain/problem.ts'
import { proofOf } from '../domain/proof.ts'

/** A command as a function over the store; the same that the command line calls when it opens the store itself. */
type RemoteCommand = (input: unknown) => Promise<unknown>

export interface LocalPorts {
  /** Kept 0600 in the data directory. */
  token: string
  commands: Record<string, RemoteCommand>
}

export function localCommands(app: Hono, ports: LocalPorts): void {
  app.get('/api/commands', loopbackOnly, context =>
    context.json({ proof: proofOf(ports.token, (context.req.query('asked') ?? '').slice(0, 100)) }),
  )
  app.post('/api/commands/:verb', loopbackOnly, async context => {
    if (!fits(context.req.header('authorization'), `Bearer ${ports.token}`))
      return context.json(
        { code: 'unauthorized', message: 'This needs the token that the server keeps in its data directory.' },
        401,
      )
    const command = Object.hasOwn(ports.commands, context.req.param('verb'))
      ? ports.commands[context.req.param('verb')]
      : undefined
    if (!command)
      return context.json(
        { code: 'not_found', message: 'The server does not know that command; is it of the same version?' },
        404,
      )
    try {
      const input: unknown = await context.req.json().catch(() => ({}))
      return context.json({ result: (await command(input)) ?? null })
    } catch (thrown) {
      const problem = asProblem(thrown)
      return context.json({ code: problem.code, message: problem.message }, meanings[problem.code].http as 400)
    }
  })
}

/**
 * Only direct connections from this machine that name this machine: a proxy's forwarded headers, a foreign Host (DNS rebinding) and every other address get 404.
 */
export const loopbackOnly: MiddlewareHandler = async (context, next) => {
  if (!isLocal(context)) return context.notFound()
  await next()
}

/**
 * Pages of this machine: the token is given once as `?token=…` and kept in a cookie. A proxy on the same machine looks like a direct
 * connection when it adds no header, so the loopback guard alone would show private code to the world.
 */
export function tokenHolder(token: string): MiddlewareHandler {
  return async (context, next) => {
    const given = context.req.query('token')
    if (given !== undefined && fits(given, token)) {
      setCookie(context, cookieName, token, { httpOnly: true, sameSite: 'Strict', path: '/' })
      return context.redirect(context.req.path)
    }
    if (!fits(getCookie(context, cookieName), token))
      return context.text(
        'This page needs the token in server.json, in the data directory of the server (WATCHBILL_DATA): open it as /?token=TOKEN.\n',
        401,
      )
    await next()
  }
}

const cookieName = 'watchbill'

/** A direct connection from this machine, that names this machine. */
export function isLocal(context: Context): boolean {
  const { incoming } = context.env as HttpBindings
  const address = incoming.socket.remoteAddress ?? ''
  const forwarded = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via', 'x-forwarded-host'].some(
    name => context.req.header(name) !== undefined,
  )
  const host = (context.req.header('host') ?? '').replace(/:\d+$/, '')
  return (
    /^(::1|(::ffff:)?127\.\d+\.\d+\.\d+)$/.test(address) &&
    !forwarded &&
    ['localhost', '127.0.0.1', '[::1]'].includes(host)
  )
}

function fits(given: string | undefined, wanted: string): boolean {
  const one = Buffer.from(given ?? '')
  const other = Buffer.from(wanted)
  return one.length === other.length && timingSafeEqual(one, other)
}
