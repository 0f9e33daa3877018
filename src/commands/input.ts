// What a command is asked with, held to its schema; and the repository it names.
import type { z } from 'zod'
import type { Repository } from '../domain/event.ts'
import { Problem } from '../domain/problem.ts'
import type { Store } from '../domain/store.ts'

/** Problems: `bad_input` with every complaint. */
export function readInput<T>(schema: z.ZodType<T>, input: unknown): T {
  const parsed = schema.safeParse(input)
  if (parsed.success) return parsed.data
  throw new Problem(
    'bad_input',
    parsed.error.issues.map(issue => `${issue.path.join('.')}: ${issue.message}`).join('; '),
  )
}

/** Problems: `not_found` for one that no delivery has come from. */
export async function findRepository(store: Pick<Store, 'repositories'>, name: string): Promise<Repository> {
  const [owner = '', repository = '', ...rest] = name.split('/')
  const found = rest.length === 0 ? await store.repositories.find(owner, repository) : undefined
  if (!found)
    throw new Problem(
      'not_found',
      `No repository called ${name.slice(0, 100)} has been seen here; give it as OWNER/NAME, and see that the app is installed on it.`,
    )
  return found
}
