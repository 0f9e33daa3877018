// What the settings say about parts of the repository, for the agents whose files match.
import type { Assignment } from '../domain/plan.ts'
import type { RepositorySettings } from '../domain/routine.ts'
import { restrictPaths } from './restrict.ts'

/** Each assignment with the instructions that one of its files matches, in the order they are written. */
export function withInstructions(
  assignments: Assignment[],
  { instructions }: Pick<RepositorySettings, 'instructions'>,
): Assignment[] {
  if (instructions.length === 0) return assignments
  return assignments.map(assignment => {
    const own = instructions.filter(({ paths }) => restrictPaths(assignment.files, paths).length > 0)
    return own.length > 0 ? { ...assignment, instructions: own } : assignment
  })
}

/** For a brief; none where nothing is said. */
export function sayInstructions({ instructions = [] }: Pick<Assignment, 'instructions'>): string[] {
  if (instructions.length === 0) return []
  const parts = instructions.map(
    ({ paths, text }) => `### ${paths.map(glob => `\`${glob.replaceAll('`', '')}\``).join(', ')}\n\n${text.trim()}`,
  )
  return [
    `## Instructions for parts of the repository\n\nFrom its settings. Each holds for the files that its globs match, and for no others.\n\n${parts.join('\n\n')}`,
  ]
}
