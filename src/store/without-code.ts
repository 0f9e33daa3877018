// A finding without the code that it quotes: its title, claim, place and verdict are kept longer than that.
import type { Judged } from '../domain/finding.ts'
import { withoutLines } from '../domain/suggestion.ts'

export function withoutCode(judged: Judged): Judged {
  const { fix: _, suggestion: _b, source: _c, sink: _d, suggested, ...rest } = judged
  return {
    ...rest,
    ...(suggested && { suggested: withoutLines(suggested) }),
    quote: '',
    verification: {
      ...judged.verification,
      cited: judged.verification.cited.map(({ path, line }) => ({ path, line, text: '' })),
    },
  }
}
