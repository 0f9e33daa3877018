// A finding without the code that it quotes: its title, claim, place and verdict are kept longer than that.
import type { Judged } from '../domain/finding.ts'

export function withoutCode(judged: Judged): Judged {
  const { fix: _, suggestion: _b, suggested: _c, source: _d, sink: _e, ...rest } = judged
  return {
    ...rest,
    quote: '',
    verification: {
      ...judged.verification,
      cited: judged.verification.cited.map(({ path, line }) => ({ path, line, text: '' })),
    },
  }
}
