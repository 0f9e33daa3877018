// The tools that look at a change beside the models: what each found, what it read, and what it could not read.
import type { Confine } from '../domain/confined.ts'
import type { PatternRules, Scanner } from '../domain/evidence.ts'
import { asProblem } from '../domain/problem.ts'
import { findAstGrep } from './ast-grep.ts'
import { scanDependencies } from './dependencies/index.ts'
import { patternScanner } from './patterns.ts'
import { secretScanner } from './secrets.ts'

export { findAstGrep } from './ast-grep.ts'
export { hideSecrets } from './hide.ts'
export { openParsing } from './parsing.ts'

/** In the order in which their runs are shown. What is known of dependencies is remembered: open them once a process. */
export function openScanners(ports: { confine: Confine; rules: PatternRules; osvUrl: string }): Scanner[] {
  const { osvUrl } = ports
  return [
    secretScanner,
    patternScanner({ ...ports, program: findAstGrep() }),
    scanDependencies({ osvUrl, now: Date.now }),
  ].map(neverThrowing)
}

/** A tool that breaks is a failed tool, not the end of the run. */
function neverThrowing(scanner: Scanner): Scanner {
  return {
    tool: scanner.tool,
    async scan(input) {
      try {
        return await scanner.scan(input)
      } catch (thrown) {
        if (input.signal.aborted) throw thrown
        const run = { tool: scanner.tool, state: 'failed' as const, files: 0, because: asProblem(thrown).message }
        return { findings: [], tools: [run] }
      }
    },
  }
}
