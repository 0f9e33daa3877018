// Pages a person would see in a browser: signing in with GitHub, making the App from its manifest, and installing it.
import { randomBytes } from 'node:crypto'
import type { Tokens } from './access.ts'
import type { Post } from './deliveries.ts'
import { install, installPage } from './install-page.ts'
import { madeBy } from './manifest.ts'
import type { Sent } from './server.ts'
import { type Json, type User, userNamed, type World } from './world.ts'

// whoever authorises is named by `login`, as GitHub's own hint parameter is
const codes = new Map<string, User>()

export function signIn(world: World, tokens: Tokens, post: Post, method: string, address: URL, body: Json): Sent {
  const { pathname, searchParams } = address
  if (method === 'GET' && pathname === '/login/oauth/authorize') {
    const code = randomBytes(10).toString('hex')
    codes.set(code, userNamed(world, searchParams.get('login') ?? 'octocat'))
    return redirect(searchParams.get('redirect_uri'), { code, state: searchParams.get('state') })
  }
  if (method === 'POST' && pathname === '/login/oauth/access_token') return exchange(world, tokens, body)
  if (method === 'POST' && pathname.endsWith('/settings/apps/new')) {
    const { code, back, refused } = madeBy(world, post, String(body?.manifest ?? ''))
    if (refused) return { status: 422, body: `<h1>${refused}</h1>`, headers: { 'content-type': 'text/html' } }
    return redirect(back, { code: code ?? null, state: searchParams.get('state') })
  }
  if (pathname === `/apps/${world.app.slug}/installations/new`)
    return method === 'POST' ? install(world, body) : installPage(world)
  return { status: 404, body: '<h1>Not Found</h1>', headers: {} }
}

function exchange(world: World, tokens: Tokens, body: Json): Sent {
  const { app } = world
  const user = codes.get(body?.code)
  const right = body?.client_id === app.clientId && body?.client_secret === app.clientSecret
  const error = !right ? 'incorrect_client_credentials' : !user ? 'bad_verification_code' : undefined
  if (error || !user)
    return { status: 200, body: { error, error_description: 'The code passed is incorrect or expired.' }, headers: {} }
  codes.delete(body.code)
  return { status: 200, body: { access_token: tokens.mintFor(user), token_type: 'bearer', scope: '' }, headers: {} }
}

function redirect(to: string | null | undefined, parameters: Record<string, string | null>): Sent {
  if (!to) return { status: 422, body: { message: 'redirect_uri is missing' }, headers: {} }
  const location = new URL(to)
  for (const [name, value] of Object.entries(parameters)) if (value !== null) location.searchParams.set(name, value)
  return { status: 302, body: '', headers: { location: location.href } }
}
