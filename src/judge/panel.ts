// The security panel: reachability, impact and defences, asked side by side and counted in code.
import type { Verification, VerificationState } from '../domain/finding.ts'
import { inLanes } from '../domain/lanes.ts'
import type { Plan } from '../domain/plan.ts'
import { atLeast } from '../domain/severity.ts'
import { fill, type Words } from '../domain/words.ts'
import { ask, type Questions } from './ask.ts'
import type { Counted } from './claims.ts'

export type Verifying = Questions & { plan: Plan; words: Words; rules: string }

const lenses = ['reachability', 'impact', 'defences'] as const

/** A security claim's verification: kept when all three answered and two agree that it is valid. */
export async function askPanel(input: Verifying, claim: Counted): Promise<Verification> {
  const { plan, words } = input
  const answers: ({ lens: (typeof lenses)[number] } & Verification)[] = []
  await inLanes(
    [...lenses.entries()],
    { atOnce: lenses.length, signal: input.signal },
    async ([index, lens], signal) => {
      const answer = await ask(
        { ...input, signal },
        {
          name: `panel ${lens} ${claim.id}`,
          tier: atLeast(claim.severity, 'high') ? plan.panel.tierForHigh : plan.panel.tier,
          limits: plan.panel.limits,
          system: fill(words[`panel-${lens}`], { rules: input.rules }),
          brief: words['verifier-brief'],
          proposal: words.replacement,
          claim,
        },
      )
      answers[index] = { lens, ...answer }
    },
  )
  const state = count(answers.map(answer => answer.state))
  const panel = answers.map(({ lens, state, because }) => ({ lens, state, because }))
  const deciding = answers.filter(answer => answer.state === state)
  const fixes = answers.map(answer => answer.fixes)
  return {
    ...{ state, because: sentence(state, panel), cited: once(deciding.flatMap(answer => answer.cited)) },
    ...(fixes.some(one => one !== undefined) && { fixes: fixes.every(one => one === true) }),
    panel,
  }
}

/** Lenses that agree often cite the same lines. */
function once(cited: Verification['cited']): Verification['cited'] {
  const lines = new Map<string, Verification['cited'][number]>()
  for (const one of cited) {
    const key = JSON.stringify([one.path, one.text.replace(/\s+/g, '')])
    if (!lines.has(key)) lines.set(key, one)
  }
  return [...lines.values()].slice(0, 10)
}

/** Two of three decide, but only when all three answered. */
function count(states: VerificationState[]): VerificationState {
  if (states.length < lenses.length || states.includes('unverified')) return 'unverified'
  if (states.filter(state => state === 'valid').length >= 2) return 'valid'
  return states.filter(state => state === 'invalid').length >= 2 ? 'invalid' : 'ambiguous'
}

function sentence(state: VerificationState, panel: NonNullable<Verification['panel']>): string {
  const votes = panel.map(({ lens, state }) => `${lens}: ${state}`).join(', ')
  if (state !== 'unverified') return `The security panel finds it ${state} (${votes}).`
  const silent = panel.find(member => member.state === 'unverified')
  return `The security panel was not complete (${votes}). ${silent?.because ?? ''}`.trim()
}
