// Writes the JSON Schemas of routines, agents and settings from their zod schemas: node scripts/json-schema.ts
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { reviewRulesSchema } from '../src/domain/review-rules.ts'
import { agentSchema, repositorySettingsSchema, routineSchema } from '../src/domain/routine.ts'

export const folder = fileURLToPath(new URL('../schemas/', import.meta.url))

/** File name → its text. Editors of YAML know draft 7; optional keys are those that may be left out when writing. */
export function jsonSchemas(): Record<string, string> {
  return {
    'routine.schema.json': text(routineSchema, 'Front matter of a routine', '.github/routines/NAME.md'),
    'agent.schema.json': text(agentSchema, 'Front matter of an agent', '.github/routines/agents/NAME.md'),
    'review.schema.json': text(reviewRulesSchema, 'Front matter of the rules of review', 'REVIEW.md'),
    'watchbill.schema.json': text(repositorySettingsSchema, "A repository's settings", '.github/watchbill.yml'),
  }
}

function text(schema: z.ZodType, title: string, where: string): string {
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7', override: sayDefault })
  return `${JSON.stringify({ $schema, title: `${title} (${where})`, ...rest }, null, 2)}\n`
}

/** Hovering shows the description alone, so the default stands in it too. */
function sayDefault({ jsonSchema }: { jsonSchema: { description?: string; default?: unknown } }): void {
  const { description, default: byDefault } = jsonSchema
  const written = JSON.stringify(byDefault)
  if (byDefault === undefined || written === '{}' || !description || description.includes('Default')) return
  jsonSchema.description = description.replace(/( Examples?: |$)/, ` Default \`${written}\`.$1`)
}

if (import.meta.main) {
  mkdirSync(folder, { recursive: true })
  for (const [name, content] of Object.entries(jsonSchemas())) writeFileSync(folder + name, content)
}
