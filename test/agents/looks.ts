// Read-only tools that answer with their own name, in the order of the real ones.
import { lookTools } from '../../src/agents/index.ts'
import type { Tool } from '../../src/domain/conversation.ts'
import type { Checkout } from '../../src/domain/workspace.ts'

export function toolsThatAnswer(): Tool<never>[] {
  const answer = (name: string) => async () => `answer of ${name}`
  const checkout = {
    dir: '/nowhere',
    hides: () => false,
    glob: async () => ['answer of glob'],
    grep: answer('grep'),
    log: answer('log'),
    blame: answer('blame'),
    show: answer('show'),
  } as unknown as Checkout
  return lookTools(checkout, answer('read'))
}
