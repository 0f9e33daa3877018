// `npm run bench [name…]`: every figure as a ratio against a peer or a limit measured in the same run; exit 1 when one misses its mark.
import { styleText } from 'node:util'
import { benchCache } from './cache.ts'
import { benchCheckout } from './checkout.ts'
import type { Figure } from './figure.ts'
import { benchIntake } from './intake.ts'
import { benchLarge } from './large.ts'
import { benchMatching } from './matching.ts'
import { benchMemory } from './memory.ts'
import { benchReplay } from './replay.ts'
import { benchReview } from './review.ts'

const benches: Record<string, () => Promise<Figure[]>> = {
  review: benchReview,
  cache: benchCache,
  checkout: benchCheckout,
  intake: benchIntake,
  memory: benchMemory,
  large: benchLarge,
  matching: benchMatching,
  replay: benchReplay,
}

const asked = process.argv.slice(2)
if (asked.includes('--help')) {
  console.log(`npm run bench [-- NAME…]   names: ${Object.keys(benches).join(', ')}; all without a name`)
  process.exit(0)
}
const unknown = asked.filter(name => !(name in benches))
if (unknown.length > 0) {
  console.error(`There is no benchmark called ${unknown.join(', ')}; there are ${Object.keys(benches).join(', ')}.`)
  process.exit(2)
}
let missed = 0
for (const [name, bench] of Object.entries(benches)) {
  if (asked.length > 0 && !asked.includes(name)) continue
  console.log(styleText('bold', name))
  for (const figure of await bench()) {
    if (figure.met === false) missed++
    const mark = figure.met === undefined ? '' : figure.met ? 'met' : 'MISSED'
    console.log(`  ${figure.what.padEnd(64)} ${figure.value.padStart(14)}   ${figure.limit ?? ''} ${mark}`)
    for (const line of figure.beside ?? []) console.log(`      ${line}`)
  }
}
process.exit(missed > 0 ? 1 : 0)
