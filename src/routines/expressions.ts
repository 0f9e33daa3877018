// Users' regular expressions, held to RE2 before anything is matched with them.
import { RE2JS } from 're2js'
import type { ConfigurationProblem, Routine } from '../domain/routine.ts'

/** Regular expressions that RE2 does not take, each with its path. */
export function badExpressions(routine: Routine): ConfigurationProblem[] {
  const trigger = routine.on.pull_request
  return (['author', 'title', 'body', 'base', 'head'] as const).flatMap(name => {
    const pattern = trigger?.[name]?.matches
    if (pattern === undefined) return []
    try {
      RE2JS.compile(pattern)
      return []
    } catch (thrown) {
      return [
        {
          file: routine.path,
          path: `on.pull_request.${name}.matches`,
          message: `is not a regular expression of RE2: ${thrown instanceof Error ? thrown.message : pattern}`,
        },
      ]
    }
  })
}
