// Whether something that was asked for is missing: a verifier sees the words that ask for it and the code, and tries to find it.
import type { Verification } from '../domain/finding.ts'
import type { MissingClaim } from '../domain/intent.ts'
import { inLanes } from '../domain/lanes.ts'
import type { Plan } from '../domain/plan.ts'
import { showPath, untrusted } from '../domain/untrusted.ts'
import { fill, type Words } from '../domain/words.ts'
import { answerTo, type Questions } from './ask.ts'

/** One for each claim, in their order; no answer is `unverified`. */
export async function verifyMissing(
  input: Questions & { plan: Plan; words: Words },
  claims: MissingClaim[],
): Promise<Verification[]> {
  const { plan, words, change } = input
  const files = change.files.map(file => `- ${showPath(file.path)} (${file.status})`)
  const shown = [...files.slice(0, listed), ...(files.length > listed ? [`- and ${files.length - listed} more`] : [])]
  const answers: Verification[] = []
  await inLanes([...claims.entries()], input, async ([index, claim], signal) => {
    const brief = fill(words['intent-brief'], {
      source: claim.source.replace(/[^\w #./-]/g, '_'),
      quote: untrusted('what was asked for', claim.quote),
      claim: untrusted('the claim', `${claim.title}\n\n${claim.claim}`),
      files: shown.join('\n'),
    })
    answers[index] = await answerTo(
      { ...input, signal },
      {
        name: `verify intent-${index + 1}`,
        tier: plan.verifier.tier,
        limits: plan.verifier.limits,
        system: words['intent-verifier'],
      },
      brief,
    )
  })
  return answers
}

const listed = 200
