// Who may ask, and who did what.
import type { ApiToken } from '../token.ts'

export interface KeysRooms {
  audit: {
    /** Hash-chained: each row carries the hash of the row before it. */
    append(row: { at: string; who: string; what: string; about: string; detail?: unknown }): Promise<void>
    list(limit: number): Promise<{ at: string; who: string; what: string; about: string; hash: string }[]>
    /** The first row whose hash does not fit, or undefined. */
    verify(): Promise<number | undefined>
  }
  tokens: {
    /** `hash`: sha-256 of the token as it was shown, hex. */
    make(token: ApiToken & { hash: string }): Promise<void>
    find(id: string): Promise<(ApiToken & { hash: string }) | undefined>
    /** Newest first. */
    list(): Promise<ApiToken[]>
    /** False when there is none of this id that was not revoked already. */
    revoke(id: string, at: string): Promise<boolean>
    used(id: string, at: string): Promise<void>
    /** False when there is none of this id that is not revoked. */
    expire(id: string, at: string): Promise<boolean>
    /** The key is free again, if it still stands for that event. */
    forget(tokenId: string, key: string, eventId: string): Promise<void>
    /** What a token asked for under an idempotency key stays the same event for a day. `sameBody` is false when the key came with another body. */
    once(asked: {
      tokenId: string
      key: string
      bodyHash: string
      eventId: string
      at: string
    }): Promise<{ eventId: string; sameBody: boolean }>
  }
}
