// A pull of 3,000 files and one of 100,000 changed lines through the real program: peak memory against a limit, and the time without the model.
import { reviewLarge } from '../test/e2e/large-pull.ts'
import type { Figure } from './figure.ts'

const limitMb = 1024

/** The model answers at once: what is left is ours, and the simulators'. */
export async function benchLarge(): Promise<Figure[]> {
  const sizes = [
    { name: 'files', what: '3,000 files', files: 3_000, lines: 10, usd: 500 },
    { name: 'lines', what: '100,000 changed lines', files: 1_000, lines: 100, usd: 500 },
    { name: 'poor', what: '100,000 changed lines, money for a few', files: 1_000, lines: 100, usd: 3 },
  ]
  const figures: Figure[] = []
  for (const { what, ...size } of sizes) {
    const { peakMb, allMb, childrenMb, startMb, milliseconds, run, calls, became } = await reviewLarge(size)
    const { full, partial, skipped, notYet, remaining } = became
    // Nobody may hear of it as done while something is left.
    const honest =
      full + partial + skipped + notYet === size.files && (run.end === 'done') === (partial + remaining === 0)
    figures.push({
      what: `large: peak memory, ${what}`,
      value: `${Math.round(Math.max(peakMb, allMb))} MB`,
      limit: `≤ ${limitMb} MB`,
      met: Math.max(peakMb, allMb) <= limitMb && honest,
      beside: [
        `the program ${Math.round(peakMb)} MB (${Math.round(startMb)} MB at its start), its children ${Math.round(childrenMb)} MB; ${(milliseconds / 1000).toFixed(1)} s without the model, ${calls} calls`,
        `${run.end}: ${full} files in full, ${partial} in part, ${skipped} skipped, ${notYet} not yet; ${remaining} remain for somebody`,
      ],
    })
  }
  return figures
}
