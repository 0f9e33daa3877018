// A look without any model: nobody is sent, tools look alone, and every text says that nothing was verified.
import type { Plan } from '../../domain/plan.ts'

export const toolsOnlySentence =
  'No model looked at this change and nothing was verified: there is no key for one (set ANTHROPIC_API_KEY). Tools looked alone, and that they found nothing is no evidence of safety.'

/** Pure. */
export function withoutAgents(plan: Plan): Plan {
  return {
    ...plan,
    assignments: [],
    toolsOnly: true,
    manifest: plan.manifest.map(entry =>
      entry.coverage === 'skipped' ? entry : { ...entry, coverage: 'skipped', because: 'no model looked at it' },
    ),
  }
}
