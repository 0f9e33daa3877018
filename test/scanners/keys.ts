// Credentials for tests, put together when they are needed, so that no scanner of anybody's takes this repository for one that leaks.
import { generateKeyPairSync } from 'node:crypto'

const mixed = 'aB3dE6gH9jK2mN5pQ8sT1vW4xY7zA0bC2dE5fG8hJ1kL4mN7pQ0rS3tU6vW9xY2z'

export const github = `ghp_${mixed.slice(0, 36)}`
export const stripe = `sk_live_${mixed.slice(4, 32)}`
export const slack = `xoxb-${'123459876012'}-${'1234598760123'}-${mixed.slice(0, 24)}`
export const password = 'h7Kq2vXw9'
export const database = `postgres://app:${password}@db.internal:5432/main`
export const awsSecret = `${mixed.slice(0, 20)}/${mixed.slice(21, 40)}`

export function privateKey(type: 'rsa' | 'ed25519' = 'rsa'): string {
  const { privateKey: key } =
    type === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ed25519')
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}
