// What the demo is asked for on its command line, or the words with which it ends at once.
import { parseArgs } from 'node:util'

const usage = `Usage: npm run demo [-- --live]

A pull request with twelve planted defects is opened on a simulated GitHub on this machine. The real program takes the
signed webhook, sends its reviewers, has their claims verified and posts its review; then the author pushes once more.

  --live   ask the real model (ANTHROPIC_API_KEY, and ANTHROPIC_BASE_URL if set) instead of a rehearsed one.
           Two reviews; each costs at most 3 US dollars and takes some minutes.
  --help   print this

Exit codes: 0 what must stand stands; 1 it does not, with one sentence for each thing; 2 the demo could not run.
What must stand with the real model is less: two complete checks and a settled ledger, since nobody rehearsed it.`

/** Whether to ask the real model; or the exit code and what is said with it. */
export function readArguments(
  args: string[],
  environment: Record<string, string | undefined>,
): { live: boolean } | { code: 0 | 2; words: string } {
  try {
    const { values } = parseArgs({
      args,
      options: { live: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
    })
    if (values.help) return { code: 0, words: usage }
    if (values.live && !environment.ANTHROPIC_API_KEY)
      return {
        code: 2,
        words: '--live asks the real model, and ANTHROPIC_API_KEY is not set; set it, or leave --live out.',
      }
    return { live: values.live }
  } catch (thrown) {
    return { code: 2, words: `${thrown instanceof Error ? thrown.message : String(thrown)}\n\n${usage}` }
  }
}
