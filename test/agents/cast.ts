// Routines, agents and settings as the tests of the fleet need them.
import { type Agent, agentTools, type Routine, repositorySettingsSchema } from '../../src/domain/routine.ts'

export function routineOf(name: string, more: Partial<Routine> = {}): Routine {
  return {
    name,
    description: name,
    source: 'built-in',
    path: `routines/${name}.md`,
    kind: 'review',
    on: {},
    gates: {},
    repositories: [],
    reads: [],
    model: 'standard',
    severity: { inline: 'medium', floor: 'low', gate: 'none' },
    budget: {},
    can: ['review', 'check'],
    required: false,
    instructions: `Instructions of ${name}.`,
    ...more,
  }
}

export function agentOf(name: string, more: Partial<Agent> = {}): Agent {
  return {
    name,
    description: name,
    model: 'standard',
    tools: [...agentTools],
    turns: 25,
    instructions: `## Look for\n\nWhat ${name} looks for.\n\n## Do not flag\n\nStyle.`,
    ...more,
  }
}

export const agents = [
  'generalist',
  'correctness',
  'security',
  'contracts-and-callers',
  'rules-and-tests',
  'concurrency-and-resources',
  'performance',
  'tests',
  'repository-rules',
].map(name => agentOf(name))

export const codeReview = routineOf('code-review')
export const securityReview = routineOf('security-review')
export const settings = repositorySettingsSchema.parse({})
