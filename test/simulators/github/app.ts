// The simulated App: its number, its name, its secrets, and what it asks for unless a test says otherwise.
import { generateKeyPairSync } from 'node:crypto'
import type { App, Level, User } from './world.ts'

let keys: { privateKey: string; publicKey: App['publicKey'] } | undefined

export function newApp(options: { appSlug?: string; webhookSecret?: string }): App {
  keys ??= makeKeys() // 2048 bits take a while: once a process
  const owner: User = { id: 900_001, login: 'app-owner', type: 'Organization' }
  const named = {
    id: 1234,
    slug: options.appSlug ?? 'watchbill',
    webhookSecret: options.webhookSecret ?? 'a secret of the simulated GitHub',
  }
  return {
    ...named,
    ...keys,
    clientId: 'Iv23simulated',
    clientSecret: '0123456789abcdef0123456789abcdef01234567',
    owner,
  }
}

function makeKeys() {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { privateKey: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(), publicKey }
}

/** What app.yml asks for. */
export const usualPermissions: Record<string, Level> = {
  metadata: 'read',
  contents: 'read',
  pull_requests: 'write',
  issues: 'read',
  checks: 'write',
  merge_queues: 'read',
}
export const usualEvents = [
  'repository',
  'push',
  'release',
  'pull_request',
  'pull_request_review_comment',
  'pull_request_review_thread',
  'issue_comment',
  'issues',
  'check_run',
  'check_suite',
  'merge_group',
]
