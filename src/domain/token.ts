// A bearer token of the API: for one routine to be fired, or to read runs; shown once, kept as a hash.

export const tokenScopes = ['fire', 'read'] as const
export type TokenScope = (typeof tokenScopes)[number]

export interface ApiToken {
  id: string
  scope: TokenScope
  /** What people call it, for lists and sentences. */
  label: string
  /** Absent on a token that reads runs of every repository. */
  repositoryId?: number
  /** The one routine that a token of scope `fire` starts. */
  routine?: string
  by: string
  at: string
  expiresAt?: string
  revokedAt?: string
  usedAt?: string
}
