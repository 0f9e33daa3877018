// The path of a security claim has to be quoted from the code: code looks both ends up before anybody is asked.
import type { Finding } from '../domain/finding.ts'
import { showPath } from '../domain/untrusted.ts'
import type { Checkout } from '../domain/workspace.ts'
import { plainPath } from './place.ts'
import { squeeze } from './quote.ts'
import { readText } from './texts.ts'

/** Characters other than whitespace: a bracket stands in every file. */
const tellingAtLeast = 4

/** Why the path can not be believed, in one sentence; undefined where both ends stand as quoted, now or before the change, or none was given. */
export async function whyNoPath(
  { source, sink }: Pick<Finding, 'source' | 'sink'>,
  checkout: Checkout,
): Promise<string | undefined> {
  for (const [name, end] of Object.entries({ source, sink })) {
    if (!end) continue
    const path = plainPath(end.file)
    const wanted = squeeze(end.quote)
    if (wanted.length < tellingAtLeast) return `What it quotes as the ${name} is too short to be found.`
    const texts = [await readText(checkout, path), await readText(checkout, path, checkout.mergeBase)]
    if (!texts.some(text => text !== undefined && squeeze(text).includes(wanted)))
      return `What it quotes of ${showPath(path)} as the ${name} does not stand there.`
  }
  return undefined
}
