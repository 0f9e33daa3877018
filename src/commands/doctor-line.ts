// One line of `watchbill doctor`.

export interface Line {
  about: string
  /** `unknown` does not count against the installation. */
  state: 'ok' | 'wrong' | 'unknown'
  says: string
}

export const ok = (about: string, says: string): Line => ({ about, state: 'ok', says })
export const wrong = (about: string, says: string): Line => ({ about, state: 'wrong', says })
export const unknown = (about: string, says: string): Line => ({ about, state: 'unknown', says })
