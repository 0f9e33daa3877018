// A number for each routine of each repository, evenly spread, from which all that is to be scattered is taken.
import { createHash } from 'node:crypto'

const bytes = 6
/** Seeds are below this. */
export const seedRange = 2 ** (8 * bytes)

/** The same for the same routine of the same repository, everywhere and always. */
export function seedOf(repositoryId: number, routine: string): number {
  return createHash('sha256').update(`${repositoryId} ${routine}`).digest().readUIntBE(0, bytes)
}
