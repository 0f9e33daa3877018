// Making the App from a manifest: what GitHub takes, the code that is good once, and the ping that GitHub sends to every new App's webhook.
// https://docs.github.com/en/apps/sharing-github-apps/registering-a-github-app-from-a-manifest
import { randomBytes } from 'node:crypto'
import type { Post } from './deliveries.ts'
import type { Json, World } from './world.ts'

const known = new Set(
  `name url hook_attributes redirect_url callback_urls setup_url description public default_events default_permissions
  request_oauth_on_install setup_on_update`.split(/\s+/),
)
const codes = new WeakMap<World, Map<string, Json>>()
const taken = new WeakMap<World, Json>()

const codesOf = (world: World) => codes.get(world) ?? codes.set(world, new Map()).get(world)!

/** `refused` says why GitHub would show its form again. */
export function madeBy(world: World, post: Post, text: string): { code?: string; back?: string; refused?: string } {
  const manifest = readManifest(text)
  const refused = problemOf(manifest)
  if (refused) {
    world.refusals.push(`a manifest: ${refused}`)
    return { refused }
  }
  const code = randomBytes(20).toString('hex')
  codesOf(world).set(code, manifest)
  if (manifest.hook_attributes) {
    post.target = manifest.hook_attributes.url
    const config = { content_type: 'json', insecure_ssl: '0', url: manifest.hook_attributes.url }
    const hook = { type: 'App', id: 1, name: 'web', active: true, events: manifest.default_events, config }
    world.deliver('ping', {
      zen: 'Responsive is better than fast.',
      hook_id: 1,
      hook: { ...hook, app_id: world.app.id },
    })
  }
  return { code, back: manifest.redirect_url }
}

/** The manifest that this code stands for, once. */
export function takeCode(world: World, code: string): Json | undefined {
  const manifest = codesOf(world).get(code)
  codesOf(world).delete(code)
  if (manifest) taken.set(world, manifest)
  return manifest
}

/** Of which the App was made; undefined for one that nobody made here. */
export function manifestOf(world: World): Json | undefined {
  return taken.get(world)
}

function readManifest(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function problemOf(manifest: Json): string | undefined {
  if (!manifest || typeof manifest !== 'object') return 'Manifest is not JSON'
  const strange = Object.keys(manifest).filter(name => !known.has(name))
  if (strange.length > 0) return `Unknown: ${strange.join(', ')}`
  if (!URL.canParse(manifest.url ?? '')) return 'Url is missing'
  if ((manifest.name ?? '').length > 34) return 'Name is too long (maximum is 34 characters)'
  if (manifest.hook_attributes && !URL.canParse(manifest.hook_attributes.url ?? '')) return 'Hook url is missing'
  return undefined
}
