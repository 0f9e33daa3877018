// Another agent tries to refute each claim, in a conversation of its own; three of them, where it is about security.
import type { Verification } from '../domain/finding.ts'
import { atLeast } from '../domain/severity.ts'
import { fill } from '../domain/words.ts'
import { ask } from './ask.ts'
import type { Counted } from './claims.ts'
import { askPanel, type Verifying } from './panel.ts'

/** VALID, INVALID or AMBIGUOUS with what decided it; no answer is `unverified`. */
export function verify(input: Verifying, claim: Counted): Promise<Verification> {
  return claim.security ? askPanel(input, claim) : askOne(input, claim)
}

function askOne(input: Verifying, claim: Counted): Promise<Verification> {
  const { plan, words } = input
  return ask(input, {
    name: `verify ${claim.id}`,
    tier: atLeast(claim.severity, 'high') && plan.tier === 'full' ? plan.panel.tierForHigh : plan.verifier.tier,
    limits: plan.verifier.limits,
    system: fill(words.verifier, { rules: input.rules }),
    brief: words['verifier-brief'],
    proposal: words.replacement,
    claim,
  })
}
